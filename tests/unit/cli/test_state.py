from __future__ import annotations

import pytest

from stream.cli.state import plan_lines
from stream.runtime.kafka.rebuild import ChangelogContent, LostPartition, RebuildPlan

HOUR_MS = 3_600_000


def lines_of(*topics: str, since: int | None = HOUR_MS, displaced: tuple[str, ...] = ()) -> list[str]:
    """The plan for people when partition 0 of these topics has lost its state."""
    lost = [LostPartition(topic, 0, 5, 9, "the state is gone", ChangelogContent()) for topic in topics]
    return plan_lines(RebuildPlan(dict.fromkeys(topics, 1), lost, dict.fromkeys(topics, since), displaced))


def test_a_plan_with_nothing_lost_is_one_line() -> None:
    assert lines_of() == ["nothing is lost: every partition that the group has read has its state"]


@pytest.mark.parametrize("entities", ["tickets", "surveys"])
def test_numbers_are_right_again_for_what_the_events_of_the_topic_are_about(entities: str) -> None:
    topic = f"helpdesk.{entities}"
    why, begin, right, _ = lines_of(topic)

    assert (why, begin) == ("the state is gone", f"  reads {topic}[0] again from offset 5")
    assert right == (
        f"{topic} has records since 1970-01-01T01:00:00Z: its numbers will be right for {entities} of which everything"
        " happened after that"
    )


@pytest.mark.parametrize("entities", ["tickets", "surveys"])
def test_what_comes_out_as_two_is_what_the_events_of_the_topic_are_about(entities: str) -> None:
    topic = f"helpdesk.{entities}"
    displaced = lines_of(topic, since=None, displaced=(topic,))[2]

    assert f"those of its {entities} that have events before and after that will count as two" in displaced


def test_only_topics_that_are_written_from_what_is_read_again_are_named() -> None:
    rest = "dead letters that come of these records go out again, under the same ids"

    assert lines_of("helpdesk.surveys")[-1] == rest
    assert lines_of("helpdesk.tickets")[-1] == f"events on helpdesk.sla and {rest}"
    assert lines_of("helpdesk.tickets", "helpdesk.surveys")[-1] == f"events on helpdesk.sla and {rest}"
