"""The verbs for models of sentiment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from stream.cli import main
from stream.cli.main import app

DATA = Path(__file__).parents[2] / "data"
ENGLISH = DATA / "mentions_english.csv"
WHOLE_THAI = Path(__file__).parents[3] / "../shared/data/wisesight_thai.csv"


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def told(*arguments: object) -> dict[str, Any]:
    """What a verb prints as JSON."""
    result = CliRunner().invoke(app, ["sentiment", *map(str, arguments), "--json"])
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = orjson.loads(result.stdout)
    return found


def failure_of(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line that a verb fails with."""
    monkeypatch.setattr("sys.argv", ["deskpulse", "sentiment", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    return line


def log(*rows: str, heading: str = "sentiment,text") -> str:
    """The name of a file with these rows."""
    Path("log.csv").write_text("".join(f"{row}\n" for row in (heading, *rows)), encoding="utf-8")
    return "log.csv"


@pytest.mark.parametrize(
    "file, renamed, majority",
    [
        pytest.param(ENGLISH, (), {"sentiment": "positive", "share": 1 / 3}, id="English"),
        # The whole log where it is at hand.
        *(
            pytest.param(file, ("--as", "question=neutral"), {"sentiment": "neutral", "share": 0.56}, id="Thai")
            for file in (WHOLE_THAI,)
            if file.exists()
        ),
    ],
)
def test_of_texts_held_out_ten_points_more_are_right_than_by_saying_the_same_of_all(
    file: Path, renamed: tuple[str, ...], majority: dict[str, Any]
) -> None:
    found = told("train", file, *renamed, "--out", "my.model")

    assert found["majority"] == majority
    assert found["accuracy"] >= majority["share"] + 0.1
    assert sum(sum(row.values()) for row in found["counts"].values()) == found["texts"]
    assert found["model"]["bytes"] == Path("my.model").stat().st_size <= 2_000_000


def test_the_same_file_and_seed_make_the_same_model_byte_for_byte_and_another_seed_another() -> None:
    for name, seed in (("one", 1), ("two", 1), ("three", 3)):
        told("train", ENGLISH, "--seed", seed, "--out", name)
    one, two, three = (Path(name).read_bytes() for name in ("one", "two", "three"))

    assert one == two
    assert one != three


def test_people_see_accuracy_the_most_frequent_sentiment_and_a_table() -> None:
    result = CliRunner().invoke(app, ["sentiment", "train", str(ENGLISH)])

    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "126 texts"
    assert lines[1].startswith("Held out: each of 5 parts")
    assert lines[3].split() == ["always", "positive", "33.33%"]
    assert [line.split()[0] for line in lines[8:11]] == ["positive", "neutral", "negative"]
    assert lines[-1].startswith("wrote sentiment.model: 262,")
    assert result.stderr == ""


def test_a_model_is_tested_on_other_texts_and_said_to_know_those_that_it_was_trained_with() -> None:
    told("train", ENGLISH)
    rows = [f"positive,great stuff {number}" for number in range(10)] + [f"negative,broken {n}" for n in range(10)]

    assert "very texts" in told("test", ENGLISH, "--model", "sentiment.model")["held_out"]
    assert "126 other texts" in told("test", log(*rows, "neutral, "), "--model", "sentiment.model")["held_out"]
    assert told("test", "log.csv", "--model", "sentiment.model")["without_text"] == 1
    assert told("test", "log.csv", "--model", "sentiment.model")["accuracy"] == 1


def test_a_model_that_is_no_better_than_saying_the_same_of_all_is_warned_of() -> None:
    rows = [f"{label},text {number}" for number in range(10) for label in ("positive", "negative")]

    result = CliRunner().invoke(app, ["sentiment", "test", log(*rows)])

    assert result.exit_code == 0
    assert result.stderr == (
        "warning: it is right no more often than saying positive of every text; label more texts\n"
    )


def test_columns_and_other_labels_are_named() -> None:
    rows = [f"great,P,{number}" for number in range(10)] + [f"broken,Negative,{number}" for number in range(10)]
    file = log(*rows, heading="words,label,number")

    found = told("test", file, "--text-column", "words", "--sentiment-column", "label", "--as", "p=positive")

    assert found["texts"] == 20


@pytest.mark.parametrize(
    "rows, line",
    [
        ([], "log.csv: has 0 positive, 0 neutral, 0 negative; it takes 10 texts at least of each of two sentiments"),
        (
            ["question,where?"],
            (
                "log.csv: line 2: 'question' is none of positive, neutral, negative; --as says what it counts as,"
                " such as --as question=neutral"
            ),
        ),
        (["positive"], "log.csv: line 2: has 1 fields, where the heading has 2"),
        (['positive,"a', "b"], "log.csv: line 3: unexpected end of data"),
    ],
)
def test_a_file_that_is_no_log_of_labelled_texts_is_told_in_one_line(
    rows: list[str], line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failure_of(monkeypatch, capsys, "train", log(*rows)) == f"deskpulse: {line}"
    assert not Path("sentiment.model").exists()


def test_a_file_without_the_columns_is_told_which_it_has(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failure_of(monkeypatch, capsys, "test", log(heading="label,words")) == (
        "deskpulse: log.csv: has no column 'text', but label, words; name the columns with --text-column and"
        " --sentiment-column"
    )


def test_files_that_are_missing_no_text_or_in_the_way_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("latin.csv").write_bytes("sentiment,text\npositive,schön\n".encode("latin-1"))
    Path("taken.model").write_bytes(b"mine")

    def failure(*arguments: object) -> str:
        return failure_of(monkeypatch, capsys, *arguments)

    assert failure("train", "none.csv") == "deskpulse: none.csv: cannot be read: No such file or directory"
    assert failure("train", "latin.csv") == "deskpulse: latin.csv: byte 27 is not UTF-8; write it as UTF-8 first"
    assert failure("train", ENGLISH, "--out", "taken.model") == (
        "deskpulse: taken.model is there already; name another file with --out, or remove it"
    )
    assert failure("test", ENGLISH, "--model", "taken.model").startswith("deskpulse: taken.model: is no model")
    assert failure("test", ENGLISH, "--as", "question") == (
        "deskpulse: --as takes a label and what it counts as, such as question=neutral, not 'question'"
    )
    assert Path("taken.model").read_bytes() == b"mine"
