from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

ALIVE = (
    "first reply time, mean",
    "resolution time, mean",
    "abandonment",
    "CSAT",
    "NPS",
    "CES, low effort",
)


async def started_demo(folder: Path, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stream", "demo", *arguments),
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("DESKPULSE_")},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def metrics_address(demo: asyncio.subprocess.Process) -> tuple[str, list[str]]:
    assert demo.stdout is not None
    lines = []
    async for line in demo.stdout:
        lines.append(line.decode())
        if found := re.search(r"metrics +(http\S+)", lines[-1]):
            return found[1], lines
    assert demo.stderr is not None
    raise AssertionError(f"the demo printed no address: {lines} {(await demo.stderr.read()).decode()}")


def scraped(address: str) -> str:
    with urlopen(address, timeout=10) as response:  # noqa: S310 - the demo's own address
        text: str = response.read().decode()
    return text


def check_exposition(text: str) -> None:
    names = {family.name for family in text_string_to_metric_families(text)}
    assert {"helpdesk_tickets_opened", "helpdesk_first_reply_seconds", "helpdesk_events"} <= names
    assert all(name.startswith("helpdesk_") for name in names)
    promtool = shutil.which("promtool")
    if promtool is None:
        assert os.environ.get("CI") != "true", "CI checks the exposition with promtool, from Debian's prometheus"
        return
    check = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    assert (check.returncode, check.stdout, check.stderr) == (0, "", "")


@pytest.mark.timeout(180)
async def test_the_demo_serves_a_valid_scrape_and_ends_by_itself_with_living_numbers(tmp_path: Path) -> None:
    demo = await started_demo(tmp_path, "--seconds", "12", "--rate", "100")
    address, lines = await metrics_address(demo)
    await asyncio.sleep(3)
    check_exposition(await asyncio.to_thread(scraped, address))

    out, err = await demo.communicate()
    assert demo.returncode == 0, err.decode()
    table = "".join(lines) + out.decode()
    for metric in ALIVE:
        row = next(line for line in table.splitlines() if metric in line)
        month = row.split("│")[-2].strip()
        assert re.search(r"\d", month), f"{metric} shows nothing for 30 days: {row}"
    state = table.splitlines()[-2]
    assert all(int(cell) > 0 for cell in re.findall(r"│ +(\d+) (?=│)", state)[:3])


@pytest.mark.timeout(180)
async def test_ctrl_c_ends_the_demo_with_the_snapshot_and_success(tmp_path: Path) -> None:
    demo = await started_demo(tmp_path)
    await metrics_address(demo)
    demo.send_signal(signal.SIGINT)

    out, err = await demo.communicate()
    assert demo.returncode == 0, err.decode()
    assert "first reply time, mean" in out.decode()
    assert "Traceback" not in err.decode()
