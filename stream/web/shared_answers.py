"""Answers that take long to make: made one at a time, each for all who wait for it."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

_GZIP_LEVEL: Final = 5
_MOST_REST_SECONDS: Final = 2.0

Look = TypeVar("Look")
Form = TypeVar("Form", bound=Hashable)
Result = TypeVar("Result")


class Workshop:
    """A thread that makes answers, one after the other. After each it rests for as long as it worked.

    So the interpreter is the worker's for at least half of the time, however much is asked for.
    """

    def __init__(self) -> None:
        self._taken = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="web-answers")

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The time to make an answer in."""
        async with self._taken:
            began = time.monotonic()
            yield
            await asyncio.sleep(min(_MOST_REST_SECONDS, time.monotonic() - began))

    async def run(self, function: Callable[[], Result]) -> Result:
        """Run a function in the thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)

    def close(self) -> None:
        """Begin nothing more."""
        self._thread.shutdown(wait=False, cancel_futures=True)


@dataclass(slots=True)
class _Round(Generic[Form]):
    """The answers that are made from one look, and how many wait for any of them."""

    wanted: dict[tuple[Form, bool], asyncio.Future[bytes]] = field(default_factory=dict)
    waiting: int = 0


class SharedAnswers(Generic[Look, Form]):
    """Answers of one kind.

    ``take`` has a look at the worker, ``make`` turns it into an answer of a form, in the workshop's thread. Who asks
    before the look is taken shares in what comes of it; who asks later waits for the next. So everybody gets
    what is at least as new as their request, and there is never more than one look for each kind of answer at once.
    """

    def __init__(
        self, workshop: Workshop, take: Callable[[], Awaitable[Look]], make: Callable[[Look, Form], bytes]
    ) -> None:
        self._workshop = workshop
        self._take = take
        self._make = make
        self._next: _Round[Form] | None = None
        self._making: set[asyncio.Task[None]] = set()

    async def get(self, form: Form, *, compressed: bool = False) -> bytes:
        """The answer in a form, with gzip if ``compressed``. Raises what taking and making it raise."""
        loop = asyncio.get_running_loop()
        if self._next is None:
            self._next = _Round()
            task = loop.create_task(self._run(self._next))
            self._making.add(task)
            task.add_done_callback(self._making.discard)
        shared = self._next
        future = shared.wanted.get((form, compressed))
        if future is None:
            future = shared.wanted[form, compressed] = loop.create_future()
        shared.waiting += 1
        try:
            return await asyncio.shield(future)
        finally:
            shared.waiting -= 1

    async def _run(self, shared: _Round[Form]) -> None:
        async with self._workshop.turn():
            self._next = None
            if not shared.waiting:
                return
            try:
                await self._answer(shared)
            except Exception as error:  # noqa: BLE001 - whoever waits is told, and it is logged there
                for future in shared.wanted.values():
                    if not future.done():
                        future.set_exception(error)

    async def _answer(self, shared: _Round[Form]) -> None:
        look = await self._take()
        for form in dict.fromkeys(form for form, _ in shared.wanted):
            if not shared.waiting:
                return
            body = await self._workshop.run(lambda form=form: self._make(look, form))  # type: ignore[misc]
            plain, packed = (shared.wanted.get((form, compressed)) for compressed in (False, True))
            if plain is not None:
                plain.set_result(body)
            if packed is not None:
                packed.set_result(await self._workshop.run(lambda body=body: gzip.compress(body, _GZIP_LEVEL, mtime=0)))  # type: ignore[misc]
