from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import pytest

from schemas.events import Envelope
from stream.state.contributing import Contributor
from stream.state.desk import Leaving
from stream.state.labels import LabelBounds
from stream.state.rejection import Reason, RejectedRecordError
from stream.state.rows import ENTITY, MemoryRows, Row
from stream.state.value_desk import MOST_ENTITY_BYTES, DeskContext, Kept, ValueDesk
from stream.windows.series import SeriesRegistry

SLOT = 4_096


class Parcel(NamedTuple):
    """A parcel's weight, by the last that was said of it, at ``at``."""

    weight: int = 0
    at: int = -1


@dataclass(frozen=True, slots=True)
class Weighed:
    """An event of a parcel."""

    subject: str
    weight: int


def no_decoding(_value: bytes) -> Envelope:
    raise NotImplementedError


class Parcels(ValueDesk[Parcel]):
    """The least that a kind has to say of its values; what the desk tells of them is kept."""

    noun = "parcel"
    unknown = Parcel()

    def __init__(self, rows: MemoryRows | None = None) -> None:
        contributor = Contributor(SeriesRegistry(), LabelBounds(50, {}), ())
        super().__init__(DeskContext(no_decoding, contributor, rows or MemoryRows()))
        self.told: list[tuple[object, ...]] = []

    def after(self, before: Parcel, event: Weighed, time: int) -> Parcel | None:
        return Parcel(event.weight, time) if time > before.at else None

    def contribute(self, value: Parcel, sign: int) -> None:
        if value.at >= 0:
            self.contributions.append((SLOT, value.at, sign, sign * value.weight))

    def last_time(self, value: Parcel) -> int:
        return value.at

    def row_bytes(self, subject: str, value: Parcel) -> int:
        return len(subject) + value.weight

    def may_leave(self, value: Parcel) -> bool:
        return value.weight < 1_000

    def changed(self, subject: str, before: Parcel, after: Parcel) -> None:
        self.told.append(("changed", subject, before, after))

    def noticed(self, subject: str, value: Parcel) -> None:
        self.told.append(("noticed", subject, value))

    def left(self, subject: str, value: Parcel) -> None:
        self.told.append(("left", subject, value))


class SilentParcels(Parcels):
    """A kind that says nothing but what it must."""

    may_leave = ValueDesk.may_leave
    changed = ValueDesk.changed
    noticed = ValueDesk.noticed
    left = ValueDesk.left


def written(desk: Parcels) -> list[Row]:
    """The rows that are to be written, which are in the desk's store from then on."""
    rows = list(desk.dirty_rows())
    desk.rows.write(rows)
    return rows


def row_of(desk: Parcels, subject: str = "P-1") -> tuple[bytes, bytes]:
    """An entity's row."""
    key = ENTITY + subject.encode()
    value = desk.rows.get(key)
    assert value is not None
    return key, value


def restored(rows: list[Row], checkpoint: int | None) -> Parcels:
    """A desk that is restored from rows."""
    store = MemoryRows()
    store.write(rows)
    desk = Parcels(store)
    for key, value in store.scan(ENTITY):
        desk.restore(key, value, checkpoint)
    return desk


class TestApplying:
    def test_an_event_takes_back_what_was_and_adds_what_is(self) -> None:
        desk = Parcels()

        assert desk.apply(Weighed("P-1", 5), 10)
        assert desk.contributions == [(SLOT, 10, 1, 5)]
        assert desk.apply(Weighed("P-1", 7), 20)
        assert desk.contributions[1:] == [(SLOT, 10, -1, -5), (SLOT, 20, 1, 7)]
        assert desk.value("P-1") == Parcel(7, 20)
        assert desk.value("P-2") is None

    def test_one_that_changes_nothing_leaves_no_trace(self) -> None:
        desk = Parcels()
        desk.apply(Weighed("P-1", 5), 10)
        written(desk)
        contributions, told = list(desk.contributions), list(desk.told)

        assert not desk.apply(Weighed("P-1", 7), 10)
        assert (desk.contributions, desk.told, desk.dirty, desk.dirty_bytes) == (contributions, told, {}, 0)

    def test_one_of_an_unknown_entity_before_the_horizon_comes_too_late(self) -> None:
        desk = Parcels()
        desk.apply(Weighed("P-1", 5), 10)
        desk.horizon = 50

        with pytest.raises(RejectedRecordError, match="parcel 'P-2' is not known") as refused:
            desk.apply(Weighed("P-2", 5), 49)
        assert refused.value.reason is Reason.TOO_LATE
        assert desk.value("P-2") is None
        assert desk.apply(Weighed("P-1", 6), 49)
        assert desk.apply(Weighed("P-2", 5), 50)

    def test_one_for_which_an_entity_has_no_room_is_refused_and_changes_nothing(self) -> None:
        desk = Parcels()
        desk.apply(Weighed("P-1", MOST_ENTITY_BYTES - 3), 10)
        contributions, told, dirty_bytes = list(desk.contributions), list(desk.told), desk.dirty_bytes

        with pytest.raises(RejectedRecordError, match="parcel 'P-1' has no room for more events") as refused:
            desk.apply(Weighed("P-1", MOST_ENTITY_BYTES), 20)
        assert refused.value.reason is Reason.TIMELINE_FULL
        assert (desk.contributions, desk.told, desk.dirty_bytes) == (contributions, told, dirty_bytes)
        assert desk.value("P-1") == Parcel(MOST_ENTITY_BYTES - 3, 10)

    def test_one_that_makes_an_entity_smaller_is_taken_in_however_large_it_is(self) -> None:
        desk = Parcels()
        desk.apply(Weighed("P-1", 3 * MOST_ENTITY_BYTES), 10)

        assert desk.apply(Weighed("P-1", 2 * MOST_ENTITY_BYTES), 20)

    def test_the_kind_hears_of_a_change_before_the_entity_is_dirty(self) -> None:
        seen: list[list[str]] = []

        class Watching(Parcels):
            def changed(self, subject: str, before: Parcel, after: Parcel) -> None:
                super().changed(subject, before, after)
                seen.append(list(self.dirty))

        desk = Watching()
        desk.apply(Weighed("P-1", 5), 10)

        assert desk.told == [("changed", "P-1", Parcel(), Parcel(5, 10))]
        assert seen == [[]]
        assert list(desk.dirty) == ["P-1"]

    def test_the_size_of_the_rows_is_estimated_by_value_and_base(self) -> None:
        desk = Parcels()
        desk.apply(Weighed("P-1", 5), 10)
        assert desk.dirty_bytes == (3 + 5) + (3 + 0)

        written(desk)
        desk.checkpoint = 1
        desk.apply(Weighed("P-1", 7), 20)
        assert desk.dirty_bytes == (3 + 7) + (3 + 5)


class TestRows:
    def test_a_row_says_what_the_entity_was_before_it_first_changed_after_the_last_checkpoint(self) -> None:
        desk = Parcels()
        desk.apply(Weighed("P-1", 5), 10)
        desk.apply(Weighed("P-1", 6), 11)
        written(desk)
        assert desk.decoded("P-1", row_of(desk)[1]) == Kept(Parcel(6, 11), 0, Parcel())

        desk.checkpoint = 3
        desk.apply(Weighed("P-1", 7), 12)
        desk.apply(Weighed("P-1", 8), 13)
        written(desk)
        assert desk.decoded("P-1", row_of(desk)[1]) == Kept(Parcel(8, 13), 3, Parcel(6, 11))

    def test_an_entity_is_found_again_in_its_row(self) -> None:
        desk = Parcels()
        desk.apply(Weighed("P-1", 5), 10)
        rows = written(desk)

        assert restored(rows, None).value("P-1") == Parcel(5, 10)

    def test_what_a_row_contributes_can_be_asked_without_being_added(self) -> None:
        desk = Parcels()
        desk.apply(Weighed("P-1", 5), 10)
        written(desk)
        contributions = list(desk.contributions)

        assert desk.contributions_in(row_of(desk)[1]) == [(SLOT, 10, 1, 5)]
        assert desk.contributions == contributions


class TestRestoring:
    @pytest.mark.parametrize(
        "checkpoint, added",
        [
            (None, [(SLOT, 20, 1, 7)]),
            (2, [(SLOT, 10, -1, -5), (SLOT, 20, 1, 7)]),
            (3, []),
        ],
        ids=["without a checkpoint", "changed since the checkpoint", "in the checkpoint"],
    )
    def test_what_the_checkpoint_lacks_is_added(
        self, checkpoint: int | None, added: list[tuple[int, int, int, int]]
    ) -> None:
        desk = Parcels()
        desk.apply(Weighed("P-1", 5), 10)
        written(desk)
        desk.checkpoint = 2
        desk.apply(Weighed("P-1", 7), 20)
        again = restored(written(desk), checkpoint)

        assert again.contributions == added
        assert again.told == [("noticed", "P-1", Parcel(7, 20))]


class TestDeparting:
    @pytest.mark.parametrize(
        "weight, horizon, leaves",
        [(5, 11, True), (5, 10, False), (1_000, 11, False)],
        ids=["long ago", "lately", "may not"],
    )
    def test_an_entity_leaves_when_nothing_happened_for_long_and_it_may(
        self, *, weight: int, horizon: int, leaves: bool
    ) -> None:
        desk = Parcels()
        desk.apply(Weighed("P-1", weight), 10)
        written(desk)
        desk.contributions.clear()
        desk.told.clear()
        desk.horizon = horizon

        leaving = desk.depart(*row_of(desk))
        assert leaving == (Leaving([(SLOT, 10, 1, weight)], is_new=True) if leaves else None)
        assert desk.told == ([("left", "P-1", Parcel(weight, 10))] if leaves else [])
        assert desk.contributions == []
        assert (desk.hot.find("P-1") is None) is leaves

    @pytest.mark.parametrize(
        "checkpoint, leaving",
        [(1, None), (2, Leaving([(SLOT, 20, 1, 7)], is_new=False))],
        ids=["before the next checkpoint", "with the next"],
    )
    def test_what_has_changed_since_a_checkpoint_that_has_it_leaves_with_the_next(
        self, checkpoint: int, leaving: Leaving | None
    ) -> None:
        desk = Parcels()
        desk.apply(Weighed("P-1", 5), 10)
        written(desk)
        desk.checkpoint = 1
        desk.apply(Weighed("P-1", 7), 20)
        written(desk)
        desk.checkpoint, desk.horizon = checkpoint, 21

        assert desk.depart(*row_of(desk)) == leaving
        assert (desk.hot.find("P-1") is None) is (leaving is not None)

    def test_a_kind_need_say_nothing_of_changes_and_departures(self) -> None:
        desk = SilentParcels()
        desk.apply(Weighed("P-1", 5_000), 10)
        written(desk)
        key, value = row_of(desk)
        desk.restore(key, value, None)
        desk.horizon = 11

        assert desk.depart(key, value) == Leaving([(SLOT, 10, 1, 5_000)], is_new=True)
        assert desk.told == []
