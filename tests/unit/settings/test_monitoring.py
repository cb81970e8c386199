"""The settings of rules, alerts and dashboards."""

from __future__ import annotations

from pathlib import Path

import pytest

from stream.settings.loading import SettingsError, load_settings
from stream.settings.monitoring import MonitoringSettings


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def settings_of(text: str) -> MonitoringSettings:
    """The section of a file with this text in it."""
    file = Path("settings.toml")
    file.write_text(f"[monitoring]\n{text}\n", encoding="utf-8")
    return load_settings(file).monitoring


def complaint_about(text: str) -> str:
    """What is said of a file with this text in the section."""
    with pytest.raises(SettingsError) as caught:
        settings_of(text)
    return str(caught.value)


def test_a_file_sets_objectives_and_thresholds() -> None:
    settings = settings_of("sla_compliance = 0.95\nlag = 500")

    assert (settings.sla_compliance, settings.lag, settings.csat) == (0.95, 500, 0.80)
    assert settings.late_allowed == pytest.approx(0.05)
    assert settings.late_alarming == pytest.approx(0.10)


def test_addresses_lose_the_slashes_at_their_ends() -> None:
    settings = settings_of(
        'runbooks_url = "https://wiki.example/r/"\ndashboards_url = "http://grafana.example:3000/d//"'
    )

    assert (settings.runbooks_url, settings.dashboards_url) == (
        "https://wiki.example/r",
        "http://grafana.example:3000/d",
    )


def test_the_environment_sets_an_objective(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESKPULSE_MONITORING__CSAT", "0.7")

    assert load_settings().monitoring.csat == 0.7


@pytest.mark.parametrize(
    "text, complaint",
    [
        ("sla_compliance = 1", "monitoring.sla_compliance: Input should be less than 1, not 1"),
        ("sla_compliance = 95", "monitoring.sla_compliance: Input should be less than 1, not 95"),
        ("abandonment = 0", "monitoring.abandonment: Input should be greater than 0, not 0"),
        ("lag = 0", "monitoring.lag: Input should be greater than or equal to 1, not 0"),
        ("nps = 101", "monitoring.nps: Input should be less than or equal to 100, not 101"),
        ("csat = nan", "monitoring.csat: Input should be a finite number, not nan"),
        (
            "objective = 0.9",
            "monitoring.objective: unknown setting; stream/settings/README.md lists them all",
        ),
        (
            'runbooks_url = "wiki"',
            "monitoring.runbooks_url: takes an address such as https://wiki.example/deskpulse, not 'wiki'",
        ),
        (
            "burn_rate = 14.4",
            (
                "monitoring.burn_rate: at 14.4, with the objective sla_compliance = 0.9, no alert could ever tell:"
                " take less than 10"
            ),
        ),
    ],
)
def test_one_line_names_the_key_the_reason_and_the_way_out(text: str, complaint: str) -> None:
    assert complaint_about(text) == complaint
