from __future__ import annotations

from pathlib import Path

import pytest

from stream.desks.mentions.definition import MENTIONS
from stream.sentiment.training import Labelled, trained
from stream.settings.loading import SettingsError, load_settings
from stream.settings.sentiment import model_of
from stream.state.fingerprint import fingerprint

GOOD = trained([Labelled("great", "positive"), Labelled("broken", "negative")] * 2, 1)
BAD = trained([Labelled("great", "negative"), Labelled("broken", "positive")] * 2, 1)


def settings_in(folder: Path, text: str = '[sentiment]\nmodel = "my.model"\n') -> Path:
    """A settings file in a folder."""
    file = folder / "deskpulse.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_model_nothing_is_estimated(tmp_path: Path) -> None:
    assert model_of(load_settings(settings_in(tmp_path, ""))) is None


def test_a_model_lies_relative_to_the_folder_of_the_settings_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    (tmp_path / "my.model").write_bytes(GOOD.content)
    model = model_of(load_settings(settings_in(tmp_path)))

    assert model is not None
    assert model.digest == GOOD.digest


@pytest.mark.parametrize(
    "content, told",
    [
        (None, "cannot be read: No such file or directory"),
        (b"text,sentiment\n", "is no model that `deskpulse sentiment"),
    ],
)
def test_a_model_that_cannot_be_read_is_told_at_the_start(content: bytes | None, told: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "my.model").write_bytes(content)

    with pytest.raises(SettingsError) as raised:
        load_settings(settings_in(tmp_path))

    assert str(raised.value).startswith(f"sentiment.model: {tmp_path / 'my.model'}: {told}")
    assert "\n" not in str(raised.value)


def test_the_fingerprint_of_mentions_is_that_of_the_models_content_wherever_it_lies(tmp_path: Path) -> None:
    digests = []
    for name, model in (("one", GOOD), ("two", GOOD), ("three", BAD)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "my.model").write_bytes(model.content)
        digests.append(fingerprint(MENTIONS, load_settings(settings_in(folder))))
    digests.append(fingerprint(MENTIONS, load_settings(settings_in(tmp_path, ""))))

    assert digests[0] == digests[1]
    assert len(set(digests)) == 3
