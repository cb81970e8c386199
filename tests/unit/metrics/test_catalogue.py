from __future__ import annotations

import re
from typing import Literal, get_args, get_origin

import pytest
from msgspec.structs import fields

from stream.desks.kinds import KINDS
from stream.desks.surveys.definition import Surveys
from stream.metrics.catalogue import CATALOGUE, WINDOWED, check_names
from stream.metrics.worker_metrics import WORKER
from stream.state.kind import Kind
from stream.state.labels import CLOSED_LABELS
from stream.state.measure import by_name
from stream.state.metric import Metric, MetricType
from stream.windows.sliding import WINDOWS

MEASURES = by_name(measure for kind in KINDS for measure in kind.measures)
DOMAIN_LABELS = {
    *("channel", "priority", "team", "category", "window", "survey", "scale", "score", "policy", "sla"),
    *("queue", "within", "state", "sentiment", "estimated", "scorecard_category"),
    *("currency", "spend", "interaction", "journey_stage", "previous_stage"),
}
WORKER_LABELS = {"topic", "partition", "outcome", "reason", "label", "version", "clock", "transition"}
FORBIDDEN_LABELS = {"type", "service", "stage", "env", "customer", "owner", "instance", "job", "le", "ticket", "agent"}

every_metric = pytest.mark.parametrize("metric", CATALOGUE, ids=[metric.name for metric in CATALOGUE])


@every_metric
def test_every_name_starts_with_helpdesk(metric: Metric) -> None:
    assert re.fullmatch(r"helpdesk(_[a-z]+)+", metric.name)


@every_metric
def test_no_name_ends_as_a_part_of_another_kind_does(metric: Metric) -> None:
    assert not metric.name.endswith(("_count", "_sum", "_bucket", "_total", "_gcount", "_gsum", "_created", "_info"))


@every_metric
def test_labels_are_those_of_the_conventions(metric: Metric) -> None:
    labels = set(metric.labels)

    assert len(labels) == len(metric.labels)
    assert not labels & FORBIDDEN_LABELS
    assert labels <= DOMAIN_LABELS or labels <= WORKER_LABELS


@every_metric
def test_every_metric_has_a_definition_that_is_a_sentence(metric: Metric) -> None:
    assert metric.definition[0].isupper()
    assert metric.definition.endswith(".")
    assert "\n" not in metric.definition


@every_metric
def test_durations_are_in_seconds(metric: Metric) -> None:
    if metric.type in (MetricType.WINDOWED_DURATION, MetricType.DISTRIBUTION):
        assert metric.name.endswith("_seconds")
    assert not re.search(r"_(ms|milliseconds|minutes|hours|days|percent)(_|$)", metric.name)


@every_metric
def test_moments_are_timestamps(metric: Metric) -> None:
    if "oldest" in metric.name or "last" in metric.name or "watermark" in metric.name:
        assert metric.name.endswith("_timestamp_seconds")


def test_no_two_metrics_share_a_name() -> None:
    exposed = [metric.exposed_name for metric in CATALOGUE]

    assert len(set(exposed)) == len(exposed)


def test_a_kind_with_a_name_that_another_has_is_refused_with_both() -> None:
    class Polls(Surveys):
        name = "polls"

    with pytest.raises(ValueError, match=r"polls have a metric helpdesk_[a-z_]+, as surveys have; give it another"):
        check_names([*KINDS, Polls()])


def test_a_kind_with_a_name_of_the_workers_is_refused() -> None:
    class Polls(Surveys):
        name = "polls"
        gauges = WORKER[:1]

    with pytest.raises(ValueError, match=r"polls have a metric helpdesk_[a-z_]+, as workers have"):
        check_names([Polls()])


def test_every_measure_has_its_windowed_metric() -> None:
    assert {metric.measure: metric.labels for metric in WINDOWED} == {
        name: (*measure.labels, "window") for name, measure in MEASURES.items()
    }


def test_durations_and_counts_are_of_their_kind() -> None:
    assert {metric.measure for metric in WINDOWED if metric.type is MetricType.WINDOWED_DURATION} == {
        name for name, measure in MEASURES.items() if measure.duration
    }
    assert {metric.type for metric in WINDOWED} == {MetricType.WINDOWED_DURATION, MetricType.WINDOWED_COUNT}


def test_the_window_label_is_a_closed_set() -> None:
    assert [shape.name for shape in WINDOWS] == ["5m", "1h", "24h", "7d", "30d"]


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_a_label_whose_values_an_event_lists_is_one_of_the_closed_ones(kind: Kind) -> None:
    data = (field.type for event in kind.events for field in fields(event) if field.name == "data")
    listed = {
        field.name
        for data_type in data
        for field in fields(data_type)
        if any(get_origin(part) is Literal for part in (field.type, *get_args(field.type)))
    }

    assert listed & kind.bounded.labels <= CLOSED_LABELS
