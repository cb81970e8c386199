"""The lists of a JSON log are found: that of the records, and that of what happened to each."""

from __future__ import annotations

import pytest

from stream.feeds.suggestion.lists import array_of_records, lists_of_happenings


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


def found(records: list[dict[str, object]]) -> list[tuple[str, ...]]:
    return [happenings.paths for happenings in lists_of_happenings(records)]


def test_of_lists_whose_elements_have_times_what_was_written_comes_first_and_then_the_longest() -> None:
    at: dict[str, object] = {"at": "2024-01-01T10:00:00Z"}
    records: list[dict[str, object]] = [
        {
            "tags": ["a"],
            "fields": [{"name": "a"}, {"name": "b"}],
            "visits": [at] * 2,
            "history": {"comments": [at], "calls": [{"made": {"on": "2024-01-01"}}] * 3},
        }
    ]

    assert found(records) == [("history.comments",), ("history.calls",), ("visits",)]


@pytest.mark.parametrize(
    "change, names",
    [
        ({"field_name": "status", "value": "open", "previous_value": "new"}, "field_name value previous_value"),
        (
            {"field": "status", "from": "1", "fromString": "New", "to": "2", "toString": "Open"},
            "field toString fromString",
        ),
        ({"property": "State", "oldValue": "New", "newValue": "Open"}, "property newValue oldValue"),
    ],
)
def test_changes_of_the_status_come_before_all_else(change: dict[str, object], names: str) -> None:
    at = {"created": "2024-01-01T10:00:00Z"}
    within: list[dict[str, object]] = [{"comments": [at] * 5, "log": {"entries": [at | {"items": [change]}]}}]
    alone: list[dict[str, object]] = [{"comments": [at] * 5, "audits": [at | change]}]

    assert found(within) == [("log.entries", "log.entries.items"), ("comments",)]
    assert found(alone) == [("audits",), ("comments",)]
    changes = lists_of_happenings(alone)[0].changes
    assert changes is not None
    assert [changes.field, changes.new, changes.old] == [f"audits.{name}" for name in names.split()]


def test_fields_with_values_that_do_not_tell_what_was_before_are_no_changes() -> None:
    at = {"created": "2024-01-01T10:00:00Z"}
    records: list[dict[str, object]] = [{"comments": [at], "forms": [at | {"field": "status", "value": "new"}] * 3}]

    assert found(records) == [("comments",), ("forms",)]


def test_without_times_there_is_no_such_list() -> None:
    assert found([{"tags": ["2024-01-01"], "fields": [{"name": "a"}], "a.b": [{"at": "2024-01-01"}]}]) == []
    assert found([]) == []
