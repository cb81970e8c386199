"""The verbs for service levels."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from stream.cli.answers import print_json, warn
from stream.cli.options import ConfigOption, JsonOption
from stream.settings.loading import load_settings

sla = typer.Typer(help="SLA policies and clocks.", no_args_is_help=True)


@sla.command("check")
def sla_check(
    file: Annotated[Path, typer.Argument(help="A settings file, or a policy file that sla.file names.")],
    at: Annotated[datetime | None, typer.Option(help="When the example clocks begin (UTC). Default: now.")] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Check the policies in a file and show the deadlines of example tickets."""
    from stream.cli.sla import begin_of_examples, calendars, check_tables, checked_policies, examples
    from stream.cli.snapshot import new_console

    begun = begin_of_examples(at)
    policies, warnings = checked_policies(file)
    if as_json:
        said = [f"{warning.what}: {warning.way_out}" for warning in warnings]
        print_json({"calendars": calendars(policies, begun), "examples": examples(policies, begun), "warnings": said})
        return
    new_console().print(check_tables(policies, begun))
    warn(f"{warning.what}: {warning.way_out}" for warning in warnings)


@sla.command("explain")
def sla_explain(
    ticket: Annotated[str, typer.Argument(help="The ticket's id.")],
    config: ConfigOption = None,
    url: Annotated[
        list[str] | None, typer.Option(help="A worker's address; may be repeated. Default: from the settings.")
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show a ticket's clocks: which policy is in force and why, what counted, and when each is due."""
    from stream.cli.sla import explanation_of, explanation_tables
    from stream.cli.snapshot import new_console

    settings = load_settings(config)
    token = settings.web.bearer_token
    found = explanation_of(ticket, url or [settings.web.url], None if token is None else token.get_secret_value())
    if as_json:
        print_json(found)
    else:
        new_console().print(explanation_tables(found))
