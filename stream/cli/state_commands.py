"""The verbs for the state in the changelogs."""

from __future__ import annotations

from typing import Annotated

import typer

from stream.cli.answers import print_json, print_lines
from stream.cli.options import BrokerOption, ConfigOption, JsonOption, settings_with
from stream.cli.quiet_client import run_quietly

state = typer.Typer(help="The state in the changelogs.", no_args_is_help=True)


@state.command("rebuild")
def state_rebuild(
    config: ConfigOption = None,
    broker: BrokerOption = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be read again.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Let a group whose changelogs were deleted read its source topics again; stop its workers first."""
    from stream.cli.state import plan_json, plan_lines, run_plan, run_rebuild

    settings = settings_with(config, broker)
    kafka = settings.kafka
    plan = run_quietly(run_plan(settings))
    if not as_json:
        print_lines(plan_lines(plan))
    done = bool(plan.lost) and not dry_run
    if done:
        if not yes:
            typer.confirm(f"Let group {kafka.group} read these partitions again?", abort=True, err=True)
        run_quietly(run_rebuild(kafka, plan))
    if as_json:
        print_json(plan_json(plan, done=done))
    elif done:
        print_lines(["done; start the workers"])
