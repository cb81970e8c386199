from __future__ import annotations

from datetime import timedelta

import orjson
import pytest
from aiokafka import ConsumerRecord

from schemas.events import TICKETS_TOPIC
from stream.desks.kinds import SOURCE_TOPICS
from stream.feeds.simulator import Simulator, SimulatorSettings
from stream.runtime.kafka.placement import partition_of
from tests.faults.ground_truth import Content, GroundTruth, Place, is_readable, missing_dead_letters, wrong_dead_letters
from tests.faults.load import END, closing_event, closing_subject, disturbed_log
from tests.oracle import compute

POISON = {Place("t", 0, 4): Content(b"k", b"{", 7), Place("t", 1, 9): Content(b"k", b"[", 7)}


def record(offset: int, value: bytes) -> ConsumerRecord[bytes, bytes]:
    return ConsumerRecord("t", 0, offset, 0, 0, b"k", value, None, 1, len(value), ())


def test_the_log_has_exactly_as_many_records_as_asked_for_and_is_always_the_same() -> None:
    log = list(disturbed_log(3, 2_000))

    assert len(log) == 2_000
    assert log == list(disturbed_log(3, 2_000))


def test_what_the_simulator_wrote_is_readable_and_what_was_put_between_is_not() -> None:
    log = list(disturbed_log(3, 20_000))
    written = {
        event.value
        for event in Simulator(SimulatorSettings(), 3).history(END - timedelta(days=40), END, 20_000 // 12 + 1)
    }

    assert [is_readable(event.value) for event in log] == [event.value in written for event in log]
    assert 50 < sum(event.value not in written for event in log) < 200


def test_the_closing_events_are_readable_and_end_all_windows() -> None:
    values = [closing_event(topic, closing_subject(partition, 2)) for topic in SOURCE_TOPICS for partition in range(2)]

    assert all(map(is_readable, values))
    assert compute(values)["now"] == "2025-11-01T00:01:00Z"
    assert len({orjson.loads(value)["id"] for value in values}) == 2 * len(SOURCE_TOPICS)


@pytest.mark.parametrize("partitions", [8, 12])
def test_each_closing_subject_belongs_into_its_partition(partitions: int) -> None:
    subjects = [closing_subject(number, partitions) for number in range(partitions)]

    assert [partition_of(subject.encode(), partitions) for subject in subjects] == list(range(partitions))


def test_the_truth_is_what_the_topics_hold() -> None:
    truth = GroundTruth()
    healthy = closing_event(TICKETS_TOPIC, "closing-0")
    truth.add(record(4, b"{"))
    truth.add(record(5, healthy))

    assert truth.events == [healthy]
    assert truth.by_topic == {"t": [healthy]}
    assert truth.poison == {Place("t", 0, 4): Content(b"k", b"{", 0)}
    assert truth.ends == {("t", 0): 6}
    assert truth.records == 2


def test_a_dead_letter_that_is_there_twice_is_not_missing_and_not_wrong() -> None:
    letters = [*POISON.items(), *POISON.items()]

    assert missing_dead_letters(POISON, letters) == []
    assert list(wrong_dead_letters(POISON, letters)) == []


def test_an_unreadable_record_without_a_dead_letter_of_its_bytes_is_missing() -> None:
    letters = [(Place("t", 0, 4), Content(b"k", b"other", 7))]

    assert missing_dead_letters(POISON, letters) == list(POISON)
    assert len(list(wrong_dead_letters(POISON, letters))) == 1


def test_of_a_record_that_was_sent_again_when_its_topic_grew_one_dead_letter_will_do() -> None:
    content = Content(b"k", b"{", 7)
    again, later = Place("t", 9, 0), Place("t", 9, 1)
    poison = {Place("t", 1, 4): content, again: content, later: content._replace(timestamp=8)}

    assert missing_dead_letters(poison, [(again, content)]) == [later]


def test_a_dead_letter_of_a_readable_record_is_wrong() -> None:
    letters = [(Place("t", 0, 5), Content(b"k", b"{}", 7))]

    assert len(list(wrong_dead_letters(POISON, letters))) == 1
