"""Templates whose columns must have values."""

from __future__ import annotations

from collections.abc import Mapping

from stream.feeds.replay.templates import Template


def filled(template: Template, fields: Mapping[str, str], name: str) -> str:
    """The text of a template; raises ``ValueError``, which begins with ``name``, when a column of it is empty."""
    missing = template.missing(fields)
    if missing is not None:
        raise ValueError(f"{name}: the column {missing!r} is empty")
    return template.render(fields)
