"""The verbs for what watches over deskpulse."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stream.cli.answers import print_lines, warn

monitoring = typer.Typer(help="Rules, alerts and dashboards.", no_args_is_help=True)


@monitoring.command("export")
def monitoring_export(
    into: Annotated[Path, typer.Option(help="Folder for the files; made if it does not exist.")],
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "--settings",
            help="Settings file, for the section monitoring. Default: deskpulse.toml in the working folder, if any.",
        ),
    ] = None,
    runbooks: Annotated[
        str | None,
        typer.Option(
            help="Address below which you publish the runbooks, for the links in alerts; overrides the settings."
        ),
    ] = None,
    dashboards: Annotated[
        str | None,
        typer.Option(help="Address below which Grafana shows dashboards by uid; overrides the settings."),
    ] = None,
    *,
    no_dashboards: Annotated[
        bool,
        typer.Option("--no-dashboards", help="Leave out the dashboards, which need deskpulse's extra `monitoring`."),
    ] = False,
) -> None:
    """Write rules, dashboards, runbooks and Alertmanager's templates, with your links, objectives and thresholds."""
    from stream.cli.monitoring import export_monitoring, links_to, missing_links
    from stream.settings.loading import load_settings

    thresholds = load_settings(config).monitoring
    links = links_to(thresholds, runbooks, dashboards)
    print_lines(str(path) for path in export_monitoring(into, links, thresholds, with_dashboards=not no_dashboards))
    warn(missing_links(links, into))
