"""The verbs of ``deskpulse`` and what they print when something is wrong."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from stream.cli.logs import set_up_logs
from stream.settings import Settings, load_settings

EXPECTED_FAILURE: Final = 1

app = typer.Typer(
    help="Live, exact customer-service metrics from a helpdesk's events.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="Settings file. Default: deskpulse.toml in the working folder, if any.")
]
BrokerOption = Annotated[str | None, typer.Option("--broker", help="Kafka's addresses; overrides the settings.")]


def settings_with(config: Path | None, broker: str | None = None, port: int | None = None) -> Settings:
    """The settings with what the command line overrides."""
    overrides: dict[str, Any] = {}
    if broker is not None:
        overrides["kafka"] = {"bootstrap_servers": broker}
    if port is not None:
        overrides["web"] = {"port": port}
    return load_settings(config, **overrides)


@app.callback()
def deskpulse() -> None:
    """Live, exact customer-service metrics from a helpdesk's events."""


@app.command()
def worker(
    config: ConfigOption = None,
    broker: BrokerOption = None,
    port: Annotated[int | None, typer.Option(help="Port to serve on; overrides the settings.")] = None,
    log_level: Annotated[str, typer.Option(help="debug, info, warning or error.")] = "info",
) -> None:
    """Run a worker: read events, keep the state, serve the metrics."""
    from stream.cli.worker import run_worker

    settings = settings_with(config, broker, port)
    set_up_logs(log_level)
    asyncio.run(run_worker(settings))


def main() -> None:
    """Run the command line; an expected failure is one clear line on stderr and exit status 1."""
    try:
        app()
    except Exception as error:  # noqa: BLE001
        if type(error).__module__.startswith(("stream.", "schemas.")):
            sys.stderr.write(f"deskpulse: {error}\n")
            sys.exit(EXPECTED_FAILURE)
        raise
