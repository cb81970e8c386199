"""The image: built from the lock alone, with nothing in its last stage that is not needed to run."""

from __future__ import annotations

import fnmatch
from pathlib import Path

import pytest

from stream.settings.loading import load_settings
from tests.deployment.dockerfile import Step, stages
from tests.deployment.image import DOCKERFILE, ROOT

BUILD, LAST = stages(DOCKERFILE)


def test_all_that_is_installed_comes_from_the_lock_with_its_hashes() -> None:
    pip = [step.text for step in BUILD.steps if step.instruction == "RUN" and "pip" in step.text]
    commands = [part.strip() for text in pip for part in text.split("&&") if "pip" in part and "venv" not in part]

    assert [command for command in commands if "--require-hashes" not in command and "--no-index" not in command] == []
    assert "--requirement requirements.lock" in commands[0]


def test_the_last_stage_installs_nothing_and_has_no_compiler() -> None:
    run = " ".join(step.text for step in LAST.steps if step.instruction == "RUN")

    assert LAST.base.endswith("-slim-bookworm")
    assert LAST.base.replace("-slim", "") == BUILD.base
    assert not {"apt-get", "pip", "gcc", "curl"} & set(run.split())


def test_it_runs_as_a_user_without_rights() -> None:
    user, group = LAST.user

    assert min(user, group) > 10_000


def test_it_starts_a_worker_and_asks_it_whether_it_is_ready() -> None:
    assert LAST.entry_point == ["deskpulse", "worker"]
    assert LAST.health_check == ["python", "-m", "stream.web.probe"]


def test_every_variable_is_one_of_pythons_or_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in LAST.environment.items():
        if name.startswith("DESKPULSE_"):
            monkeypatch.setenv(name, value)

    settings = load_settings()

    assert (settings.web.host, settings.data_dir) == ("0.0.0.0", Path("/var/lib/deskpulse"))  # noqa: S104 - in a container
    assert {name for name in LAST.environment if not name.startswith(("DESKPULSE_", "PYTHON"))} == {"PATH"}


def test_whatever_is_copied_is_there_and_not_ignored() -> None:
    lines = (ROOT / "deploy/Dockerfile.dockerignore").read_text("utf-8").splitlines()
    kept = [line.removeprefix("!") for line in lines if line.startswith("!")]
    copied = [word for step in BUILD.steps if step.instruction == "COPY" for word in step.words[:-1]]

    assert lines[0] == "*"
    assert copied
    for name in copied:
        assert (ROOT / name).exists()
        assert any(fnmatch.fnmatch(name, pattern) for pattern in kept)


def test_steps_that_are_spread_over_lines_are_one(tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_text('FROM a AS b\nRUN one \\\n    # why\n    && two\nFROM c\nCMD ["d"]\n', "utf-8")

    first, second = stages(file)

    assert first.steps == (Step("RUN", "one      && two"),)
    assert (second.base, second.entry_point) == ("c", ["d"])
