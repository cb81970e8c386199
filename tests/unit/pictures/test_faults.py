"""What is wrong with a picture, and what is right in spite of it."""

from __future__ import annotations

from pathlib import Path

from tests.pictures.faults import EXCEPTIONS, LARGEST, above_the_whole, judged, too_large

EXPECTED = [f"{start}, 12 px" for dashboard, start in EXCEPTIONS if dashboard == "pipeline"]


def test_what_is_reported_without_a_reason_is_wrong() -> None:
    assert list(judged("pipeline", [*EXPECTED, "Memory: empty"])) == ["Memory: empty"]


def test_an_exception_counts_for_its_dashboard_only() -> None:
    assert list(judged("tickets", EXPECTED)) == EXPECTED


def test_an_exception_that_is_none_any_more_is_wrong() -> None:
    (fault,) = judged("pipeline", EXPECTED[1:])
    assert fault.endswith("is an exception, but not so any more")


def test_a_share_of_more_than_the_whole_is_wrong_and_a_score_may_be_any() -> None:
    panels = [
        {"id": number, "title": title, "fieldConfig": {"defaults": {"unit": unit}}}
        for number, (title, unit) in enumerate((("Occupancy", "percentunit"), ("Full", "percentunit"), ("NPS", "none")))
    ]
    answers = {
        "0": {"A": [{"values": [[0, "0.9"], [300, "13.19"]]}], "B": []},
        "1": {"A": [{"values": [[0, "NaN"], [300, "1"]]}]},
        "2": {"A": [{"values": [[0, "50"]]}]},
    }
    assert list(above_the_whole(panels, answers)) == ["Occupancy: 1319% of the whole"]


def test_a_picture_may_be_as_large_as_the_limit_and_no_larger(tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(bytes(LARGEST))
    assert not list(too_large(picture))
    picture.write_bytes(bytes(LARGEST + 1))
    assert list(too_large(picture)) == ["the picture has 300,001 bytes, more than 300,000"]
