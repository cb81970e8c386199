from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.sentiment.grams import BUCKETS, LONGEST_TEXT, bucket_of, grams_of, seen_of
from stream.sentiment.model import ModelError, SentimentModel, model_in
from stream.sentiment.model_file import LARGEST, read_model
from stream.sentiment.sentiment import SENTIMENTS
from stream.sentiment.training import Labelled, trained

MESSAGES = [
    Labelled("what a great day", "positive"),
    Labelled("great, thank you", "positive"),
    Labelled("it is broken again", "negative"),
    Labelled("broken and slow", "negative"),
    Labelled("opens at nine", "neutral"),
    Labelled("closes at nine", "neutral"),
]


@pytest.fixture(scope="module")
def model() -> SentimentModel:
    return trained(MESSAGES, 1)


def test_a_model_has_learned_the_texts_that_it_was_trained_with(model: SentimentModel) -> None:
    assert [model.estimate(text) for text, _ in MESSAGES] == [sentiment for _, sentiment in MESSAGES]
    assert model.estimate("GREAT!") == "positive"
    assert model.estimate("again broken") == "negative"


def test_the_same_messages_and_seed_make_the_same_bytes_and_another_seed_others(model: SentimentModel) -> None:
    assert trained(MESSAGES, 1).content == model.content
    assert trained(MESSAGES, 2).content != model.content


def test_another_process_with_another_seed_of_hashes_makes_the_same_bytes(model: SentimentModel) -> None:
    program = (
        "from stream.sentiment.training import Labelled, trained\n"
        f"print(trained([Labelled(*one) for one in {[tuple(message) for message in MESSAGES]!r}], 1).digest)"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
            timeout=60,
        ).stdout.strip()
        for seed in ("1", "2")
    }

    assert digests == {model.digest}


def test_a_model_comes_back_from_its_bytes(model: SentimentModel) -> None:
    again = model_in(model.content)

    assert again.content == model.content
    assert again.digest == model.digest
    assert again.origin == model.origin
    assert again.origin.messages == len(MESSAGES)
    assert [again.estimate(text) for text, _ in MESSAGES] == [model.estimate(text) for text, _ in MESSAGES]


def test_the_file_of_a_model_has_at_most_two_megabytes(model: SentimentModel) -> None:
    assert len(model.content) <= LARGEST == 2_000_000


@given(st.text(max_size=2 * LONGEST_TEXT))
def test_an_estimate_is_that_of_the_exact_sums_over_the_sequences_of_a_text(text: str) -> None:
    model = _MODEL
    grams = grams_of(seen_of(text))
    head = re.search(rb'"positive_bias":(-?\d+),"negative_bias":(-?\d+)', model.content)
    assert head is not None
    biases = [int(bias) for bias in head.groups()]
    positive, negative = (
        sum(weights[bucket_of(gram)] for gram in grams) + bias * len(grams) ** 0.5
        for weights, bias in zip(model.weights, biases, strict=True)
    )
    scores = {"neutral": 0.0, "negative": negative, "positive": positive}

    estimate = model.estimate(text)

    assert estimate in SENTIMENTS
    assert scores[estimate] == max(scores.values())
    assert model_in(model.content).estimate(text) == estimate


_MODEL = trained(MESSAGES, 1)


@given(st.text())
def test_only_the_beginning_of_a_text_is_looked_at_in_one_case_and_with_single_spaces(text: str) -> None:
    assert seen_of(text + " " * LONGEST_TEXT) == seen_of(text)
    assert seen_of("x" * LONGEST_TEXT + text) == "x" * LONGEST_TEXT
    assert seen_of("A\t \nb") == "a b"


@given(st.text(max_size=50))
def test_the_sequences_of_a_text_are_those_of_two_and_three_characters(text: str) -> None:
    padded = f" {text} "
    expected = {padded[start : start + size] for size in (2, 3) for start in range(len(padded) - size + 1)}

    assert grams_of(text) == expected
    assert all(0 <= bucket_of(gram) < BUCKETS for gram in grams_of(text))


def test_a_sequence_is_in_the_same_bucket_for_ever() -> None:
    assert [bucket_of(gram) for gram in ("ab", "abc", "ก่อ", "\ud800")] == [18541, 16834, 32103, 42280]


@pytest.mark.parametrize(
    "content, told",
    [
        (b"", "is no model"),
        (b"sentiment,text\n", "is no model"),
        (b"deskpulse sentiment model 2\n{}\n", "is no model"),
        (b"deskpulse sentiment model 1\n{}\n", "its head cannot be read; train the model again"),
        (_MODEL.content[:-1], "bytes of weights"),
        (_MODEL.content + b"\0", "bytes of weights"),
    ],
)
def test_what_is_no_model_is_told_in_one_line(content: bytes, told: str, tmp_path: Path) -> None:
    file = tmp_path / "my.model"
    file.write_bytes(content)

    with pytest.raises(ModelError) as raised:
        read_model(file)

    assert str(raised.value).startswith(f"{file}: ")
    assert told in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_model_that_is_not_there_or_too_large_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"missing\.model: cannot be read: No such file"):
        read_model(tmp_path / "missing.model")
    large = tmp_path / "large.model"
    large.write_bytes(b"x" * (LARGEST + 1))
    with pytest.raises(ModelError, match="more than 2,000,000 bytes"):
        read_model(large)
