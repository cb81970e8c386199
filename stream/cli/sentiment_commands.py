"""The verbs for models of sentiment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from stream.cli.answers import print_json, print_lines, warn
from stream.cli.options import JsonOption

sentiment = typer.Typer(help="Models that estimate the sentiment of a text.", no_args_is_help=True)

_FileArgument = Annotated[
    Path, typer.Argument(help="A CSV file with a text and its sentiment in each row: positive, neutral or negative.")
]
_SeedOption = Annotated[int, typer.Option(help="The same file and seed give the same model, byte for byte.")]
_TextOption = Annotated[str, typer.Option("--text-column", help="The column of the text.")]
_LabelOption = Annotated[str, typer.Option("--sentiment-column", help="The column of the sentiment.")]
_AsOption = Annotated[
    list[str] | None,
    typer.Option("--as", help="What another label counts as, such as question=neutral; may be repeated."),
]

_OUT: Final = Path("sentiment.model")


@sentiment.command("train")
def sentiment_train(
    file: _FileArgument,
    out: Annotated[Path, typer.Option(help="Write the model to this file, which must not exist yet.")] = _OUT,
    seed: _SeedOption = 1,
    text_column: _TextOption = "text",
    sentiment_column: _LabelOption = "sentiment",
    renamed: _AsOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Train a model with labelled texts, and show how often it is right about texts that it has not seen."""
    from stream.cli.sentiment import columns_of, held_out_text, new_model, trial_json, trial_lines, warnings_of

    columns = columns_of(text_column, sentiment_column, renamed or [])
    trial, model, texts = new_model(file, columns, seed, out)
    if as_json:
        told = {"file": str(out), "bytes": len(model.content), "digest": model.digest}
        print_json(trial_json(trial, held_out_text(), texts) | {"model": told})
    else:
        print_lines(trial_lines(trial, held_out_text(), texts))
        print_lines(("", f"wrote {out}: {len(model.content):,} bytes, {model.digest}"))
    warn(warnings_of(trial))


@sentiment.command("test")
def sentiment_test(
    file: _FileArgument,
    model: Annotated[
        Path | None, typer.Option(help="The model to test. Default: models trained with the other parts of the file.")
    ] = None,
    seed: _SeedOption = 1,
    text_column: _TextOption = "text",
    sentiment_column: _LabelOption = "sentiment",
    renamed: _AsOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show how often a model is right about labelled texts, beside the most frequent sentiment."""
    from stream.cli.sentiment import columns_of, tested, trial_json, trial_lines, warnings_of

    columns = columns_of(text_column, sentiment_column, renamed or [])
    trial, heading, texts = tested(file, columns, seed, model)
    if as_json:
        print_json(trial_json(trial, heading, texts))
    else:
        print_lines(trial_lines(trial, heading, texts))
    warn(warnings_of(trial))
