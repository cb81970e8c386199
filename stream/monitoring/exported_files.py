"""Everything that monitoring needs besides the workers: rules, runbooks, templates for Alertmanager."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from stream.monitoring.rule_files import generated_note, rule_files
from stream.monitoring.rules import Links
from stream.monitoring.runbook_files import runbook_files
from stream.settings.monitoring import MonitoringSettings

DASHBOARDS: Final = "grafana/dashboards"
RULES: Final = "prometheus/rules"
RUNBOOKS: Final = "runbooks"
TEMPLATES: Final = "alertmanager/templates"


def monitoring_files(
    links: Links, thresholds: MonitoringSettings, command: str, handbook: str | None = None
) -> dict[str, str]:
    """The text of every file by its path, with ``links`` and ``thresholds`` in it.

    All say that ``command`` has generated them; ``handbook`` is where runbooks find `deploy/README.md`, if they can
    link to it.
    """
    note = generated_note(command)
    runbooks = runbook_files(thresholds, handbook)
    return {
        **within(RULES, rule_files(links, thresholds, command)),
        **within(TEMPLATES, {name: f"{{{{/* {note} */}}}}\n{text}" for name, text in template_sources().items()}),
        **within(RUNBOOKS, {name: f"{text}\n<!-- {note} -->\n" for name, text in runbooks.items()}),
    }


def template_sources() -> dict[str, str]:
    """The text of every template for Alertmanager by the name of its file."""
    folder = files("stream.monitoring") / "alertmanager"
    sources = {file.name: file.read_text("utf-8") for file in folder.iterdir() if file.name.endswith(".tmpl")}
    return dict(sorted(sources.items()))


def within(folder: str, texts: dict[str, str]) -> dict[str, str]:
    """Texts by the paths of their files, which are given by name, below a folder."""
    return {f"{folder}/{name}": text for name, text in texts.items()}
