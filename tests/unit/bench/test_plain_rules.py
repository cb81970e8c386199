"""The rules for plain Faust come to what the oracle comes to, or the comparison of speeds would not be fair."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from schemas.events import SURVEYS_TOPIC, TICKETS_TOPIC
from stream.feeds.simulator import Simulator, SimulatorSettings
from tests.bench.equality import ResultsDifferError, check_plain_faust, check_raw_loop
from tests.bench.filled_topics import FilledTopics, TopicPartition
from tests.bench.plain_faust import PlainFaustResult
from tests.bench.plain_rules import Facts, take_survey_event, take_ticket_event
from tests.bench.raw_loop import RawLoopResult

END = datetime(2026, 6, 1, tzinfo=UTC)
TICKETS = 300


@pytest.fixture(scope="module")
def topics() -> FilledTopics:
    filled = FilledTopics("nowhere:0")
    for event in Simulator(SimulatorSettings(), 3).history(END - timedelta(days=20), END, TICKETS):
        if event.topic in (TICKETS_TOPIC, SURVEYS_TOPIC):
            filled.add(TopicPartition(event.topic, len(event.key) % 4), event.value)
    return filled


def processed(topics: FilledTopics) -> PlainFaustResult:
    ends = {partition: end * 2 // 3 for partition, end in topics.ends.items()}
    entities: defaultdict[str, Facts] = defaultdict(dict)
    totals: dict[str, tuple[int, int]] = {}
    for value in topics.values(ends):
        event = orjson.loads(value)
        rule = take_ticket_event if ".ticket." in event["type"] else take_survey_event
        for contribution in rule(entities[event["subject"]], event):
            count, duration = totals.get(contribution.measure, (0, 0))
            totals[contribution.measure] = count + contribution.amount, duration + contribution.duration
    by_topic: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for (topic, partition), end in ends.items():
        by_topic[topic][partition] = end
    return PlainFaustResult(sum(ends.values()), 1.0, by_topic, totals)


def test_they_agree_with_the_oracle_on_a_prefix_of_each_partition(topics: FilledTopics) -> None:
    result = processed(topics)
    assert result.totals["tickets_opened"][0] > TICKETS / 3
    check_plain_faust(topics, result)


def test_one_ticket_too_many_is_found(topics: FilledTopics) -> None:
    result = processed(topics)
    count, duration = result.totals["tickets_resolved"]
    result.totals["tickets_resolved"] = count + 1, duration
    with pytest.raises(ResultsDifferError, match="tickets_resolved: expected"):
        check_plain_faust(topics, result)


def test_a_prefix_of_another_length_is_found(topics: FilledTopics) -> None:
    result = processed(topics)
    shorter = PlainFaustResult(result.events - 1, 1.0, result.ends, result.totals)
    with pytest.raises(ResultsDifferError, match="events"):
        check_plain_faust(topics, shorter)


def test_a_raw_loop_that_missed_a_record_is_found(topics: FilledTopics) -> None:
    with pytest.raises(ResultsDifferError, match="raw loop"):
        check_raw_loop(topics, RawLoopResult(topics.total - 1, 1.0, {}))
