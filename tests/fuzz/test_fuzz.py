from __future__ import annotations

import ast
import json
from collections.abc import Iterator

import pytest

from stream.desks.tickets.desk import TicketDesk
from stream.feeds.replay.delimited import DelimitedReader
from stream.feeds.replay.rows import LogRow
from stream.feeds.replay.times import TimeFormat
from stream.settings.settings import Settings
from tests.fuzz.__main__ import main
from tests.fuzz.run import TARGETS, fuzz

SEED = 20_261_122


def _out_of_range(*_: object) -> bool:
    raise IndexError("list index out of range")


def test_nothing_is_found_in_a_short_run() -> None:
    report = fuzz(SEED, 8_000)

    assert ["\n".join(finding.lines()) for finding in report.findings] == []
    assert report.inputs == 8_000
    assert {name for name, (inputs, _) in report.spent.items() if inputs} == {target.name for target in TARGETS}


def test_a_run_ends_at_its_time() -> None:
    assert fuzz(SEED, 8_000, until=0.0).inputs == 0


def test_the_same_seed_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TicketDesk, "apply", _out_of_range)

    first, second = (fuzz(SEED, 100, only="partitions").findings for _ in range(2))
    assert first
    assert first == second


def test_a_record_that_breaks_the_desk_is_found_and_printed_as_a_literal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(TicketDesk, "apply", _out_of_range)

    assert main(["--seed", "1", "--inputs", "100", "--only", "partitions"]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "partitions: tickets: failed: IndexError: list index out of range"
    assert isinstance(ast.literal_eval(lines[1].strip()), bytes)
    summary = json.loads(lines[-1])
    assert summary["inputs"] == 100
    assert summary["findings"] > 0
    assert summary["seconds"] >= 0


def test_rows_that_restore_to_other_numbers_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_rows(_desk: TicketDesk, _prefix: bytes = b"") -> Iterator[object]:
        return iter(())

    monkeypatch.setattr(TicketDesk, "dirty_rows", no_rows)

    problems = [finding.problem for finding in fuzz(SEED, 500, only="partitions").findings]
    assert any(problem.startswith("the restored numbers differ in ") for problem in problems)


def test_an_error_of_a_replay_that_is_not_its_own_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_format: TimeFormat, _text: str) -> None:
        raise KeyError("time")

    monkeypatch.setattr(TimeFormat, "_parse", broken)

    problems = [finding.problem for finding in fuzz(SEED, 50, only="mappings").findings]
    assert any(problem.startswith("KeyError: 'time' at ") for problem in problems)


def test_lines_that_get_lost_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(_reader: DelimitedReader, _position: int, _values: list[str]) -> Iterator[LogRow]:
        return iter(())

    monkeypatch.setattr(DelimitedReader, "_other", lost)

    problems = [finding.problem for finding in fuzz(SEED, 50, only="files").findings]
    assert any("lines do not add up: " in problem for problem in problems)


def test_an_error_of_the_settings_that_is_not_their_own_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Settings, "record_limits", property(lambda _: 1 / 0))

    problems = [finding.problem for finding in fuzz(SEED, 50, only="settings").findings]
    assert any(problem.startswith("ZeroDivisionError") for problem in problems)
