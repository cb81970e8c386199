"""Garbage collection for a process with millions of long-lived objects."""

from __future__ import annotations

import gc


def relax_garbage_collection() -> None:
    """Collect what there is, then look for cycles seldom.

    Millions of long-lived tickets make the full collections of the default setting long and frequent, and
    nothing in the hot path makes cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
