from __future__ import annotations

import logging

import orjson
import pytest

from stream.cli.logs import JsonFormatter, TerminalFormatter

HOSTILE = "two\nlines, \x1b[2J, right\u202eleft, \ud800"


def record_of(message: str) -> logging.LogRecord:
    return logging.LogRecord("desk", logging.WARNING, __file__, 1, "refused: %s", (message,), None)


def test_a_line_of_json_takes_any_text() -> None:
    line = JsonFormatter().format(record_of(HOSTILE))

    assert "\n" not in line
    assert orjson.loads(line)["message"] == "refused: two\nlines, \x1b[2J, right\u202eleft, \\ud800"


def test_nothing_that_was_sent_steers_the_terminal() -> None:
    line = TerminalFormatter("%(levelname)s %(name)s: %(message)s").format(record_of(HOSTILE))

    assert line == r"WARNING desk: refused: two\nlines, \x1b[2J, right\u202eleft, \ud800"
    assert line.isprintable()


@pytest.mark.parametrize("formatter", [JsonFormatter(), TerminalFormatter("%(message)s")])
def test_ordinary_text_stays_as_it_is(formatter: logging.Formatter) -> None:
    assert "refused: Büro 4, 日本語" in formatter.format(record_of("Büro 4, 日本語"))
