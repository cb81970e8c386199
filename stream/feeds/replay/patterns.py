"""Regular expressions in a mapping."""

from __future__ import annotations

import re
import warnings

from stream.feeds.replay.toml_table import TomlTable


def read_pattern(table: TomlTable, key: str) -> re.Pattern[str]:
    """Read a regular expression; raises ``ReplayError`` when it is none."""
    try:
        with warnings.catch_warnings():
            # What a later Python may read otherwise is no concern of who replays a log with this one.
            warnings.simplefilter("ignore", FutureWarning)
            return re.compile(table.text(key))
    except (re.error, OverflowError, RecursionError) as error:
        table.fail(key, f"not a regular expression: {error}")
