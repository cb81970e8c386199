"""Raw records of events, as a helpdesk would send them."""

from __future__ import annotations

import orjson
from xxhash import xxh3_128_hexdigest


def record(event_type: str, subject: str, time: str, data: object, /, **attributes: object) -> bytes:
    """A raw record; records with the same content are the same event, unless ``attributes`` name an ``id``."""
    identity = xxh3_128_hexdigest(orjson.dumps([event_type, time, subject, data], option=orjson.OPT_SORT_KEYS))
    event = {
        "specversion": "1.0",
        "id": f"event-{identity}",
        "source": "/helpdesk/test",
        "type": event_type,
        "subject": subject,
        "time": time,
        "data": data,
    }
    return orjson.dumps(event | attributes)
