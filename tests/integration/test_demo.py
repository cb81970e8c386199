from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from stream.cli.child_process import ChildEndedError
from stream.cli.demo_prometheus import demo_prometheus
from stream.settings.monitoring import MonitoringSettings

ALIVE = (
    "first reply time, mean",
    "resolution time, mean",
    "abandonment",
    "CSAT",
    "NPS",
    "CES, low effort",
)


async def started_demo(
    folder: Path, *arguments: str, variables: dict[str, str] | None = None
) -> asyncio.subprocess.Process:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DESKPULSE_")}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "stream", "demo", *arguments),
        cwd=folder,
        env=environment | (variables or {}),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def metrics_address(demo: asyncio.subprocess.Process) -> tuple[str, list[str]]:
    return await address_after("metrics", demo)


async def address_after(word: str, demo: asyncio.subprocess.Process) -> tuple[str, list[str]]:
    """The address that the demo prints after a word, and all lines so far."""
    assert demo.stdout is not None
    lines = []
    async for line in demo.stdout:
        lines.append(line.decode())
        if found := re.search(rf"{word} +(http\S+)", lines[-1]):
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
    shown = table.splitlines()
    tickets_now = shown[next(place for place, line in enumerate(shown) if "open tickets" in line) + 2]
    open_tickets, open_cases, backlog = map(int, re.findall(r"│ +(\d+) (?=│)", tickets_now))
    assert 0 < backlog < open_cases < open_tickets


@pytest.mark.timeout(180)
async def test_ctrl_c_ends_the_demo_with_the_snapshot_and_success(tmp_path: Path) -> None:
    demo = await started_demo(tmp_path)
    await metrics_address(demo)
    demo.send_signal(signal.SIGINT)

    out, err = await demo.communicate()
    assert demo.returncode == 0, err.decode()
    assert "first reply time, mean" in out.decode()
    assert "Traceback" not in err.decode()


def first_value(prometheus: str, query: str) -> float | None:
    """The value of the first series of an instant query; ``None`` if it has no result."""
    with urlopen(f"{prometheus}/api/v1/query?query={quote(query)}", timeout=10) as response:  # noqa: S310 - on this machine
        found = json.load(response)["data"]["result"]
    return float(found[0]["value"][1]) if found else None


@pytest.mark.prometheus
@pytest.mark.usefixtures("monitoring_tools")
@pytest.mark.timeout(180)
async def test_the_demo_brings_a_prometheus_whose_rules_have_values_and_takes_it_along_at_the_end(
    tmp_path: Path,
) -> None:
    thresholds = {"DESKPULSE_MONITORING__LAG": "4321"}
    demo = await started_demo(tmp_path, "--prometheus", variables=thresholds)
    address, _ = await address_after("Prometheus", demo)

    value = None
    for _ in range(150):
        value = await asyncio.to_thread(first_value, address, 'window:helpdesk_sla_compliance:ratio{window="30d"}')
        if value is not None:
            break
        await asyncio.sleep(0.2)
    assert value is not None
    assert 0 < value <= 1
    rules = await asyncio.to_thread(scraped, f"{address}/api/v1/rules")
    assert "HelpdeskWatchdog" in rules
    assert "helpdesk_consumer_lag_records:sum \\u003e 4321" in rules
    demo.send_signal(signal.SIGINT)

    out, err = await demo.communicate()
    assert demo.returncode == 0, err.decode()
    assert "deploy/grafana/dashboards" in out.decode()
    assert "deskpulse monitoring export --into" in out.decode()
    with pytest.raises(OSError, match="refused"):
        await asyncio.to_thread(scraped, address)


async def test_without_prometheus_on_the_path_the_demo_says_so_and_starts_nothing(tmp_path: Path) -> None:
    demo = await started_demo(tmp_path, "--prometheus", variables={"PATH": str(tmp_path)})

    out, err = await demo.communicate()
    assert demo.returncode == 1
    assert out == b""
    assert err.decode() == (
        "deskpulse: --prometheus needs the command prometheus, which is not on the path: install Prometheus"
        " (apt-get install prometheus), or run the demo without --prometheus\n"
    )


async def test_a_prometheus_that_ends_while_it_starts_is_told_with_its_last_words(tmp_path: Path) -> None:
    command = tmp_path / "prometheus"
    command.write_text("#!/bin/sh\necho 'no space left'\nexit 3\n", "utf-8")
    command.chmod(0o755)

    with pytest.raises(ChildEndedError, match=r"^Prometheus ended with status 3:\nno space left$"):
        async with demo_prometheus(str(command), tmp_path, "127.0.0.1:1", MonitoringSettings()):
            raise AssertionError("it never was ready")
