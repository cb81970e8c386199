"""Whoever waits for a log sees how far it was read, in bytes as they lie on disk."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from stream.feeds.replay import load_mapping, read_events
from stream.feeds.replay.reading_position import watched

DATA = Path(__file__).parents[2] / "data"


@pytest.mark.parametrize("packed", [False, True])
def test_the_position_goes_to_the_end_of_the_file_in_each_pass(tmp_path: Path, *, packed: bool) -> None:
    content = (DATA / "helpdesk_italian.csv").read_bytes()
    log = tmp_path / "log"
    log.write_bytes(gzip.compress(content) if packed else content)
    positions: list[int] = []

    with watched(positions.append):
        events = read_events(log, load_mapping("helpdesk_italian"))
        after_the_first_pass = len(positions)
        assert sum(1 for _ in events)

    size = log.stat().st_size
    assert max(positions[:after_the_first_pass]) == size
    assert positions[-1] == size
    assert min(positions) > 0


def test_nobody_is_told_once_nobody_watches() -> None:
    positions: list[int] = []
    with watched(positions.append):
        pass

    assert sum(1 for _ in read_events(DATA / "nps_verbatims.csv", load_mapping("nps_verbatims")))
    assert positions == []
