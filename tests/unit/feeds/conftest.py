"""What the tests of feeds share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.feeds.mapped_log import MappedLog


@pytest.fixture
def mapped(tmp_path: Path) -> MappedLog:
    """A folder for a log and its mapping."""
    return MappedLog(tmp_path)
