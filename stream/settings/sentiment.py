"""The settings of sentiment: the model that estimates it."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from stream.sentiment.model import ModelError, SentimentModel
from stream.sentiment.model_file import read_model
from stream.settings.section import Section
from stream.settings.shared import SharedSettings


class SentimentSettings(Section):
    """How the sentiment of texts is estimated."""

    model: Path | None = Field(
        None,
        description="The file of a model, made by `deskpulse sentiment train`, that estimates the sentiment of texts"
        " that nobody has labelled; relative to the folder of the settings file. Default: they count as `unlabelled`.",
    )


def model_of(settings: SharedSettings) -> SentimentModel | None:
    """The model that the settings name, ``None`` if they name none. Raises ``ValueError`` if it cannot be read."""
    file = settings.section(SentimentSettings).model
    if file is None:
        return None
    folder = Path() if settings.config_file is None else settings.config_file.parent
    try:
        return read_model(folder / file)
    except ModelError as error:
        raise ValueError(f"sentiment.model: {error}") from error
