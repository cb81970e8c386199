"""The verbs for the topics in Kafka."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from stream.cli.answers import print_answer, print_json
from stream.cli.options import BrokerOption, ConfigOption, JsonOption, settings_with
from stream.cli.quiet_client import run_quietly

topics = typer.Typer(help="The topics in Kafka.", no_args_is_help=True)


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
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be created.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Create the source, dead-letter and changelog topics; exit 1 if one that exists cannot serve."""
    from stream.cli.topics import TopicsPlan, run_create

    plan = TopicsPlan(partitions, replication, retention_days, dry_run)
    report = run_quietly(run_create(plan, settings_with(config, broker)))
    print_answer(report.as_json() if as_json else report.lines())
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
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Give source topics more partitions under the same group, and move the state along; stop all workers first."""
    from stream.cli.growth import planned_lines, reports_json, request_of, run_growth

    settings = settings_with(config, broker)
    request = request_of(topic, partitions, settle, settings.source_topics)
    lines = run_quietly(planned_lines(request, settings))
    typer.echo("\n".join(lines), err=True)
    if dry_run:
        return
    if not yes:
        typer.confirm("Kafka cannot remove partitions again. Go on?", abort=True, err=True)
    reports = run_quietly(run_growth(request, settings, partial(typer.echo, err=True)))
    if as_json:
        print_json(reports_json(reports))
