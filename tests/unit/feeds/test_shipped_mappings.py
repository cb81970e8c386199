"""The real logs come out as what they are: in excerpts always, as a whole where they are at hand."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import orjson
import pytest

from schemas.events import CALLS_TOPIC, CUSTOMERS_TOPIC
from stream.desks.customers.desk import CustomerDesk
from stream.desks.customers.resources import RETENTION, all_rows
from stream.feeds.replay import ReplayedEvent, ReplayReport, load_mapping, read_events
from tests.kinds.calls import CallsUnder
from tests.kinds.worker import Worker
from tests.oracle.answers import DEFAULT_SETTINGS, compute
from tests.oracle.calls import CallSettings
from tests.oracle.comparison import differences
from tests.oracle.retention import retention_in_sql
from tests.oracle.settings import OracleSettings

REPOSITORY = Path(__file__).parents[3]
EXCERPTS = REPOSITORY / "tests/data"
WHOLE = REPOSITORY / "../shared/data"


def both(name: str, excerpt: dict[str, Any], whole: dict[str, Any]) -> list[Any]:
    """The excerpt with what is expected of it and, where it is at hand, the whole log."""
    cases = [pytest.param(EXCERPTS / f"{name}.csv", excerpt, id="excerpt")]
    if (WHOLE / f"{name}.csv").exists():
        cases.append(pytest.param(WHOLE / f"{name}.csv", whole, id="whole"))
    return cases


def replay(log: Path) -> tuple[list[ReplayedEvent], ReplayReport]:
    report = ReplayReport()
    return list(read_events(log, load_mapping(log.stem), report)), report


def lifetime(events: list[ReplayedEvent], settings: OracleSettings = DEFAULT_SETTINGS) -> dict[str, Any]:
    window: dict[str, Any] = compute((event.value for event in events), settings=settings)["windows"]["lifetime"]
    return window


def shown_by_the_desk(events: list[ReplayedEvent], settings: OracleSettings) -> dict[str, Any]:
    """The numbers of all time that a worker shows of calls."""
    worker = Worker(CallsUnder.as_in(settings))
    worker.take_of("calls", *(event.value for event in events if event.topic == CALLS_TOPIC))
    return worker.window()


@pytest.mark.parametrize(
    "log, expected",
    both(
        "helpdesk_italian",
        {"rows": 210, "tickets": 36, "reopened": 7, "resolved": 42, "status_changed": 107},
        {"rows": 21_348, "tickets": 4580, "reopened": 149, "resolved": 4983, "status_changed": 11_221},
    ),
)
def test_the_italian_help_desk_opens_resolves_and_reopens_its_tickets(log: Path, expected: dict[str, int]) -> None:
    events, report = replay(log)
    assert report.is_complete
    assert report.rows == expected["rows"]
    assert report.events["helpdesk.ticket.opened.v1"] == expected["tickets"]
    assert report.events["helpdesk.ticket.resolved.v1"] == expected["resolved"]
    assert report.events["helpdesk.ticket.status_changed.v1"] == expected["status_changed"]
    numbers = lifetime(events)
    assert numbers["tickets_opened"] == expected["tickets"]
    assert numbers["tickets_reopened"] == expected["reopened"]


@pytest.mark.parametrize(
    "log, expected",
    both(
        "helpdesk_comments",
        {"rows": 308, "tickets": 18, "comments": 88, "answered": 12},
        {"rows": 30_104, "tickets": 360, "comments": 7286, "answered": 332},
    ),
)
def test_a_comment_is_one_event_however_many_rows_it_has(log: Path, expected: dict[str, int]) -> None:
    events, report = replay(log)
    decoded = [orjson.loads(event.value) for event in events]
    openings = [event for event in decoded if event["type"] == "helpdesk.ticket.opened.v1"]
    replies = [event for event in decoded if event["type"] == "helpdesk.ticket.replied.v1"]
    assert report.is_complete
    assert report.rows == expected["rows"]
    assert report.mapped == expected["comments"]
    assert len(openings) == expected["tickets"]
    by_agents = [event for event in openings if event["data"]["actor"] == "agent"]
    assert len(replies) == expected["comments"] - expected["tickets"] + len(by_agents)
    answered = {
        event["subject"]
        for event in replies
        if (event["data"]["actor"], event["data"]["visibility"]) == ("agent", "public")
    }
    assert len(answered) == expected["answered"]


@pytest.mark.parametrize(
    "log, expected",
    both("helpdesk_comments", {"internal": 29}, {"internal": 1690}),
)
def test_what_is_private_is_internal_and_starts_and_ends_no_wait(log: Path, expected: dict[str, int]) -> None:
    events, _ = replay(log)
    kept = [event for event in events if orjson.loads(event.value)["data"]["visibility"] == "public"]
    assert len(events) - len(kept) == expected["internal"]
    assert lifetime(events)["first_reply_seconds"] == lifetime(kept)["first_reply_seconds"]


@pytest.mark.parametrize(
    "log, expected",
    both(
        "nps_verbatims",
        {"rows": 48, "skipped": 3, "responses": 45, "score": 100 * (16 - 23) / 45},
        {"rows": 2385, "skipped": 32, "responses": 2353, "score": -24.7},
    ),
)
def test_answers_without_a_score_are_left_out_of_the_nps(log: Path, expected: dict[str, float]) -> None:
    events, report = replay(log)
    assert report.is_complete
    assert report.rows == expected["rows"]
    assert report.skipped == {"no score": expected["skipped"]}
    nps = lifetime(events)["nps"]
    assert nps["responses"] == expected["responses"]
    assert nps["score"] == pytest.approx(expected["score"], abs=0.05)


@pytest.mark.parametrize(
    "log, expected",
    both(
        "call_center",
        {"calls": 40, "answered": 33, "resolved": 30},
        {"calls": 5000, "answered": 4054, "resolved": 3646},
    ),
)
def test_a_call_is_answered_and_rated_or_abandoned(log: Path, expected: dict[str, int]) -> None:
    events, report = replay(log)
    assert report.is_complete
    assert report.mapped == expected["calls"]
    numbers = lifetime(events)
    assert numbers["tickets_opened"] == expected["calls"]
    assert numbers["first_reply_seconds"]["count"] == expected["answered"]
    assert numbers["tickets_resolved"] == expected["resolved"]
    assert numbers["tickets_abandoned"] == expected["calls"] - expected["answered"]
    assert numbers["csat"]["responses"] == expected["answered"]
    assert numbers["tickets_opened_by_channel"] == {"phone": expected["calls"]}


def test_the_times_of_a_call_are_those_of_its_columns() -> None:
    events, _ = replay(EXCERPTS / "call_center.csv")
    first = [orjson.loads(event.value) for event in events if event.key.startswith(b"ID0001")]
    assert [(event["type"].split(".")[2], event["time"]) for event in first] == [
        ("opened", "2021-01-01T09:12:58Z"),
        ("replied", "2021-01-01T09:14:47Z"),
        ("resolved", "2021-01-01T09:17:10Z"),
        ("queued", "2021-01-01T09:12:58Z"),
        ("answered", "2021-01-01T09:14:47Z"),
        ("ended", "2021-01-01T09:17:10Z"),
        ("responded", "2021-01-01T09:17:10Z"),
    ]


ANY_ABANDON = OracleSettings(CallSettings(short_abandon_seconds=0))


@pytest.mark.parametrize(
    "log, expected",
    both(
        "call_center",
        {"queued": 40, "answered": 33, "wait": 2155.0, "abandonment": 7 / 40},
        {"queued": 5000, "answered": 4054, "wait": 273_729.0, "abandonment": 0.1892},
    ),
)
def test_the_calls_of_a_call_centre_wait_and_are_answered_or_abandoned(log: Path, expected: dict[str, float]) -> None:
    events, _ = replay(log)
    for numbers in (lifetime(events, ANY_ABANDON), shown_by_the_desk(events, ANY_ABANDON)):
        assert numbers["calls_queued"] == expected["queued"]
        assert numbers["speed_of_answer_seconds"]["count"] == expected["answered"]
        assert numbers["speed_of_answer_seconds"]["sum"] == expected["wait"]
        assert numbers["call_abandonment_ratio"] == expected["abandonment"]


@pytest.mark.parametrize(
    "log, expected",
    both(
        "simulated_call_centre",
        {"calls": 40, "wait": 1.8, "handle": 402.05, "20": 0.975, "60": 0.975},
        {"calls": 51_708, "wait": 17.035, "handle": 299.10, "20": 0.89216, "60": 0.91825},
    ),
)
def test_a_year_of_a_call_centre_has_its_own_service_level(log: Path, expected: dict[str, float]) -> None:
    events, report = replay(log)
    assert report.is_complete
    assert report.rows == expected["calls"]
    for numbers in (lifetime(events), shown_by_the_desk(events, DEFAULT_SETTINGS)):
        assert numbers["calls_queued"] == expected["calls"]
        assert numbers["speed_of_answer_seconds"]["mean"] == pytest.approx(expected["wait"], abs=0.0005)
        assert numbers["call_handle_seconds"]["mean"] == pytest.approx(expected["handle"], abs=0.005)
        for within in ("20", "60"):
            found = numbers["service_levels"][within]["abandoned_ignored_ratio"]
            assert found == pytest.approx(expected[within], abs=0.000005)


def test_the_visits_of_asterisks_queues_are_what_its_log_says() -> None:
    events, report = replay(EXCERPTS / "queue_log")
    found = [orjson.loads(event.value) for event in events]
    shown = [
        (
            event["time"][11:19],
            event["subject"].removeprefix("17724"),
            event["type"].split(".")[2],
            *_told(event["data"]),
        )
        for event in found
    ]

    assert report.is_complete
    assert report.skipped == {"of no visit": 3, "an agent did not pick up": 1}
    assert shown == [
        ("07:59:20", "38350.7-0", "queued", "support"),
        ("08:00:05", "38350.7-0", "answered", "SIP/101"),
        ("07:58:30", "38301.3-0", "queued", "support"),
        ("07:58:50", "38301.3-0", "answered", "SIP/102"),
        ("08:00:10", "38301.3-0", "ended", "customer"),
        ("07:59:47", "38380.9-0", "queued", "billing"),
        ("08:00:20", "38380.9-0", "abandoned"),
        ("08:00:30", "38430.10-1", "queued", "support"),
        ("08:00:48", "38430.10-1", "answered", "SIP/103"),
        ("08:01:05", "38350.7-0", "ended", "agent"),
        ("08:01:40", "38500.12-1", "queued", "billing"),
        ("08:01:43", "38500.12-1", "abandoned"),
        ("08:01:50", "38510.13-1", "queued", "billing"),
        ("08:01:52", "38512.14-1", "blocked", "billing", "no agents"),
        ("08:02:00", "38520.15-1", "blocked", "support", "queue full"),
        ("08:02:10", "38430.10-1", "transferred", "200"),
        ("08:02:11", "38430.10-2", "queued", "billing"),
        ("08:02:20", "38510.13-1", "evicted", "longest wait reached"),
        ("08:02:31", "38430.10-2", "answered", "SIP/104"),
        ("08:02:40", "38560.17-1", "queued", "billing"),
        ("08:03:20", "38560.17-1", "abandoned"),
        ("08:03:30", "38610.18-1", "queued", "support"),
        ("08:04:00", "38610.18-1", "evicted", "no agents left"),
        ("08:04:11", "38430.10-2", "ended", "agent"),
        ("08:04:20", "38660.19-1", "queued", "support"),
        ("08:04:30", "38660.19-1", "answered", "SIP/101"),
        ("08:04:50", "38660.19-1", "transferred", "SIP/200"),
        ("08:05:00", "38700.21-1", "queued", "support"),
    ]


def _told(data: dict[str, str]) -> list[str]:
    """What an event says besides the call and the channel."""
    return [value for key, value in data.items() if key not in {"contact", "channel"}]


def test_what_asterisks_queues_come_to_is_what_was_worked_out_by_hand() -> None:
    events, _ = replay(EXCERPTS / "queue_log")
    oracle, desk = lifetime(events), shown_by_the_desk(events, DEFAULT_SETTINGS)
    calls = {
        name
        for name in oracle
        if name.startswith(("call", "service_level", "speed_of_answer")) and not name.endswith("_seconds")
    }

    assert {name: desk[name] for name in calls} == {name: oracle[name] for name in calls}
    for numbers in (oracle, desk):
        assert numbers["calls_queued"] == 11
        assert numbers["calls_offered"] == 10
        assert numbers["calls_blocked"] == 2
        assert numbers["calls_abandoned"] == 2
        assert numbers["calls_abandoned_short"] == 1
        assert numbers["calls_evicted"] == 2
        assert numbers["calls_transferred"] == 2
        assert numbers["speed_of_answer_seconds"]["count"] == 5
        assert numbers["speed_of_answer_seconds"]["sum"] == 45 + 20 + 18 + 20 + 10
        assert numbers["call_abandon_seconds"]["sum"] == 33 + 40
        assert numbers["call_handle_seconds"]["sum"] == 60 + 80 + 82 + 100 + 20
        assert numbers["call_abandonment_ratio"] == 2 / 10
        assert numbers["service_levels"]["20"]["answered_in_time"] == 4


def test_a_line_that_asterisk_had_no_time_to_write_is_rejected(tmp_path: Path) -> None:
    log = tmp_path / "queue_log"
    log.write_text((EXCERPTS / "queue_log").read_text("utf-8") + "1772438701|17724387", "utf-8")
    events, report = replay(log)

    assert len(events) == len(replay(EXCERPTS / "queue_log")[0])
    assert not report.is_complete
    assert report.rows == 29


def customers_after(events: list[ReplayedEvent]) -> Worker:
    """A worker that has taken in what was replayed of customers."""
    worker = Worker()
    outcome = worker.take_of("customers", *(event.value for event in events if event.topic == CUSTOMERS_TOPIC))
    assert not outcome.rejections
    return worker


@pytest.mark.parametrize(
    "log, expected",
    both(
        "maven_subscriptions",
        {"2022-10-01": (7, 8, 2, 0, 1), "2023-03-01": (12, 12, 2, 0, 2)},
        {"2022-10-01": (184, 299, 196, 0, 57), "2023-03-01": (714, 756, 257, 4, 179)},
    ),
)
def test_subscriptions_have_the_retention_of_any_month(log: Path, expected: dict[str, tuple[int, ...]]) -> None:
    events, report = replay(log)
    assert report.is_complete
    worker = customers_after(events)
    rows = [orjson.loads(event.value) for event in events]
    for start, (at_start, at_end, new, returned, lost) in expected.items():
        end = f"{start[:5]}{int(start[5:7]) + 1:02}-01"
        form = RETENTION.form_of({"from": start, "to": end})
        numbers = RETENTION.content(all_rows([worker.desk(CustomerDesk)]), form)
        names = "active_at_start", "active_at_end", "new", "returned", "lost"
        assert [numbers[name] for name in names] == [at_start, at_end, new, returned, lost]
        assert numbers["retention_ratio"] == (at_start - lost) / at_start
        assert numbers["balance"] == (at_end - new) / at_start
        assert numbers == numbers | retention_in_sql(rows, start, end)


@pytest.mark.parametrize("log, expected", both("maven_subscriptions", {"customers": 36}, {"customers": 2_877}))
def test_every_window_over_subscriptions_is_as_the_oracle_computes_it(log: Path, expected: dict[str, int]) -> None:
    events, _ = replay(log)
    numbers = customers_after(events).numbers()

    assert differences(compute(event.value for event in events), numbers, sum_tolerance=1e-5) == []
    assert numbers["windows"]["lifetime"]["customers_acquired"] == expected["customers"]


@pytest.mark.parametrize(
    "log, expected",
    both(
        "wisesight_thai",
        {"mentions": 40, "mentions_positive": 7, "mentions_negative": 10, "net_sentiment": -7.5},
        {"mentions": 2000, "mentions_positive": 360, "mentions_negative": 520, "net_sentiment": -8.0},
    ),
)
def test_thai_posts_about_brands_have_the_net_of_their_labels(log: Path, expected: dict[str, float]) -> None:
    events, report = replay(log)
    assert report.is_complete
    worker = Worker()
    worker.take_of("mentions", *(event.value for event in events))
    for numbers in (lifetime(events), worker.window()):
        assert {name: numbers[name] for name in expected} == expected
        assert numbers["mentions_with_sentiment"] == report.rows
        assert numbers["mentions_estimated"] == 0


@pytest.mark.parametrize(
    "log, expected",
    both("user_events_funnel", {"funnel": [18, 10, 7, 5, 4]}, {"funnel": [5_000, 1_553, 1_103, 899, 826]}),
)
def test_a_shop_has_the_ordered_funnel_of_its_users(log: Path, expected: dict[str, list[int]]) -> None:
    counts = expected["funnel"]
    events, report = replay(log)
    assert report.is_complete
    numbers = customers_after(events).numbers()
    funnel = list(numbers["windows"]["lifetime"]["journey_funnel"].values())

    assert differences(compute(event.value for event in events), numbers, sum_tolerance=1e-5) == []
    assert [funnel[0]["entered"], *(stage["reached"] for stage in funnel[1:])] == counts
    for place, stage in enumerate(funnel[1:], 1):
        assert stage["of_previous_ratio"] == counts[place] / counts[place - 1]
        assert stage["of_first_ratio"] == counts[place] / counts[0]


@pytest.mark.parametrize(
    "name",
    [
        "helpdesk_italian",
        "helpdesk_comments",
        "nps_verbatims",
        "call_center",
        "simulated_call_centre",
        "wisesight_thai",
        "maven_subscriptions",
        "user_events_funnel",
    ],
)
def test_a_second_replay_gives_the_same_events_with_ids_of_their_own(name: str) -> None:
    events, _ = replay(EXCERPTS / f"{name}.csv")
    assert replay(EXCERPTS / f"{name}.csv")[0] == events
    assert len({orjson.loads(event.value)["id"] for event in events}) == len(events)


def test_the_same_log_as_xes_makes_the_same_events(tmp_path: Path) -> None:
    rows = [line.split(",") for line in (EXCERPTS / "helpdesk_italian.csv").read_text().splitlines()[1:]]
    traces = []
    for case in dict.fromkeys(row[0] for row in rows):
        steps = "".join(
            f'<event><string key="concept:name" value={quoteattr(step)}/>'
            f'<date key="time:timestamp" value={quoteattr(time.replace(" ", "T") + ".000+00:00")}/></event>'
            for name, step, time in rows
            if name == case
        )
        traces.append(f'<trace><string key="concept:name" value={quoteattr(case)}/>{steps}</trace>')
    log = tmp_path / "helpdesk_italian.xes"
    log.write_text(f'<log xmlns="http://www.xes-standard.org/">{"".join(traces)}</log>')
    mapping = tmp_path / "mapping.toml"
    shipped = (REPOSITORY / "stream/feeds/mappings/helpdesk_italian.toml").read_text()
    mapping.write_text(shipped.replace('kind = "csv"', 'kind = "xes"'))

    def content(event: ReplayedEvent) -> tuple[str, int, str]:
        decoded = orjson.loads(event.value)
        return decoded["subject"], event.time, f"{decoded['type']} {decoded['data']}"

    expected, _ = replay(EXCERPTS / "helpdesk_italian.csv")
    from_xes = list(read_events(log, load_mapping(mapping)))
    assert Counter(map(content, from_xes)) == Counter(map(content, expected))
