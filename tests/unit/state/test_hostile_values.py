from __future__ import annotations

from collections.abc import Iterator

import orjson
import pytest

from stream.cli.snapshot import DEFAULT_WINDOWS, new_console, table_of
from stream.desks.surveys.desk import SurveyDesk
from stream.desks.tickets.desk import TicketDesk
from stream.metrics.collector import Vitals
from stream.state.labels import OTHER, LabelBounds
from stream.state.partition import Outcome
from stream.state.rejection import Reason
from tests.fuzz.hostile import STRINGS
from tests.kinds.surveys import survey
from tests.kinds.tickets import ticket
from tests.kinds.worker import Worker
from tests.unit.metrics.scraping import scrape

VALUES = 10_000
LIMIT = 50
COMBINATIONS = 200
LABELS = ("channel", "priority", "category", "team")


def many_values(begin: int) -> Iterator[bytes]:
    """Tickets of which no two have any value in common, then all combinations of a few values."""
    for number in range(begin, begin + VALUES):
        yield ticket("opened", 0, f"T-{number}", **{label: f"{label} {number}" for label in LABELS})
    for number in range(begin, begin + 3_000):
        values = {label: f"{label} {number // 7**place % 7}" for place, label in enumerate(LABELS)}
        yield ticket("opened", 0, f"C-{number}", **values)


def many_surveys(begin: int) -> Iterator[bytes]:
    for number in range(begin, begin + VALUES):
        values = {"channel": f"channel {number}", "team": f"team {number}"}
        yield survey("responded", 0, f"S-{number}", survey="csat", scale="1-5", score=4, comment="x" * 99, **values)


def retained(worker: Worker) -> dict[str, int]:
    """How much is kept of what label values make."""
    table = worker.desk(TicketDesk)._series
    return {
        "series": len(worker.registry._series),
        "combinations": len(table._series),
        "values": sum(map(len, worker.bounds._seen.values())),
    }


def test_what_is_kept_of_label_values_is_bounded_whatever_comes() -> None:
    worker = Worker(bounds=LabelBounds(LIMIT, {}, COMBINATIONS))
    worker.take(*many_values(0))
    worker.take_of("surveys", *many_surveys(0))
    after_the_first, lines = retained(worker), len(scrape(worker.view, Vitals).series)

    worker.take(*many_values(20_000))
    worker.take_of("surveys", *many_surveys(20_000))

    assert retained(worker) == after_the_first
    assert len(scrape(worker.view, Vitals).series) == lines
    assert after_the_first["combinations"] <= COMBINATIONS + 2  # and all-other, as complaint and not
    assert after_the_first["values"] <= len(LABELS) * (LIMIT + 1)
    assert len(worker.desk(TicketDesk)._series._found) <= 10_000
    assert len(worker.desk(SurveyDesk)._contributor._slots) <= 10_000
    assert len(worker.desk(SurveyDesk)._comments._comments) <= 400
    assert len(worker.desk(SurveyDesk)._comments._places) <= 400
    numbers = worker.window()
    assert sum(numbers["tickets_opened_by_channel"].values()) == 2 * (VALUES + 3_000)


def taken(field: str, value: str) -> Outcome:
    """What becomes of an event with this value in one of its fields."""
    worker = Worker()
    if field in {"channel", "priority", "category", "team", "assignee", "requester"}:
        return worker.take(ticket("opened", 0, **{field: value}))
    if field == "author":
        return worker.take(ticket("replied", 0, actor="agent", author=value))
    if field == "into":
        return worker.take(ticket("merged", 0, into=value))
    if field in {"reason", "level"}:
        return worker.take(ticket("escalated", 0, **{field: value}))
    if field in {"comment", "ticket"}:
        return worker.take_of("surveys", survey("responded", 0, survey="csat", scale="1-5", score=4, **{field: value}))
    return worker.take(orjson.dumps(orjson.loads(ticket("opened", 0)) | {field: value}))


LONGEST = {
    **dict.fromkeys(("id", "source", "subject", "assignee", "requester", "author", "into", "ticket"), 512),
    **dict.fromkeys(("channel", "priority", "category", "team", "level"), 256),
    "reason": 2_048,
    "comment": 16_384,
}


@pytest.mark.parametrize("field", list(LONGEST))
def test_every_text_has_a_bound_and_what_exceeds_it_is_rejected_with_its_place(field: str) -> None:
    longest = LONGEST[field]
    assert taken(field, "\U0001f4a3" * longest).applied == 1

    for length in (longest + 1, 1_000_000):
        outcome = taken(field, "x" * length)
        assert [rejection.reason for rejection in outcome.rejections] == [Reason.INVALID]
        assert field in outcome.rejections[0].detail
        assert str(longest) in outcome.rejections[0].detail
        assert len(outcome.rejections[0].detail) < 300


@pytest.mark.parametrize("field", ["id", "source", "subject", "channel", "team", "author", "comment"])
@pytest.mark.parametrize("value", [r"\ud800", r"\udc00\ud800", r"x\ud83d"])
def test_a_lone_surrogate_is_no_text_anywhere(field: str, value: str) -> None:
    content = ticket("replied", 0, actor="agent", author="MARK").replace(b"MARK", value.encode())
    if field != "author":
        placed = orjson.dumps("MARK").replace(b"MARK", value.encode())
        content = b'{"%s":%s,' % (field.encode(), placed) + ticket("opened", 0)[1:]

    outcome = Worker().take(content)
    assert [rejection.reason for rejection in outcome.rejections] == [Reason.NOT_JSON]


@pytest.mark.parametrize("label", LABELS)
def test_no_value_of_a_label_breaks_the_exposition(label: str) -> None:
    worker = Worker(bounds=LabelBounds(200, {}))
    fitting = [value for value in STRINGS if 1 <= len(value) <= 256]
    outcome = worker.take(
        *(ticket("opened", 0, f"T-{number}", **{label: value}) for number, value in enumerate(fitting))
    )

    assert outcome.applied == len(fitting)
    found = scrape(worker.view, lambda: Vitals(label_overflows=worker.bounds.overflows))
    name = "helpdesk_tickets_opened_by_category" if label == "category" else "helpdesk_tickets_opened"
    exported = {values[0] for values in found.by_labels(name, label)}
    assert exported == {value if value.isprintable() and len(value) <= 80 else OTHER for value in fitting}
    assert len(found.series) == len(set(found.series))


def test_a_category_that_looks_like_markup_is_printed_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    worker = Worker()
    worker.take(*(ticket("opened", 0, f"T-{value}", category=value) for value in ("[/bold]", "[red]")))
    worker.clock.observe(worker.tickets.watermark)

    new_console().print(table_of(worker.numbers(), DEFAULT_WINDOWS))
    printed = capsys.readouterr().out
    assert "[/bold] 1" in printed
    assert "[red] 1" in printed
