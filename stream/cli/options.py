"""Options that many verbs have, and the settings that they override."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from stream.settings.loading import load_settings
from stream.settings.settings import Settings

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="Settings file. Default: deskpulse.toml in the working folder, if any.")
]
BrokerOption = Annotated[str | None, typer.Option("--broker", help="Kafka's addresses; overrides the settings.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def settings_with(config: Path | None, broker: str | None = None, port: int | None = None) -> Settings:
    """The settings with what the command line overrides."""
    overrides: dict[str, Any] = {}
    if broker is not None:
        overrides["kafka"] = {"bootstrap_servers": broker}
    if port is not None:
        overrides["web"] = {"port": port}
    return load_settings(config, **overrides)
