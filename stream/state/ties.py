"""What tells one event from another, and breaks the tie between events of the same time and rank."""

from __future__ import annotations

from xxhash import xxh3_64_digest


def tie_of(source: str, identifier: str) -> bytes:
    """The hash of an event's idempotency key."""
    return xxh3_64_digest(f"{source}\0{identifier}".encode())
