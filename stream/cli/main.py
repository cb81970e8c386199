"""The verbs of ``deskpulse`` and what they print when something is wrong."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from stream.cli import (
    dlt_commands,
    mapping_commands,
    monitoring_commands,
    sentiment_commands,
    sla_commands,
    state_commands,
    topics_commands,
)
from stream.cli.answers import print_answer, print_json, print_lines
from stream.cli.logs import set_up_logs
from stream.cli.options import BrokerOption, ConfigOption, JsonOption, settings_with
from stream.cli.quiet_client import run_client, run_quietly
from stream.settings.loading import load_settings

EXPECTED_FAILURE: Final = 1

app = typer.Typer(
    help="Live, exact customer-service metrics from a helpdesk's events.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


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


@app.command()
def snapshot(
    config: ConfigOption = None,
    url: Annotated[str | None, typer.Option(help="The worker's address. Default: from the settings.")] = None,
    window: Annotated[str | None, typer.Option(help="Only this window: 5m, 1h, 24h, 7d, 30d or lifetime.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    parts: Annotated[bool, typer.Option("--parts", help="With --json: also the additive parts by labels.")] = False,
) -> None:
    """Print a worker's numbers, as a table or as JSON."""
    from stream.cli.snapshot import (
        fetch,
        new_console,
        reason_for_lifetime,
        table_of,
        windows_named,
        with_lifetime,
    )

    settings = load_settings(config)
    windows = windows_named(window)
    address = url or settings.web.url
    token = settings.web.bearer_token
    numbers = fetch(
        address.rstrip("/"),
        "/api/v1/metrics" + ("?parts=true" if parts else ""),
        None if token is None else token.get_secret_value(),
    )
    if not as_json:
        shown = windows if window is not None else with_lifetime(numbers, windows)
        new_console().print(table_of(numbers, shown))
        if shown != windows:
            sys.stderr.write(f"{reason_for_lifetime(numbers)}\n")
        return
    if window is not None:
        numbers["windows"] = {window: numbers["windows"][window]}
    print_json(numbers)


@app.command()
def replay(  # noqa: PLR0913, PLR0917 - each parameter is an option
    file: Annotated[Path, typer.Argument(help="The log: CSV, TSV, JSON, JSON Lines or XES, also with .gz.")],
    config: ConfigOption = None,
    broker: BrokerOption = None,
    mapping: Annotated[
        str | None,
        typer.Option(help="A TOML file that says which row means which event, or the name of a shipped mapping."),
    ] = None,
    speed: Annotated[str, typer.Option(help="How many times as fast as it happened, or max.")] = "max",
    url: Annotated[
        str | None, typer.Option(help="A worker's address, asked how far it looks back. Default: from the settings.")
    ] = None,
    max_rejected: Annotated[
        float, typer.Option(min=0, max=100, help="Fail if more than this percentage of the rows is rejected.")
    ] = 5,
    examples: Annotated[int, typer.Option(min=0, max=100, help="With --dry-run: events to show of each rule.")] = 2,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be published.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail if any row is rejected or has no rule.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Publish a log as events; without a mapping, its lines are events already."""
    from stream.cli.replay import ReplayPlan, failure_of, replay_json, replay_lines, run_dry, run_replay
    from stream.feeds.preview import preview_lines

    plan = ReplayPlan(file, mapping, speed, strict, max_rejected, url)
    if not dry_run:
        count, report = run_client(run_replay(plan, settings_with(config, broker)))
        if as_json:
            print_json(replay_json(count, report))
        else:
            sys.stderr.write("".join(f"{line}\n" for line in replay_lines(plan, count, report)))
        return
    preview = run_dry(plan, examples)
    failure = failure_of(plan, preview.report)
    if as_json:
        print_json(preview.as_json() | {"failure": failure})
    else:
        print_lines(preview_lines(preview))
    if failure is not None:
        sys.stderr.write(f"deskpulse: {failure}\n")
        raise typer.Exit(EXPECTED_FAILURE)


@app.command()
def simulate(  # noqa: PLR0913, PLR0917 - each parameter is an option
    config: ConfigOption = None,
    broker: BrokerOption = None,
    seed: Annotated[int, typer.Option(help="The same seed makes the same helpdesk.")] = 1,
    rate: Annotated[float, typer.Option(min=0, help="Live events a second.")] = 20,
    seconds: Annotated[float | None, typer.Option(min=0, help="Stop after this many seconds of live events.")] = None,
    days: Annotated[float, typer.Option(min=0, help="Days of history to make first.")] = 30,
    tickets: Annotated[int, typer.Option(min=0, help="Tickets opened in this history.")] = 2_000,
    out: Annotated[
        Path | None, typer.Option(help="Write the history to this JSON Lines file; publish nothing.")
    ] = None,
    end: Annotated[datetime | None, typer.Option(help="With --out: when the history ends (UTC). Default: now.")] = None,
    duplicates: Annotated[float, typer.Option(min=0, max=1, help="Share of events that come twice.")] = 0,
    late: Annotated[float, typer.Option(min=0, max=1, help="Share of events that come late.")] = 0,
    poison: Annotated[float, typer.Option(min=0, max=1, help="Share of unreadable records mixed in.")] = 0,
    *,
    resume: Annotated[
        bool, typer.Option("--resume", help="Leave the history out if the topics have events already.")
    ] = False,
) -> None:
    """Simulate a believable helpdesk: its history at once, then live events."""
    from stream.cli.simulate import Plan, stream_events, write_log

    plan = Plan(seed, days, tickets, rate, duplicates, late, poison)
    if out is None:
        count = run_client(stream_events(plan, settings_with(config, broker), seconds, resume=resume))
        sys.stderr.write(f"published {count} events\n")
    else:
        count = write_log(plan, out, end.replace(tzinfo=UTC) if end else datetime.now(UTC))
        sys.stderr.write(f"wrote {count} events to {out}\n")


@app.command()
def demo(
    config: ConfigOption = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="End after this many seconds.")] = None,
    rate: Annotated[float, typer.Option(min=0.1, help="Live events a second.")] = 50,
    seed: Annotated[int, typer.Option(help="The same seed makes the same helpdesk.")] = 1,
    *,
    prometheus: Annotated[
        bool,
        typer.Option(
            "--prometheus",
            help="Also start Prometheus, which has to be on the path, with the rules loaded, and say what to import"
            " into Grafana.",
        ),
    ] = False,
) -> None:
    """Run everything at once: an embedded broker, a worker and a busy helpdesk."""
    from stream.cli.demo import DemoPlan, run_demo

    asyncio.run(run_demo(DemoPlan(seconds, rate, seed, prometheus), load_settings(config)))


@app.command()
def doctor(
    config: ConfigOption = None,
    broker: BrokerOption = None,
    *,
    keys: Annotated[
        bool, typer.Option("--keys", help="Also read all changelogs, to find what is in more than one partition.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check brokers, topics, state, group, clocks and port, and say what to do; exit 1 if there is a problem."""
    from stream.cli.doctor import findings_json, findings_lines, has_problems
    from stream.doctor.examination import examine

    settings = settings_with(config, broker)
    findings = run_quietly(examine(settings, settings.source_topics, with_keys=keys))
    print_answer(findings_json(findings) if as_json else findings_lines(findings))
    if has_problems(findings):
        raise typer.Exit(1)


app.add_typer(mapping_commands.mapping, name="mapping")
app.add_typer(sla_commands.sla, name="sla")
app.add_typer(sentiment_commands.sentiment, name="sentiment")
app.add_typer(monitoring_commands.monitoring, name="monitoring")
app.add_typer(topics_commands.topics, name="topics")
app.add_typer(state_commands.state, name="state")
app.add_typer(dlt_commands.dlt, name="dlt")


def main() -> None:
    """Run the command line; an expected failure is one clear line on stderr and exit status 1."""
    try:
        app()
    except Exception as error:
        if type(error).__module__.startswith(("stream.", "schemas.")):
            sys.stderr.write(f"deskpulse: {error}\n")
            sys.exit(EXPECTED_FAILURE)
        raise
