"""The verbs for what watches over deskpulse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stream.cli.answers import print_lines, warn

monitoring = typer.Typer(help="Rules and alerts for Prometheus.", no_args_is_help=True)


@monitoring.command("export")
def monitoring_export(
    into: Annotated[Path, typer.Option(help="Folder for the rule files; made if it does not exist.")],
    runbooks: Annotated[
        str | None, typer.Option(help="Address below which you publish the runbooks, for the links in alerts.")
    ] = None,
    dashboards: Annotated[
        str | None,
        typer.Option(help="Address below which Grafana shows dashboards by uid. Default: http://localhost:3000/d."),
    ] = None,
) -> None:
    """Write the recording and alerting rules for Prometheus, linked to your runbooks and dashboards."""
    from stream.cli.monitoring import export_rules, links_to, missing_links

    print_lines(str(path) for path in export_rules(into, links_to(runbooks, dashboards)))
    warn(missing_links(runbooks))
