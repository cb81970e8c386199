"""The lists of a JSON log are found: that of the records, and that of what happened to each."""

from __future__ import annotations

import pytest

from stream.feeds.suggestion.lists import array_of_records, list_of_happenings


@pytest.mark.parametrize(
    "text, expected",
    [
        ('{"tickets": [{"id": 1}]}', "tickets"),
        ('{"count": 2, "data": {"tickets": [{"id": 1}, {"id": 2}], "users": [{"id": 1}]}}', "data.tickets"),
        ('[{"id": 1}]', ""),
        ('{"tags": ["a", "b"]}', ""),
        ('{"broken": [', ""),
        ("[" * 100_000, ""),
        ("1", ""),
    ],
)
def test_the_largest_array_of_objects_has_the_records(text: str, expected: str) -> None:
    assert array_of_records(text) == expected


def test_a_list_whose_elements_have_times_has_the_happenings() -> None:
    records: list[dict[str, object]] = [
        {
            "tags": ["a"],
            "fields": [{"name": "a"}, {"name": "b"}],
            "history": {"comments": [{"at": "2024-01-01T10:00:00Z"}], "audits": [{"made": {"on": "2024-01-01"}}] * 2},
        }
    ]

    assert list_of_happenings(records) == "history.audits"


def test_without_times_there_is_no_such_list() -> None:
    assert (
        list_of_happenings([{"tags": ["2024-01-01"], "fields": [{"name": "a"}], "a.b": [{"at": "2024-01-01"}]}]) == ""
    )
    assert list_of_happenings([]) == ""
