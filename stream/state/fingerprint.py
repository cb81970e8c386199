"""What stands for everything that decides what the entities of a kind contribute, and to which series."""

from __future__ import annotations

import json
from typing import Any

from xxhash import xxh3_64_digest

from stream.settings.shared import SharedSettings
from stream.state.kind import Kind


def fingerprint(kind: Kind, settings: SharedSettings) -> bytes:
    """A digest of what a kind contributes to, its version of contributions, its settings and the shared ones.

    What a kind contributes to are its measures and stocks, with their labels. What was written down under another
    digest is worked out anew from the entities.
    """
    content = kind.settings_content(settings)
    content["labels"] = settings.labels.model_dump(mode="json")
    content["time_zone"] = settings.clock.time_zone
    content["contributions"] = kind.contributions
    # As texts, for labels have an order.
    content["measures"] = [json.dumps((one.name, one.labels, one.duration)) for one in kind.measures]
    if kind.stocks:
        content["stocks"] = [json.dumps((one.name, one.labels)) for one in kind.stocks]
    return xxh3_64_digest(json.dumps(_in_order(content), sort_keys=True).encode())


def _in_order(content: Any) -> Any:  # noqa: ANN401 - anything that JSON has
    """The content with its lists sorted, for most of them are sets; an order that matters stays within a string."""
    if isinstance(content, dict):
        return {key: _in_order(value) for key, value in content.items()}
    return sorted(content) if isinstance(content, list) else content
