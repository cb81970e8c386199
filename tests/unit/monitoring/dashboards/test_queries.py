"""The queries behind figures: what was recorded, unless the reader's choices ask for more."""

from __future__ import annotations

from typing import Final

import pytest

from stream.monitoring.dashboards.queries import NOTHING_YET, Reader, expression
from stream.monitoring.dashboards.terms import definition, labels_of, shown_by
from stream.settings.monitoring import MonitoringSettings
from stream.state.figure import Figure, Statistic

NOBODY: Final = Reader()
BY_CHANNEL: Final = Reader(("channel",))
IN_HOURS: Final = Reader(("channel",), hours=True)
DAY: Final = '{job="$job", window="24h"}'
CHOSEN: Final = '{job="$job", window="$window", channel=~"$channel"}'


def query(figure: Figure, reader: Reader = NOBODY, objectives: MonitoringSettings | None = None) -> str:
    """The query on one line."""
    return expression(figure, reader, objectives or MonitoringSettings()).replace("\n", " ")


@pytest.mark.parametrize(
    "figure, reader, expected",
    [
        (Figure("abandonment", window="24h"), NOBODY, f"window:helpdesk_abandonment:ratio{DAY}"),
        (Figure("abandonment", by=("channel",)), BY_CHANNEL, f"channel_window:helpdesk_abandonment:ratio{CHOSEN}"),
        (Figure("nps", window="24h"), NOBODY, f"window:helpdesk_nps:score{DAY}"),
        (
            Figure("contact_channel", by=("channel",)),
            BY_CHANNEL,
            f"channel_window:helpdesk_contact_channel:ratio{CHOSEN}",
        ),
        (
            Figure("first_reply_seconds", Statistic.P90, window="24h"),
            NOBODY,
            f"window:helpdesk_first_reply_seconds:p90{DAY}",
        ),
        (
            Figure("open_ticket_age_seconds", Statistic.P50),
            NOBODY,
            'job:helpdesk_open_ticket_age_seconds:p50{job="$job"}',
        ),
    ],
)
def test_a_recorded_result_is_used_where_it_tells_apart_all_that_is_chosen(
    figure: Figure, reader: Reader, expected: str
) -> None:
    assert query(figure, reader) == expected


@pytest.mark.parametrize(
    "figure, expected",
    [
        (
            Figure("abandonment"),
            (
                f"(sum(channel_priority_team_window:helpdesk_tickets_abandoned:sum{CHOSEN})"
                f" or 0 * (sum(channel_priority_team_window:helpdesk_tickets_opened:sum{CHOSEN})))"
                f" / (sum(channel_priority_team_window:helpdesk_tickets_opened:sum{CHOSEN}) > 0)"
            ),
        ),
        (
            Figure("first_reply_seconds", Statistic.P90),
            (
                "histogram_quantile(0.9, sum by (le)"
                f" (channel_priority_window:helpdesk_first_reply_seconds_bucket:sum{CHOSEN}))"
            ),
        ),
        (
            Figure("first_reply_seconds", Statistic.MEAN, ("priority",)),
            (
                f"sum by (priority) (channel_priority_window:helpdesk_first_reply_seconds_gsum:sum{CHOSEN})"
                f" / (sum by (priority) (channel_priority_window:helpdesk_first_reply_seconds_gcount:sum{CHOSEN}) > 0)"
            ),
        ),
    ],
)
def test_what_a_choice_narrows_is_worked_out_of_recorded_sums(figure: Figure, expected: str) -> None:
    assert query(figure, BY_CHANNEL) == expected


def test_the_coarsest_recorded_sum_is_used() -> None:
    assert query(Figure("backlog_tickets", by=("team",))).startswith(
        "sum by (team) (team:helpdesk_backlog_tickets:sum{"
    )
    assert "topic:helpdesk_consumer_lag_records:sum" in query(Figure("consumer_lag_records"))
    assert query(Figure("consumer_lag_records", by=("topic", "partition"))) == (
        'sum by (topic, partition) (helpdesk_consumer_lag_records{job="$job"})'
    )


def test_the_choice_of_hours_changes_durations_that_have_both() -> None:
    mean = Figure("first_reply_seconds", Statistic.MEAN)

    assert "channel_priority_window:helpdesk_first_reply${hours}_gsum:sum{" in query(mean, IN_HOURS)
    assert "hours" not in query(mean, BY_CHANNEL)
    assert "hours" not in query(Figure("open_ticket_age_seconds", Statistic.MEAN), IN_HOURS)
    assert shown_by(mean, hours=True) == {"helpdesk_first_reply_seconds", "helpdesk_first_reply_business_seconds"}


def test_a_choice_that_a_metric_does_not_know_does_not_narrow_it() -> None:
    figure = Figure("tickets_opened_by_category")

    assert labels_of(figure) == ("category",)
    assert "channel" not in query(figure, BY_CHANNEL)


def test_a_count_is_zero_as_long_as_some_worker_is_scraped() -> None:
    assert query(Figure("open_cases")) == (
        f'(sum(channel_priority_team:helpdesk_open_cases:sum{{job="$job"}}) or {NOTHING_YET})'
    )


def test_how_many_durations_there_are_is_a_count() -> None:
    assert query(Figure("speed_of_answer_seconds", Statistic.COUNT, window="24h"), BY_CHANNEL) == (
        "(sum(queue_channel_team_window:helpdesk_speed_of_answer_seconds_gcount:sum"
        f'{{job="$job", window="24h", channel=~"$channel"}}) or {NOTHING_YET})'
    )


def test_the_mean_of_a_stock_is_of_its_integral() -> None:
    figure = Figure("calls_waiting", Statistic.MEAN, window="24h")

    assert query(figure) == (f"(sum(queue_channel_team_window:helpdesk_calls_waiting:mean{DAY}) or {NOTHING_YET})")
    assert shown_by(figure, hours=False) == {"helpdesk_calls_waiting_seconds"}
    assert definition(figure) == "Visits that wait in a queue. On average over the window."


def test_what_a_counter_begins_with_is_part_of_its_growth() -> None:
    series = 'helpdesk_sla_breaches_total{job="$job"}'

    assert query(Figure("sla_breaches", by=("sla",))) == (
        f"sum by (sla) (({series} unless {series} offset $__rate_interval) or increase({series}[$__rate_interval]))"
    )


def test_budget_and_burn_rate_follow_from_the_objective() -> None:
    strict = MonitoringSettings(sla_compliance=0.95)
    compliance = f"window:helpdesk_sla_compliance:ratio{DAY}"

    burn = query(Figure("sla_compliance", Statistic.BURN_RATE, window="24h"), NOBODY, strict)
    left = query(Figure("sla_compliance", Statistic.BUDGET_LEFT, window="24h"), NOBODY, strict)
    assert burn == f"(1 - ({compliance})) / 0.05"
    assert left == f"1 - (1 - ({compliance})) / 0.05"


def test_ages_are_those_at_the_newest_event_where_events_are_the_clock() -> None:
    text = query(Figure("oldest_open_ticket_timestamp_seconds", Statistic.AGE))

    assert 'helpdesk_build_info{job="$job", clock="event"}' in text
    assert text.endswith('- min(job:helpdesk_oldest_open_ticket_timestamp_seconds:min{job="$job"})')
    assert query(Figure("last_event_timestamp_seconds", Statistic.AGE)).startswith("time() - max(topic:")


def test_time_that_remains_is_until_the_nearest_deadline() -> None:
    text = query(Figure("sla_next_deadline_timestamp_seconds", Statistic.REMAINING, ("policy", "sla")))

    assert text.startswith("min by (policy, sla) (policy_sla:helpdesk_sla_next_deadline_timestamp_seconds:min{")


def test_a_value_that_is_asked_for_takes_the_place_of_a_choice() -> None:
    text = query(Figure("tickets_opened", only=(("channel", "chat"),)), BY_CHANNEL)

    assert 'channel="chat"' in text
    assert "$channel" not in text


def test_a_name_that_means_nothing_is_an_error() -> None:
    with pytest.raises(LookupError):
        query(Figure("tickets_openend"))
