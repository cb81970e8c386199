"""A target whose metrics a test writes by hand."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from stream.feeds.loopback import LOOPBACK


class Exposition:
    """Serves ``text``, in Prometheus' text format, at ``/metrics`` of ``address``; an empty one answers 503."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.content_type = "text/plain; version=0.0.4; charset=utf-8"
        self.address = ""

    async def serve(self, _request: web.Request) -> web.Response:
        """Answer a scrape."""
        if not self.text:
            return web.Response(status=503)
        return web.Response(body=self.text.encode(), headers={"Content-Type": self.content_type})


@contextlib.asynccontextmanager
async def served(text: str) -> AsyncIterator[Exposition]:
    """A target on a free loopback port."""
    exposition = Exposition(text)
    application = web.Application()
    application.add_routes([web.get("/metrics", exposition.serve)])
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, 0).start()
        exposition.address = f"{LOOPBACK}:{runner.addresses[0][1]}"
        yield exposition
    finally:
        await runner.cleanup()
