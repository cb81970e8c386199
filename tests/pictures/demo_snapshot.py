"""The picture of the demo's numbers: ``python -m tests.pictures.demo_snapshot``.

It runs ``deskpulse demo``, asks it with ``deskpulse snapshot`` once live events have come in, and draws what that
prints. The numbers are those of the moment, so no two pictures are the same.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

PICTURE: Final = Path(__file__).parents[2] / "deploy" / "pictures" / "demo-snapshot.svg"

_DESKPULSE: Final = (sys.executable, "-m", "stream")
_DEMO: Final = ("demo", "--rate", "100", "--seconds", "600")
_LIVE_SECONDS: Final = 45
_SHOWN_SECONDS: Final = 60
_COLUMNS: Final = 150
_STOP_SECONDS: Final = 60


def main() -> None:
    """Write the picture anew. Raises ``RuntimeError`` if the demo does not come up."""
    PICTURE.write_text(picture_of(_snapshot_of_a_demo()), "utf-8")
    sys.stdout.write(f"{PICTURE}\n")


def picture_of(printed: str) -> str:
    """An SVG of what a terminal shows, with its colours."""
    shown = Text.from_ansi(f"$ deskpulse snapshot\n{printed.rstrip()}")
    width = max(line.cell_len for line in shown.split())
    console = Console(record=True, width=width, file=StringIO(), force_terminal=True)
    console.print(shown, no_wrap=True)
    # Always the same id, so that only what is shown differs from picture to picture.
    return console.export_svg(title="deskpulse", unique_id="deskpulse-snapshot")


def _snapshot_of_a_demo() -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DESKPULSE_")}
    demo = subprocess.Popen([*_DESKPULSE, *_DEMO], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        address = _address_of(demo)
        time.sleep(_LIVE_SECONDS)
        return subprocess.run(
            [*_DESKPULSE, "snapshot", "--url", address],
            env=environment | {"FORCE_COLOR": "1", "COLUMNS": str(_COLUMNS)},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=_SHOWN_SECONDS,
        ).stdout
    finally:
        demo.terminate()
        demo.communicate(timeout=_STOP_SECONDS)


def _address_of(demo: subprocess.Popen[str]) -> str:
    for line in demo.stdout or ():
        if found := re.search(r"metrics +(http\S+)/metrics", line):
            return found[1]
    raise RuntimeError("the demo ended before it said where its metrics are")


if __name__ == "__main__":
    main()
