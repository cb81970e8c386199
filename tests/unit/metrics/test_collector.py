from __future__ import annotations

from collections import Counter
from typing import Final

import pytest
from prometheus_client import CollectorRegistry, Gauge

from stream.core import Core
from stream.desks.tickets.gauges import SPLIT_TICKETS
from stream.desks.tickets.rules import TicketRules
from stream.desks.tickets.sla.gauges import BREACHES, TRANSITIONS
from stream.desks.tickets.sla.policy import Policies, Policy, SlaMetric, Target, TargetChoice
from stream.desks.tickets.timeline import PENDING
from stream.metrics.catalogue import CATALOGUE
from stream.metrics.collector import HelpdeskCollector, Vitals
from stream.sentiment.training import Labelled, trained
from stream.settings.settings import new_settings
from stream.state.metric import Metric, MetricType
from stream.state.view import Distribution
from stream.windows.clock import WallClock
from stream.windows.histogram import EXPORT_EDGES
from stream.windows.moments import MICROSECONDS, to_seconds
from stream.windows.sliding import WINDOWS
from tests.kinds.kinds import KINDS_UNDER_TEST
from tests.kinds.mentions import MentionsUnder
from tests.kinds.surveys import SurveysUnder
from tests.kinds.tickets import TicketsUnder, ticket
from tests.kinds.worker import Worker, settled
from tests.moments import DAY, HOUR, MINUTE, microseconds, office_hours
from tests.unit.metrics.scraping import exposition_of, parsed, scrape

BREACHED: dict[tuple[str, ...], float | Distribution] = {("gold", "first_reply", "email", "high", "billing"): 2}
VITALS = Vitals(
    events={("helpdesk.tickets", "applied"): 7, ("helpdesk.tickets", "rejected"): 1},
    dead_letters={("helpdesk.tickets", "not_json"): 1},
    rebuilds={"helpdesk.tickets": 2},
    label_overflows={"channel": 3},
    last_event_at={"helpdesk.tickets": 1_700_000_000.5},
    lags={("helpdesk.tickets", 0): 0, ("helpdesk.tickets", 11): 4},
    partitions={"helpdesk.tickets": 2, "helpdesk.surveys": 0},
    counted=[
        (SPLIT_TICKETS, {(): 4}),
        (BREACHES, BREACHED),
        (TRANSITIONS, {("activate",): 9, ("breach",): 2}),
    ],
    clock_ahead=0.25,
)
_HOUR = 60 * 60 * MICROSECONDS
POLICIES = Policies(
    [
        Policy(
            "all",
            {},
            {
                SlaMetric.FIRST_REPLY: TargetChoice(
                    "channel",
                    {"chat": Target.of(SlaMetric.FIRST_REPLY, _HOUR // 2)},
                    Target.of(SlaMetric.FIRST_REPLY, _HOUR),
                ),
                SlaMetric.RESOLUTION: Target.of(
                    SlaMetric.RESOLUTION, 6 * _HOUR, pauses=frozenset({PENDING}), warning=2 * _HOUR
                ),
            },
        )
    ]
)
MODEL: Final = trained([Labelled("great", "positive"), Labelled("broken", "negative")] * 2, 1)


@pytest.fixture
def worker() -> Worker:
    """A worker that has something to show for every metric."""
    made = Worker(
        TicketsUnder(TicketRules(calendar=office_hours()), POLICIES), SurveysUnder(model=MODEL), MentionsUnder(MODEL)
    )
    for kind in KINDS_UNDER_TEST:
        assert not made.take_of(kind.name, *kind.events_for_every_metric()).rejections
    made.tickets.went_out(len(made.tickets.advance(caught_up=True).outgoing))
    return made


def test_every_family_of_the_catalogue_is_described(worker: Worker) -> None:
    described = [family.name for family in HelpdeskCollector(worker.view, Vitals).describe()]

    assert described == [metric.name for metric in CATALOGUE]


def test_every_family_that_is_described_is_collected_in_every_scrape() -> None:
    worker = Worker()
    vitals = Vitals(counted=worker.counted())

    assert set(scrape(worker.view, lambda: vitals).families) == {metric.name for metric in CATALOGUE}


def test_types_and_help_are_those_of_the_catalogue(worker: Worker) -> None:
    types = {
        MetricType.WINDOWED_COUNT: "gauge",
        MetricType.WINDOWED_DURATION: "gaugehistogram",
        MetricType.GAUGE: "gauge",
        MetricType.DISTRIBUTION: "gaugehistogram",
        MetricType.COUNTER: "counter",
        MetricType.INFO: "info",
    }
    families = scrape(worker.view, lambda: VITALS).families

    for metric in CATALOGUE:
        family = families[metric.name]
        assert (family.type, family.documentation) == (types[metric.type], metric.definition)


def test_a_clash_of_names_is_found_when_the_collector_is_registered(worker: Worker) -> None:
    registry = CollectorRegistry()
    Gauge("helpdesk_open_tickets", "Somebody else's.", registry=registry)

    with pytest.raises(ValueError, match="Duplicated timeseries"):
        registry.register(HelpdeskCollector(worker.view, Vitals))


@pytest.mark.parametrize("metric", CATALOGUE, ids=[metric.name for metric in CATALOGUE])
def test_a_metric_is_found_by_its_exposed_name(metric: Metric, worker: Worker) -> None:
    assert metric.exposed_name in scrape(worker.view, lambda: VITALS).names


def test_every_sample_has_the_labels_of_its_metric(worker: Worker) -> None:
    families = scrape(worker.view, lambda: VITALS).families

    for metric in CATALOGUE:
        for sample in families[metric.name].samples:
            labels = set(sample.labels) - ({"le"} if sample.name.endswith("_bucket") else set())
            assert labels == set(metric.labels), sample


def test_no_two_samples_have_the_same_name_and_labels(worker: Worker) -> None:
    worker.take(
        *(ticket("opened", 0, f"C-{category}", channel="email", category=category) for category in ("a", "b", None))
    )
    series = Counter(scrape(worker.view, lambda: VITALS).series)

    assert not {text: count for text, count in series.items() if count > 1}


def test_open_tickets_of_several_categories_are_one_sample() -> None:
    worker = settled(
        ticket("opened", 0, "T-1", channel="email", category="billing"),
        ticket("opened", HOUR, "T-2", channel="email", category="complaint"),
        ticket("opened", 2 * HOUR, "T-3", channel="email"),
    )
    samples = [(name, value) for name, labels, value in scrape(worker.view).samples if ("channel", "email") in labels]

    assert [value for name, value in samples if name == "helpdesk_open_tickets"] == [3.0]
    assert [value for name, value in samples if name == "helpdesk_open_cases"] == [3.0]
    assert [value for name, value in samples if name == "helpdesk_backlog_tickets"] == [0.0]
    assert [value for name, value in samples if name == "helpdesk_open_ticket_age_seconds_gcount"] == [3.0]
    assert [value for name, value in samples if name == "helpdesk_open_ticket_age_seconds_gsum"] == [3.0 * HOUR]


def test_the_exposition_is_valid_open_metrics_without_a_single_event() -> None:
    worker = Worker()
    found = scrape(worker.view)

    assert found.text.endswith("# EOF\n")
    assert found.by_labels("helpdesk_backlog_threshold_seconds") == {(): DAY}
    assert not found.families["helpdesk_tickets_opened"].samples


def test_label_values_are_escaped() -> None:
    strange = 'quo"te \\ back'
    worker = settled(ticket("opened", 0, channel=strange))

    assert scrape(worker.view).by_labels("helpdesk_open_tickets", "channel") == {(strange,): 1.0}


def test_a_count_is_exported_for_each_window_that_holds_it(worker: Worker) -> None:
    opened = scrape(worker.view).by_labels("helpdesk_tickets_opened", "window", "channel")

    assert opened == {
        ("5m", "email"): 1,
        ("1h", "email"): 1,
        **{(window, "email"): 3 for window in ("24h", "7d", "30d")},
        **{(window, "chat"): 1 for window in ("24h", "7d", "30d")},
        **{(window, "none"): 1 for window in ("24h", "7d", "30d")},
    }


def test_the_lifetime_is_no_window_of_the_metrics(worker: Worker) -> None:
    windows = {dict(labels)["window"] for _, labels, _ in scrape(worker.view).samples if "window" in dict(labels)}

    assert windows == {shape.name for shape in WINDOWS}


def test_a_duration_is_exported_with_exact_cumulative_buckets() -> None:
    waits = [30, 30.000001, HOUR, 2 * HOUR, 90 * DAY]
    worker = settled(
        *(
            event
            for place, wait in enumerate(waits)
            for event in (
                ticket("opened", 100 * DAY - wait, f"T-{place}"),
                ticket("replied", 100 * DAY, f"T-{place}", actor="agent"),
            )
        )
    )
    found = scrape(worker.view)
    buckets = {
        float(le): value
        for (le, window), value in found.by_labels("helpdesk_first_reply_seconds_bucket", "le", "window").items()
        if window == "5m"
    }

    assert buckets == {
        **{to_seconds(edge): sum(wait * 1_000_000 <= edge for wait in waits) for edge in EXPORT_EDGES},
        float("inf"): len(waits),
    }
    assert found.by_labels("helpdesk_first_reply_seconds_gcount", "window")["5m",] == len(waits)
    assert found.by_labels("helpdesk_first_reply_seconds_gsum", "window")["5m",] == pytest.approx(sum(waits))


def test_a_dead_series_disappears_from_the_next_scrape() -> None:
    worker = settled(ticket("opened", 0, channel="fax"), ticket("replied", MINUTE, actor="agent"))
    before = scrape(worker.view)
    assert before.by_labels("helpdesk_open_tickets", "channel") == {("fax",): 1.0}
    assert ("fax", "5m") in before.by_labels("helpdesk_first_reply_seconds_gcount", "channel", "window")

    worker.take(ticket("updated", 2 * MINUTE, channel="email"))

    assert 'channel="fax"' not in scrape(worker.view).text


def test_a_series_whose_window_has_passed_disappears() -> None:
    now = microseconds(0)
    worker = Worker(clock=WallClock(lambda: now * 1_000))
    worker.take(ticket("opened", 0), ticket("resolved", 0))
    assert {window for (window,) in scrape(worker.view).by_labels("helpdesk_tickets_opened", "window")} == {
        shape.name for shape in WINDOWS
    }

    now = microseconds(2 * HOUR)
    assert {window for (window,) in scrape(worker.view).by_labels("helpdesk_tickets_opened", "window")} == {
        "24h",
        "7d",
        "30d",
    }

    now = microseconds(31 * DAY)
    assert not scrape(worker.view).by_labels("helpdesk_tickets_opened", "window")


def test_the_series_of_a_partition_that_was_given_up_disappear(worker: Worker) -> None:
    other = worker.new_state("tickets")
    worker.take_into(other, [ticket("opened", HOUR, "T-9", channel="fax")])
    assert 'channel="fax"' in scrape(lambda: worker.view(other)).text

    assert 'channel="fax"' not in scrape(worker.view).text


def test_a_worker_without_a_partition_exports_nothing_of_any_kind_not_even_zeros() -> None:
    core = Core(new_settings())
    found = scrape(lambda: core.view({name: [] for name in core.desks}))

    assert found.names == {"helpdesk_build_info", "helpdesk_clock_step_seconds", "helpdesk_collect_duration_seconds"}


def test_partitions_add_up(worker: Worker) -> None:
    before = scrape(worker.view)
    other = worker.new_state("tickets")
    worker.take_into(
        other,
        [
            ticket("opened", 0, "T-7", channel="email"),
            ticket("replied", 50, "T-7", actor="agent"),
            ticket("opened", 0, "T-8", channel="email"),
            ticket("escalated", 10, "T-9"),
        ],
    )
    after = scrape(lambda: worker.view(other))

    def grown(name: str, *labels: str) -> dict[tuple[str, ...], float]:
        old, new = before.by_labels(name, *labels), after.by_labels(name, *labels)
        return {key: new[key] - old.get(key, 0) for key in new if new[key] != old.get(key)}

    assert grown("helpdesk_tickets_opened", "channel", "window") == {
        ("email", "24h"): 2,
        ("email", "7d"): 2,
        ("email", "30d"): 2,
    }
    assert grown("helpdesk_first_reply_seconds_gsum", "channel", "priority", "window") == {
        ("email", "none", window): 50 for window in ("24h", "7d", "30d")
    }
    assert grown("helpdesk_open_tickets", "channel") == {("email",): 2}
    assert grown("helpdesk_open_cases", "channel") == {("email",): 1}
    assert grown("helpdesk_tickets_without_opening") == {(): 1}


def test_the_oldest_open_ticket_is_that_of_all_partitions() -> None:
    worker = settled(ticket("opened", HOUR))
    other = worker.new_state("tickets")
    worker.take_into(other, [ticket("opened", 0, "T-2")])

    found = scrape(lambda: worker.view(other)).by_labels("helpdesk_oldest_open_ticket_timestamp_seconds")
    assert found == {(): microseconds(0) / 1_000_000}


def test_without_open_tickets_there_is_no_oldest_one() -> None:
    found = scrape(Worker().view)

    assert not found.families["helpdesk_oldest_open_ticket_timestamp_seconds"].samples
    assert not found.families["helpdesk_watermark_timestamp_seconds"].samples


def test_a_ticket_from_the_near_future_has_no_negative_age() -> None:
    now = microseconds(0)
    worker = Worker(clock=WallClock(lambda: now * 1_000))
    worker.take(ticket("opened", 30 * MINUTE))

    found = scrape(worker.view)
    assert min(found.by_labels("helpdesk_open_ticket_age_seconds_gsum").values()) >= 0


def test_the_vitals_are_exported_as_they_are(worker: Worker) -> None:
    found = scrape(worker.view, lambda: VITALS)

    assert found.by_labels("helpdesk_events_total", "topic", "outcome") == VITALS.events
    assert found.by_labels("helpdesk_dead_letters_total", "topic", "reason") == VITALS.dead_letters
    assert found.by_labels("helpdesk_state_rebuilds_total", "topic") == {("helpdesk.tickets",): 2}
    assert found.by_labels("helpdesk_split_tickets") == {(): 4}
    assert found.by_labels("helpdesk_label_overflows_total", "label") == {("channel",): 3}
    assert found.by_labels("helpdesk_last_event_timestamp_seconds", "topic") == {("helpdesk.tickets",): 1_700_000_000.5}
    assert found.by_labels("helpdesk_consumer_lag_records", "topic", "partition") == {
        ("helpdesk.tickets", "0"): 0,
        ("helpdesk.tickets", "11"): 4,
    }
    assert found.by_labels("helpdesk_sla_breaches_total", "policy", "sla", "channel", "priority", "team") == (BREACHED)
    assert found.by_labels("helpdesk_sla_transitions_total", "transition") == {("activate",): 9, ("breach",): 2}
    assert found.by_labels("helpdesk_partitions_held", "topic") == {("helpdesk.tickets",): 2, ("helpdesk.surveys",): 0}


def test_every_open_clock_is_in_one_state_and_the_nearest_deadline_is_told(worker: Worker) -> None:
    found = scrape(worker.view)

    def clocks(state: str) -> dict[tuple[str, ...], float]:
        return found.by_labels(f"helpdesk_sla_clocks_{state}", "sla", "channel")

    assert clocks("active") == {("first_reply", "email"): 1}
    assert clocks("paused") == {("resolution", "email"): 1}
    assert clocks("at_risk") == {("resolution", "email"): 1}
    assert clocks("breached") == {("first_reply", "email"): 1}
    assert found.by_labels("helpdesk_sla_next_deadline_timestamp_seconds", "policy", "sla") == {
        ("all", "first_reply"): microseconds(6 * HOUR) / 1_000_000,
        ("all", "resolution"): microseconds(6 * HOUR) / 1_000_000,
    }


def test_the_worker_tells_its_version_clock_and_effort(worker: Worker) -> None:
    found = scrape(worker.view)

    assert found.by_labels("helpdesk_build_info", "version", "clock") == {("0.1.0", "event"): 1.0}
    assert 0 < found.by_labels("helpdesk_collect_duration_seconds")[()] < 5
    assert found.by_labels("helpdesk_watermark_timestamp_seconds") == {(): microseconds(5 * HOUR) / 1_000_000}


def test_two_collectors_of_one_process_do_not_share_anything(worker: Worker) -> None:
    registries = CollectorRegistry(), CollectorRegistry()
    for registry in registries:
        registry.register(HelpdeskCollector(worker.view, Vitals))

    texts = [parsed(exposition_of(registry)).by_labels("helpdesk_open_tickets", "channel") for registry in registries]
    assert texts[0] == texts[1]
