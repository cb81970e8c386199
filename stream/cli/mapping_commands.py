"""The verbs for mappings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from stream.cli.answers import print_lines, warn

mapping = typer.Typer(help="Mappings, which say what the rows of a log mean.", no_args_is_help=True)


@mapping.command("suggest")
def mapping_suggest(
    file: Annotated[Path, typer.Argument(help="The log: CSV, TSV, JSON Lines, JSON or XES, also with .gz.")],
    kind: Annotated[str | None, typer.Option(help="Such as csv or jsonl. Default: guessed from the content.")] = None,
    delimiter: Annotated[
        str | None, typer.Option(help="The character between two fields. Default: guessed from the content.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Such as utf-8 or cp1252. Default: guessed from the content.")
    ] = None,
    explode: Annotated[
        str | None,
        typer.Option(help="The list of a JSON log whose elements are the rows. Default: the one that says most."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write to this file, which must not exist yet.")] = None,
) -> None:
    """Write a mapping to start from, guessed from the first rows of a log."""
    from stream.cli.mapping import suggestion_of, write_new
    from stream.feeds.suggestion import Choices

    suggestion = suggestion_of(file, Choices(kind, delimiter, encoding, explode))
    if out is None:
        sys.stdout.write(suggestion.text)
    else:
        write_new(out, suggestion.text)
        sys.stderr.write(f"wrote {out}; next: deskpulse replay {file} --mapping {out} --dry-run\n")
    warn(suggestion.warnings)
    if not suggestion.is_usable:
        raise typer.Exit(1)


@mapping.command("list")
def mapping_list() -> None:
    """List the mappings that come with deskpulse."""
    from stream.cli.mapping import shipped_lines

    print_lines(shipped_lines())


@mapping.command("check")
def mapping_check(
    mapping_file: Annotated[str, typer.Argument(metavar="MAPPING", help="A TOML file, or a shipped mapping's name.")],
    log: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A log that must have its columns.")] = None,
) -> None:
    """Check a mapping, and that a log has the columns that it names."""
    from stream.cli.mapping import check_mapping

    print_lines([check_mapping(mapping_file, log)])
