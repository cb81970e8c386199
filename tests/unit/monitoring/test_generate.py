"""Rule files that lag behind the catalogue are noticed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from stream.monitoring.generate import main


def test_the_files_of_this_tree_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("name", ["alerts.yml", "durations.yml", "recording.yml"])
def test_check_names_each_stale_file_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert main([], tmp_path) == 0
    path = tmp_path / name
    path.write_text(path.read_text("utf-8").replace("helpdesk_", "desk_"), "utf-8")
    damaged = path.read_bytes()
    capsys.readouterr()

    assert main(["--check"], tmp_path) == 1

    assert capsys.readouterr().err == f"stale: {path}, run `make generate`\n"
    assert path.read_bytes() == damaged
    assert main([], tmp_path) == 0
    assert main(["--check"], tmp_path) == 0


def test_the_rules_can_be_written_with_other_addresses(tmp_path: Path) -> None:
    assert main(["--into", str(tmp_path), "--runbooks", "https://wiki/r/", "--dashboards", "https://grafana/d"]) == 0

    groups = yaml.safe_load((tmp_path / "alerts.yml").read_text("utf-8"))["groups"]
    breached = next(rule for group in groups for rule in group["rules"] if rule.get("alert") == "HelpdeskSlaBreached")
    assert breached["annotations"]["runbook_url"] == "https://wiki/r/HelpdeskSlaBreached.md"
    assert breached["annotations"]["dashboard_url"] == "https://grafana/d/deskpulse-sla"
