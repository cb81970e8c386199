"""``make pictures``: the dashboards, drawn by Grafana's libraries, looked over and written to ``deploy/pictures``."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from stream.feeds.loopback import ReservedPort
from tests.monitoring.configuration import DEPLOY
from tests.monitoring.server import ServerStartError
from tests.pictures.answers import THEMES, page_of
from tests.pictures.commands import CommandError
from tests.pictures.dashboards import dashboards
from tests.pictures.faults import above_the_whole, judged, too_large
from tests.pictures.renderer import Picture, Renderer
from tests.pictures.store import Store, StoreError, live_through
from tests.pictures.tools import PictureTools, ToolsMissingError


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pictures; 1 if something is wrong with one, 2 if they cannot be made."""
    parser = argparse.ArgumentParser(prog="make pictures", description=__doc__)
    parser.add_argument("--into", type=Path, default=DEPLOY / "pictures", help="the folder of the pictures")
    parser.add_argument("--store", type=Path, help="keep the simulated week in this folder, and take it from there")
    asked = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="deskpulse-pictures-") as folder:
            asked.into.mkdir(parents=True, exist_ok=True)
            faults = asyncio.run(_draw(PictureTools.find(), Path(folder), asked.into.resolve(), asked.store))
    except (CommandError, ServerStartError, StoreError, ToolsMissingError) as error:
        sys.stderr.write(f"make pictures: {error}\n")
        return 2
    for fault in faults:
        sys.stderr.write(f"make pictures: {fault}\n")
    return 1 if faults else 0


async def _draw(tools: PictureTools, folder: Path, into: Path, kept: Path | None) -> list[str]:
    renderer = Renderer(tools, folder)
    _tell("the libraries of Grafana")
    await renderer.prepare()
    with ReservedPort() as port:
        store = await _filled(tools, kept or folder / "store", port)
        _tell("the pictures")
        await store.start()
        try:
            pages = {dashboard.name: await page_of(dashboard, store) for dashboard in dashboards()}
        finally:
            await store.stop()
    shown = {
        dashboard.name: list(above_the_whole(dashboard.panels, pages[dashboard.name]["answers"]))
        for dashboard in dashboards()
    }
    names = [(name, theme) for name in pages for theme in THEMES]
    pictures = [
        Picture(pages[name] | {"theme": theme}, into / f"dashboard-{name}-{theme}.png") for name, theme in names
    ]
    found = zip(names, pictures, await renderer.draw(pictures), strict=True)
    return [
        f"{picture.path.name}: {fault}"
        for (name, _), picture, reported in found
        for fault in (*judged(name, reported + shown[name]), *too_large(picture.path))
    ]


async def _filled(tools: PictureTools, folder: Path, port: ReservedPort) -> Store:
    store = Store(tools.prometheus, tools.promtool, folder, port)
    if not store.is_filled():
        samples = folder / "samples"
        samples.mkdir(parents=True, exist_ok=True)
        _tell("a simulated week of two workers")
        written = await live_through(samples)
        _tell("a Prometheus that has seen it")
        await store.fill(written)
    return store


def _tell(what: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {what} ...\n")


if __name__ == "__main__":
    sys.exit(main())
