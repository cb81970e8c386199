"""Sends long answers to readers of any speed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPMethod
from typing import Final

from aiohttp import web

from stream.web.seldom import SeldomWarning

logger = logging.getLogger(__name__)

MOST_ANSWERS: Final = 4
"""How many different long answers may be on their way to their readers."""

_PIECE_BYTES: Final = 64 * 1024


class Readers:
    """Those who are reading an answer, each cut off after so many ``seconds``.

    An answer is in memory once, however many read it, and for as long as one does. Beyond ``MOST_ANSWERS`` those
    who read the oldest are cut off.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._by_answer: dict[int, set[asyncio.Transport]] = {}
        self._warn = SeldomWarning(logger)

    async def send(self, request: web.Request, body: bytes, headers: Mapping[str, str]) -> web.StreamResponse:
        """Send an answer; returns when it was read or its reader is gone."""
        if len(body) <= _PIECE_BYTES or request.method == HTTPMethod.HEAD or request.transport is None:
            return web.Response(body=body, headers=headers)
        response = web.StreamResponse(headers=headers)
        response.content_length = len(body)
        transport = request.transport
        try:
            with self._reading(body, transport):
                async with asyncio.timeout(self._seconds):
                    await response.prepare(request)
                    # A socket that takes no more keeps a copy of what is left: of one piece, not of the answer.
                    for start in range(0, len(body), _PIECE_BYTES):
                        await response.write(memoryview(body)[start : start + _PIECE_BYTES])
                    await response.write_eof()
        except TimeoutError:
            self._cut_off(transport)
        except ConnectionError:
            logger.debug("A reader of the web port went away")
        return response

    @contextmanager
    def _reading(self, body: bytes, transport: asyncio.Transport) -> Iterator[None]:
        key = id(body)
        readers = self._by_answer.setdefault(key, set())
        readers.add(transport)
        while len(self._by_answer) > MOST_ANSWERS:
            for slow in self._by_answer.pop(next(iter(self._by_answer))):
                self._cut_off(slow)
        try:
            yield
        finally:
            readers.discard(transport)
            if not readers and self._by_answer.get(key) is readers:
                del self._by_answer[key]

    def _cut_off(self, transport: asyncio.Transport) -> None:
        self._warn("Cut off a reader of the web port that was too slow")
        transport.abort()
