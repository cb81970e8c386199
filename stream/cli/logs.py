"""Logs on standard output: JSON for machines, plain lines on a terminal."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime

import orjson


class UnknownLevelError(Exception):
    """A log level that does not exist."""


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _encodable(record.getMessage()),
        }
        if record.exc_info:
            entry["exception"] = _encodable(self.formatException(record.exc_info))
        return orjson.dumps(entry).decode()


class TerminalFormatter(logging.Formatter):
    """A plain line, in which what would steer the terminal is escaped: records quote what strangers sent."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name in the standard library
        """The line without its exception."""
        line = super().formatMessage(record)
        return "".join(
            character if character.isprintable() else character.encode("unicode_escape").decode() for character in line
        )


def _encodable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


def set_up_logs(level: str) -> None:
    """Log to standard output. Raises ``UnknownLevelError``."""
    number = logging.getLevelNamesMapping().get(level.upper())
    if number is None:
        message = f"there is no log level {level!r}; take debug, info, warning or error"
        raise UnknownLevelError(message)
    handler = logging.StreamHandler(sys.stdout)
    if sys.stdout.isatty():
        handler.setFormatter(TerminalFormatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    else:
        handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=number, handlers=[handler], force=True)
    for noisy in ("faust", "mode", "aiokafka"):
        logging.getLogger(noisy).setLevel(max(number, logging.WARNING))
