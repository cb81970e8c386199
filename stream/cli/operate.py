"""The verbs for operators: topics, state, doctor and dead letters."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
import typer

from stream.cli.options import BrokerOption, ConfigOption, settings_with

Answer = TypeVar("Answer")

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
TopicOption = Annotated[
    list[str] | None, typer.Option("--topic", help="Only what comes from this source topic; may be repeated.")
]
ReasonOption = Annotated[list[str] | None, typer.Option("--reason", help="Only this reason; may be repeated.")]

topics = typer.Typer(help="The topics in Kafka.", no_args_is_help=True)
state = typer.Typer(help="The state in the changelogs.", no_args_is_help=True)
dlt = typer.Typer(help="Dead letters: look at them, mend them, send them again.", no_args_is_help=True)


def add_commands(app: typer.Typer) -> None:
    """Add the verbs to the command line."""
    app.add_typer(topics, name="topics")
    app.add_typer(state, name="state")
    app.command()(doctor)
    app.add_typer(dlt, name="dlt")


@topics.callback()
def topics_group() -> None:
    """The topics in Kafka."""


@topics.command("create")
def topics_create(
    config: ConfigOption = None,
    broker: BrokerOption = None,
    partitions: Annotated[
        int | None, typer.Option(min=1, max=1000, help="Partitions of a source topic. Default: from the settings.")
    ] = None,
    replication: Annotated[int | None, typer.Option(min=1, help="Replicas. Default: from the settings.")] = None,
    retention_days: Annotated[
        float | None, typer.Option(min=0.01, help="How long source topics keep events. Default: as Kafka is set.")
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be created.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Create the source, dead-letter and changelog topics; exit 1 if one that exists cannot serve."""
    from stream.cli.topics import TopicsPlan, run_create

    plan = TopicsPlan(partitions, replication, retention_days, dry_run)
    report = _run(run_create(plan, settings_with(config, broker)))
    _print(report.as_json() if as_json else report.lines())
    if report.has_problems:
        raise typer.Exit(1)


@topics.command("grow")
def topics_grow(  # noqa: PLR0913 - each parameter is an option
    partitions: Annotated[int, typer.Option(min=2, max=1000, help="Partitions that each topic is to have.")],
    config: ConfigOption = None,
    broker: BrokerOption = None,
    topic: Annotated[list[str] | None, typer.Option(help="Only this source topic; may be repeated.")] = None,
    settle: Annotated[
        float,
        typer.Option(
            min=0,
            help="Seconds that publishers may take to hear of new partitions (their metadata.max.age.ms); 0 if they"
            " are stopped.",
        ),
    ] = 300.0,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Give source topics more partitions under the same group, and move the state along; stop all workers first."""
    from stream.cli.growth import planned_lines, reports_json, request_of, run_growth

    settings = settings_with(config, broker)
    request = request_of(topic, partitions, settle, settings.source_topics)
    lines = _run(planned_lines(request, settings))
    typer.echo("\n".join(lines), err=True)
    if dry_run:
        return
    if not yes:
        typer.confirm("Kafka takes no partitions away again. Go on?", abort=True, err=True)
    reports = _run(run_growth(request, settings, partial(typer.echo, err=True)))
    if as_json:
        _print(reports_json(reports))


@state.callback()
def state_group() -> None:
    """The state in the changelogs."""


@state.command("rebuild")
def state_rebuild(
    config: ConfigOption = None,
    broker: BrokerOption = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be read again.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Let a group whose changelogs were deleted read its source topics again; stop its workers first."""
    from stream.cli.state import plan_json, plan_lines, run_plan, run_rebuild

    settings = settings_with(config, broker)
    kafka = settings.kafka
    plan = _run(run_plan(settings))
    if not as_json:
        _print(plan_lines(plan))
    done = bool(plan.lost) and not dry_run
    if done:
        if not yes:
            typer.confirm(f"Let group {kafka.group} read these partitions again?", abort=True, err=True)
        _run(run_rebuild(kafka, plan))
    if as_json:
        _print(plan_json(plan, done=done))
    elif done:
        _print(["done; start the workers"])


def doctor(
    config: ConfigOption = None,
    broker: BrokerOption = None,
    *,
    keys: Annotated[
        bool, typer.Option("--keys", help="Also read all changelogs: is anything in more than one partition?")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check brokers, topics, state, group, clocks and port, and say what to do; exit 1 if there is a problem."""
    from stream.cli.doctor import findings_json, findings_lines, has_problems
    from stream.doctor.examination import examine

    settings = settings_with(config, broker)
    findings = _run(examine(settings, settings.source_topics, with_keys=keys))
    _print(findings_json(findings) if as_json else findings_lines(findings))
    if has_problems(findings):
        raise typer.Exit(1)


@dlt.command("list")
def dlt_list(
    config: ConfigOption = None,
    broker: BrokerOption = None,
    topic: TopicOption = None,
    reason: ReasonOption = None,
    limit: Annotated[int, typer.Option(min=0, help="Show so many, the latest.")] = 20,
    *,
    show_all: Annotated[bool, typer.Option("--all", help="Also those that were replayed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List dead letters, with their number by reason."""
    from stream.cli.dlt import list_letters, listing_lines, selection_of

    settings = settings_with(config, broker)
    selection = selection_of(topic, reason, settings.source_topics)
    listing = _run(list_letters(settings, selection, limit, show_all=show_all))
    _print(listing if as_json else listing_lines(listing))


@dlt.command("show")
def dlt_show(
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="The source topic that the record came from.")],
    partition: Annotated[int, typer.Argument(min=0, metavar="PARTITION", help="Its partition there.")],
    offset: Annotated[int, typer.Argument(min=0, metavar="OFFSET", help="Its offset there.")],
    config: ConfigOption = None,
    broker: BrokerOption = None,
    *,
    raw: Annotated[bool, typer.Option("--raw", help="Write exactly the original bytes.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the dead letter of a record, named by where it came from."""
    from stream.cli.dlt import load_letter, shown_json, shown_lines

    letter, record, value = _run(load_letter(settings_with(config, broker), topic, partition, offset))
    if raw:
        sys.stdout.buffer.write(value or b"")
    else:
        _print(shown_json(letter, record, value) if as_json else shown_lines(letter, record, value))


@dlt.command("replay")
def dlt_replay(  # noqa: PLR0913 - each parameter is an option
    config: ConfigOption = None,
    broker: BrokerOption = None,
    topic: TopicOption = None,
    reason: ReasonOption = None,
    most: Annotated[int, typer.Option("--max", min=1, help="Send so many at most, the oldest first.")] = 100,
    file: Annotated[
        Path | None, typer.Option(help="Repaired values, as JSON Lines with origin and value; with --origin one value.")
    ] = None,
    origin: Annotated[
        str | None, typer.Option(help="TOPIC:PARTITION:OFFSET that the value in --file takes the place of.")
    ] = None,
    *,
    by_key: Annotated[
        bool, typer.Option("--by-key", help="Send each where its key belongs today: for letters from before a growth.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be sent.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Send dead letters to the topic and partition they came from, as they were or repaired."""
    from stream.cli.dlt import ReplayPlan, replay_letters, replay_lines, selection_of

    settings = settings_with(config, broker)
    plan = ReplayPlan(selection_of(topic, reason, settings.source_topics), most, file, origin, dry_run, by_key)
    report = _run(replay_letters(settings, plan))
    _print(report if as_json else replay_lines(report))
    if report["failed"]:
        raise typer.Exit(1)


def _run(work: Coroutine[Any, Any, Answer]) -> Answer:
    # The client logs each attempt that fails; what comes of them all is what the command says.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    return asyncio.run(work)


def _print(content: dict[str, Any] | list[str]) -> None:
    if isinstance(content, list):
        sys.stdout.write("".join(f"{line}\n" for line in content))
    else:
        sys.stdout.write(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode() + "\n")
