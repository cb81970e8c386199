"""What departed entities have left, written down by measure and by label, for labels come and go."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from stream.windows.series import SUM, SeriesRegistry

_VERSION: Final = 2
_FASTEST: Final = 1

_Totals = list[tuple[str, tuple[str, ...], list[int]]]
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[int, dict[str, tuple[str, ...]], _Totals]).decode
_decode_first: Final = msgspec.msgpack.Decoder(_Totals).decode

_FIRST_LABELS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        (
            "tickets_opened",
            "tickets_opened_resolved",
            "tickets_resolved",
            "tickets_resolved_first_contact",
            "tickets_reopened",
            "tickets_escalated",
            "tickets_abandoned",
        ),
        ("channel", "priority", "team"),
    ),
    "tickets_opened_by_category": ("category",),
    **dict.fromkeys(
        ("ticket_reassignments", "ticket_events_before_opening", "ticket_events_after_resolution"), ("team",)
    ),
    **dict.fromkeys(
        ("surveys_sent", "survey_responses", "survey_favourable", "survey_detractors"), ("survey", "channel", "team")
    ),
    "survey_scores": ("survey", "scale", "score"),
    **dict.fromkeys(("sla_ended_in_time", "sla_ended_late"), ("policy", "sla", "channel", "priority", "team")),
    **dict.fromkeys(
        (
            f"complaint_{stem}_{unit}"
            for stem in ("first_resolution", "resolution")
            for unit in ("seconds", "business_seconds")
        ),
        ("channel",),
    ),
}
"""The labels of the measures when rows named none; all others were durations by channel and priority."""

_FIRST_DURATION_LABELS: Final = ("channel", "priority")

FirstSlot = Callable[[str, Mapping[str, str]], int | None]


def encode_departed(
    totals: Mapping[int, int], registry: SeriesRegistry, labels: Mapping[str, tuple[str, ...]]
) -> bytes | None:
    """Totals by slot as bytes, ``None`` if all are zero; ``labels`` are those of each measure by its name."""
    by_series: dict[int, list[int]] = {}
    for slot, amount in totals.items():
        if amount:
            offset = slot & SUM
            by_series.setdefault(slot - offset, []).extend((offset, amount))
    if not by_series:
        return None
    found = [(*registry.series_of(slot), amounts) for slot, amounts in by_series.items()]
    named = {measure: labels[measure] for measure, _, _ in found}
    return zlib.compress(_encode((_VERSION, named, found)), _FASTEST)


def add_departed(value: bytes, first_slot: FirstSlot, into: dict[int, int]) -> None:
    """Add the totals that `encode_departed` wrote, or its predecessor, to ``into``, which has a default of zero.

    ``first_slot`` finds the first slot of a measure with its label values by name, ``None`` if there is none.
    """
    labels, found = _decoded(zlib.decompress(value))
    for measure, values, amounts in found:
        slot = first_slot(measure, dict(zip(labels.get(measure, _FIRST_DURATION_LABELS), values, strict=True)))
        if slot is not None:
            for place in range(0, len(amounts), 2):
                into[slot + amounts[place]] += amounts[place + 1]


def _decoded(content: bytes) -> tuple[Mapping[str, tuple[str, ...]], _Totals]:
    try:
        return _FIRST_LABELS, _decode_first(content)
    except msgspec.ValidationError:
        _, labels, found = _decode(content)
        return labels, found
