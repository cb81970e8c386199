"""Free ports on the loopback interface, for brokers that are child processes."""

from __future__ import annotations

import contextlib
import socket
import sys
from types import TracebackType
from typing import Final, Self

LOOPBACK: Final = "127.0.0.1"


class ReservedPort:
    """A free TCP port on 127.0.0.1 that is kept from others until ``release``.

    Linux gives a port that is bound but not listened on to nobody who asks for any free port, yet lets a server
    bind it by its number if both sides set ``SO_REUSEADDR``, as servers on the JVM and in Rust do. So there the
    port stays reserved while the server starts, runs, dies and starts again. Elsewhere it is only found free,
    and could be taken before the server binds it.
    """

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((LOOPBACK, 0))
        self.number: Final[int] = self._socket.getsockname()[1]
        if sys.platform != "linux":
            self.release()

    @property
    def address(self) -> str:
        """The port as ``host:port``."""
        return f"{LOOPBACK}:{self.number}"

    def is_served(self, timeout: float = 0.5) -> bool:
        """Whether a server accepts connections on the port; waits at most ``timeout`` seconds."""
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, self.number), timeout):
            return True
        return False

    def release(self) -> None:
        """Let go of the port; doing so again is allowed."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()
