"""What is wrong with a picture, and what is right in spite of it."""

from __future__ import annotations

from pathlib import Path

from tests.pictures.faults import EXCEPTIONS, LARGEST, judged, too_large

EXPECTED = [f"{start}, 12 px" for dashboard, start in EXCEPTIONS if dashboard == "pipeline"]


def test_what_is_reported_without_a_reason_is_wrong() -> None:
    assert list(judged("pipeline", [*EXPECTED, "Memory: empty"])) == ["Memory: empty"]


def test_an_exception_counts_for_its_dashboard_only() -> None:
    assert list(judged("tickets", EXPECTED)) == EXPECTED


def test_an_exception_that_is_none_any_more_is_wrong() -> None:
    (fault,) = judged("pipeline", EXPECTED[1:])
    assert fault.endswith("is an exception, but not so any more")


def test_a_picture_may_be_as_large_as_the_limit_and_no_larger(tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(bytes(LARGEST))
    assert not list(too_large(picture))
    picture.write_bytes(bytes(LARGEST + 1))
    assert list(too_large(picture)) == ["the picture has 300,001 bytes, more than 300,000"]
