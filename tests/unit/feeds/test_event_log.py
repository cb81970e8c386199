from __future__ import annotations

from pathlib import Path

import pytest

from schemas.events import SURVEYS_TOPIC, TICKETS_TOPIC
from stream.feeds.event_log import read_event_log
from stream.feeds.replay import ReplayError
from tests.kinds.surveys import survey
from tests.kinds.tickets import ticket


def test_events_go_to_their_topics_under_their_subjects(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(ticket("opened", 0) + b"\r\n\n" + survey("sent", 0, survey="csat") + b"\n")

    read = [(topic, key) for topic, key, _, _ in read_event_log(path)]
    assert read == [(TICKETS_TOPIC, b"T-1"), (SURVEYS_TOPIC, b"S-1")]


@pytest.mark.parametrize(
    "line", [b"\xff", b'{"type":"\xff"}', b"[" * 100_000, b'{"subject":"\\ud800"}', b'{"subject":7}', b"{"]
)
def test_a_line_that_is_no_event_is_handed_on_as_it_is(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(line + b"\n")

    assert [tuple(event) for event in read_event_log(path)] == [(TICKETS_TOPIC, b"", line, 0)]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReplayError, match=r"nowhere\.jsonl: No such file"):
        list(read_event_log(tmp_path / "nowhere.jsonl"))
