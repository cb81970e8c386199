from __future__ import annotations

import logging

import pytest

from stream.web.seldom import WARN_SECONDS, SeldomWarning


def test_a_warning_that_keeps_coming_is_logged_once_a_minute_with_how_often_it_came(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = 0.0
    warn = SeldomWarning(logging.getLogger("test"), lambda: now)
    for _ in range(1_000):
        warn("no file left")
    now = WARN_SECONDS
    warn("no file left")

    assert caplog.messages == [
        "no file left (1 times since this was logged last)",
        "no file left (1000 times since this was logged last)",
    ]
