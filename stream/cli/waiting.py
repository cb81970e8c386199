"""Where the tasks of an event loop wait: told of a worker that does not stop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Final

_FRAMES: Final = ("cr_frame", "gi_frame", "ag_frame")
_AWAITED: Final = ("cr_await", "gi_yieldfrom", "ag_await")


def where_tasks_wait(loop: asyncio.AbstractEventLoop) -> list[str]:
    """A line for each task of a loop that is not done: its name, and the places from its own to where it waits.

    Any thread may ask, also of a loop that is held up.
    """
    return sorted(
        f"{task.get_name()}: {' > '.join(_places(task.get_coro()))}"
        for task in asyncio.all_tasks(loop)
        if not task.done()
    )


def _places(awaited: object) -> Iterator[str]:
    while awaited is not None:
        frame = _first(awaited, _FRAMES)
        if isinstance(frame, FrameType):
            yield f"{frame.f_code.co_name} ({Path(frame.f_code.co_filename).name}:{frame.f_lineno})"
        awaited = _first(awaited, _AWAITED)


def _first(awaited: object, names: tuple[str, ...]) -> object:
    return next((found for name in names if (found := getattr(awaited, name, None)) is not None), None)
