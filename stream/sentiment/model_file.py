"""Reads the files of models."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from stream.sentiment.model import ModelError, SentimentModel, model_in

LARGEST: Final = 2_000_000
"""The most bytes that the file of a model has."""


def read_model(file: Path) -> SentimentModel:
    """The model in a file. Raises ``ModelError`` that names it."""
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        raise ModelError(f"{file}: cannot be read: {error.strerror}") from error
    if len(content) > LARGEST:
        raise ModelError(f"{file}: has more than {LARGEST:,} bytes, which no model has")
    return _model_of(content, str(file))


@lru_cache(maxsize=2)
def _model_of(content: bytes, name: str) -> SentimentModel:
    try:
        return model_in(content)
    except ModelError as error:
        raise ModelError(f"{name}: {error}") from error
