"""Trains models of sentiment, and tells how often they are right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from stream.cli.progress import tracked
from stream.sentiment.labelled import Columns, LabelledError, LabelledTexts, labelled_in
from stream.sentiment.model import SentimentModel
from stream.sentiment.model_file import read_model
from stream.sentiment.sentiment import SENTIMENTS, Sentiment
from stream.sentiment.training import digest_of, trained
from stream.sentiment.trial import PARTS, Trial, held_out, tried

_LARGEST_FILE: Final = 256_000_000


class SentimentError(Exception):
    """A file cannot be trained or tested with; the message names it and says why."""


def columns_of(text: str, sentiment: str, renamed: Sequence[str]) -> Columns:
    """Where texts and labels are; each of ``renamed`` is such as ``question=neutral``. Raises ``SentimentError``."""
    meanings: dict[str, Sentiment] = {}
    for one in renamed:
        label, _, meaning = one.partition("=")
        found = next((each for each in SENTIMENTS if each == meaning), None)
        if not label or found is None:
            message = f"--as takes a label and what it counts as, such as question=neutral, not {one!r}"
            raise SentimentError(message)
        meanings[label.casefold()] = found
    return Columns(text, sentiment, meanings)


def labelled_texts(file: Path, columns: Columns) -> LabelledTexts:
    """The labelled texts of a file. Raises ``SentimentError``."""
    try:
        if file.stat().st_size > _LARGEST_FILE:
            message = f"{file}: has more than {_LARGEST_FILE:,} bytes; take a sample of it"
            raise SentimentError(message)
        with file.open(encoding="utf-8-sig", newline="") as lines:
            return labelled_in(lines, columns)
    except OSError as error:
        raise SentimentError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SentimentError(f"{file}: byte {error.start} is not UTF-8; write it as UTF-8 first") from error
    except LabelledError as error:
        raise SentimentError(f"{file}: {error}") from error


def new_model(file: Path, columns: Columns, seed: int, out: Path) -> tuple[Trial, SentimentModel, LabelledTexts]:
    """Train with the texts of a file and write the model to a new file. Raises ``SentimentError``."""
    texts = labelled_texts(file, columns)
    if out.exists():
        message = f"{out} is there already; name another file with --out, or remove it"
        raise SentimentError(message)
    trial = held_out(texts.messages, seed, _watched)
    model = trained(texts.messages, seed)
    try:
        with out.open("xb") as written:
            written.write(model.content)
    except OSError as error:
        raise SentimentError(f"{out}: cannot be written: {error.strerror}") from error
    return trial, model, texts


def tested(file: Path, columns: Columns, seed: int, model: Path | None) -> tuple[Trial, str, LabelledTexts]:
    """How often a model is right about the texts of a file, or models trained with the other parts of the file.

    Also what was held out, as a heading. Raises ``SentimentError`` and ``ModelError``.
    """
    texts = labelled_texts(file, columns)
    if model is None:
        return held_out(texts.messages, seed, _watched), held_out_text(), texts
    found = read_model(model)
    if found.origin.digest == digest_of(texts.messages):
        return tried(found, texts.messages), "Nothing held out: the model was trained with these very texts", texts
    return tried(found, texts.messages), f"By a model that was trained with {found.origin.messages} other texts", texts


def held_out_text() -> str:
    """How texts are held out."""
    return f"Held out: each of {PARTS} parts estimated by a model that was trained with the others"


def trial_lines(trial: Trial, heading: str, texts: LabelledTexts) -> Iterator[str]:
    """A trial for people."""
    most, share = trial.majority
    labelled, estimated = trial.net
    yield f"{trial.messages} texts" + (f", and {texts.without_text} lines without any" if texts.without_text else "")
    yield heading
    yield f"  right                {trial.accuracy:7.2%}"
    yield f"  always {most:<13} {share:7.2%}"
    yield f"  net, by the labels   {100 * labelled:+7.2f}"
    yield f"  net, by the estimates{100 * estimated:+7.2f}"
    yield ""
    yield f"  {'labelled':<12}" + "".join(f"{'est. ' + each:>16}" for each in SENTIMENTS)
    for label in SENTIMENTS:
        yield f"  {label:<12}" + "".join(f"{trial.counts.get((label, each), 0):>16}" for each in SENTIMENTS)


def trial_json(trial: Trial, heading: str, texts: LabelledTexts) -> dict[str, Any]:
    """A trial for programs; the counts of the table are by label, then by estimate."""
    most, share = trial.majority
    labelled, estimated = trial.net
    return {
        "texts": trial.messages,
        "without_text": texts.without_text,
        "held_out": heading,
        "accuracy": trial.accuracy,
        "majority": {"sentiment": most, "share": share},
        "net": {"labelled": labelled, "estimated": estimated},
        "counts": {label: {each: trial.counts.get((label, each), 0) for each in SENTIMENTS} for label in SENTIMENTS},
    }


def warnings_of(trial: Trial) -> Iterator[str]:
    """What is to be said of a trial besides its numbers."""
    most, share = trial.majority
    if trial.accuracy <= share:
        yield f"it is right no more often than saying {most} of every text; label more texts"


def _watched(parts: Sequence[int]) -> Iterator[int]:
    return tracked(parts, "Holding out", len(parts))
