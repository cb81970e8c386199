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
    survey_comments: bool = Field(
        False, description="Whether comments of surveys are estimated by the model too: `helpdesk_survey_comments`."
    )


def comment_model_of(settings: SharedSettings) -> SentimentModel | None:
    """The model by which comments of surveys are estimated, ``None`` if they are not.

    Raises ``ValueError`` if it cannot be read, or if they are to be estimated and there is none.
    """
    if not settings.section(SentimentSettings).survey_comments:
        return None
    model = model_of(settings)
    if model is None:
        raise ValueError("sentiment.survey_comments: there is no model to estimate with; name one in sentiment.model")
    return model


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
