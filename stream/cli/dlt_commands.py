"""The verbs for dead letters."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from stream.cli.answers import print_answer
from stream.cli.options import BrokerOption, ConfigOption, JsonOption, settings_with
from stream.cli.quiet_client import run_quietly

TopicOption = Annotated[
    list[str] | None, typer.Option("--topic", help="Only what comes from this source topic; may be repeated.")
]
ReasonOption = Annotated[list[str] | None, typer.Option("--reason", help="Only this reason; may be repeated.")]

dlt = typer.Typer(help="Dead letters: look at them, repair them, send them again.", no_args_is_help=True)


@dlt.command("list")
def dlt_list(
    config: ConfigOption = None,
    broker: BrokerOption = None,
    topic: TopicOption = None,
    reason: ReasonOption = None,
    limit: Annotated[int, typer.Option(min=0, help="Show this many, the most recent ones.")] = 20,
    *,
    show_all: Annotated[bool, typer.Option("--all", help="Also those that were replayed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List dead letters, with their number by reason."""
    from stream.cli.dlt import list_letters, listing_lines, selection_of

    settings = settings_with(config, broker)
    selection = selection_of(topic, reason, settings.source_topics)
    listing = run_quietly(list_letters(settings, selection, limit, show_all=show_all))
    print_answer(listing if as_json else listing_lines(listing))


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

    letter, record, value = run_quietly(load_letter(settings_with(config, broker), topic, partition, offset))
    if raw:
        sys.stdout.buffer.write(value or b"")
    else:
        print_answer(shown_json(letter, record, value) if as_json else shown_lines(letter, record, value))


@dlt.command("replay")
def dlt_replay(  # noqa: PLR0913 - each parameter is an option
    config: ConfigOption = None,
    broker: BrokerOption = None,
    topic: TopicOption = None,
    reason: ReasonOption = None,
    most: Annotated[int, typer.Option("--max", min=1, help="Send at most this many, the oldest first.")] = 100,
    file: Annotated[
        Path | None, typer.Option(help="Repaired values, as JSON Lines with origin and value; with --origin one value.")
    ] = None,
    origin: Annotated[
        str | None, typer.Option(help="TOPIC:PARTITION:OFFSET that the value in --file replaces.")
    ] = None,
    *,
    by_key: Annotated[
        bool,
        typer.Option("--by-key", help="Send each to the partition of its key today; for letters from before a growth."),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be sent.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Send dead letters again to the topic and partition that they came from, as they were or repaired."""
    from stream.cli.dlt import ResendPlan, replay_letters, replay_lines, selection_of

    settings = settings_with(config, broker)
    plan = ResendPlan(selection_of(topic, reason, settings.source_topics), most, file, origin, dry_run, by_key)
    report = run_quietly(replay_letters(settings, plan))
    print_answer(report if as_json else replay_lines(report))
    if report["failed"]:
        raise typer.Exit(1)
