from __future__ import annotations

from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xxhash import xxh3_64_digest

from stream.desks.tickets.timeline import (
    ENTRY_SIZE,
    STATUSES,
    Entry,
    Rank,
    comes_last,
    entries_of,
    inserted,
    pack_entry,
    position_in,
    reference_of,
    stamp_of,
    void_from,
)
from stream.state.ties import tie_of


def entry(time: int, rank: Rank = Rank.UPDATED, tie: bytes = b"\0" * 8) -> bytes:
    """An entry of which only the order matters."""
    return pack_entry(time, rank, tie, 0, 0)


entry_keys = st.tuples(
    st.integers(1, 3),
    st.sampled_from(["", "", "1", "10", "2", "\U0001f4de"]),
    st.sampled_from([Rank.OPENED, Rank.OTHERS_REPLIED, Rank.SOLVED]),
    st.integers(0, 255).map(lambda number: bytes([number]) * 8),
)
"""Time, sequence, rank and tie: all that orders an entry."""


class TestFormat:
    def test_ranks_are_part_of_the_changelogs_format(self) -> None:
        assert [(rank.name, rank.value) for rank in Rank] == [
            ("OPENED", 0),
            ("UPDATED", 1),
            ("CUSTOMER_REPLIED", 2),
            ("HANDED_OFF", 3),
            ("OTHERS_REPLIED", 4),
            ("ESCALATED", 5),
            ("IN_PROGRESS", 6),
            ("SOLVED", 7),
            ("CLOSED", 8),
            ("ABANDONED", 9),
            ("MERGED", 10),
            ("DELETED", 11),
            ("RESTORED", 12),
        ]

    def test_codes_of_statuses_are_part_of_the_changelogs_format(self) -> None:
        assert STATUSES == {"new": 1, "open": 2, "pending": 3, "hold": 4}

    def test_an_entry_has_a_fixed_size(self) -> None:
        assert len(entry(0)) == ENTRY_SIZE == 22

    def test_what_was_packed_is_unpacked(self) -> None:
        made = Entry(1_709_553_600_000_000, Rank.OPENED, b"12345678", 0b101, 4_000_000_000)

        assert list(entries_of(pack_entry(*made) * 2)) == [made, made]

    def test_the_tie_is_the_hash_of_source_and_id(self) -> None:
        assert tie_of("/helpdesk", "é-1") == xxh3_64_digest("/helpdesk\0é-1".encode())
        assert tie_of("a", "b") != tie_of("ab", "")

    def test_a_reference_is_never_zero_but_for_none(self) -> None:
        assert reference_of(None) == 0
        assert reference_of("ann") != reference_of("bob")
        assert reference_of("") == 1

    def test_a_stamp_orders_as_its_entry_does(self) -> None:
        assert stamp_of(pack_entry(5, 1, b"a" * 8, 7, 9)) == stamp_of(pack_entry(5, 1, b"a" * 8, 0, 0))


class TestOrder:
    def test_entries_compare_by_time_then_rank_then_tie(self) -> None:
        keys = [*product((1, 255, 256, 2**40), (Rank.OPENED, Rank.MERGED), (b"\0" * 8, b"\xff" * 8))]
        entries = [entry(*key) for key in keys]

        assert sorted(entries) == entries

    @pytest.mark.parametrize("order", [*permutations(range(4))])
    def test_entries_come_to_their_places(self, order: tuple[int, ...]) -> None:
        entries = [entry(time) for time in (10, 20, 20 + 1, 2**50)]
        timeline = b""
        for place in order:
            timeline = inserted(timeline, entries[place])

        assert timeline == b"".join(entries)

    @given(st.data())
    def test_any_mix_of_entries_with_and_without_sequence_has_one_order(self, data: st.DataObject) -> None:
        keys = data.draw(st.lists(entry_keys, min_size=1, max_size=9, unique_by=lambda key: key[3]))
        sequences = {tie: sequence for _, sequence, _, tie in keys if sequence}
        timelines = set()
        for order in (keys, data.draw(st.permutations(keys))):
            timeline, known = b"", dict[bytes, str]()
            for time, sequence, rank, tie in order:
                if sequence:
                    known[tie] = sequence
                made = entry(time, rank, tie)
                last = comes_last(timeline, made, known)
                timeline = inserted(timeline, made, known)
                assert last is timeline.endswith(made)
            timelines.add(timeline)

        expected = sorted(keys)
        assert timelines == {b"".join(entry(time, rank, tie) for time, _, rank, tie in expected)}
        positions = [position_in(sequences)(entry(time, rank, tie)) for time, _, rank, tie in expected]
        assert positions == sorted(positions)


class TestVoid:
    @pytest.mark.parametrize("rank", [Rank.MERGED, Rank.DELETED])
    @pytest.mark.parametrize("time, place", [(0, 0), (15, 1), (99, 2)])
    def test_a_merge_or_deletion_is_seen_wherever_it_stands(self, rank: Rank, time: int, place: int) -> None:
        assert void_from(inserted(entry(10) + entry(20), entry(time, rank))) == place

    def test_a_ticket_without_either_is_not_void(self) -> None:
        assert void_from(b"") is None
        assert void_from(entry(10) + entry(20)) is None

    def test_a_restoration_takes_back_the_deletions_before_it_alone(self) -> None:
        restored = entry(10, Rank.DELETED) + entry(20, Rank.RESTORED)

        assert void_from(restored) is None
        assert void_from(restored + entry(30, Rank.DELETED) + entry(40, Rank.DELETED)) == 2

    def test_a_restoration_takes_back_no_merge(self) -> None:
        assert void_from(entry(10, Rank.MERGED) + entry(20, Rank.RESTORED)) == 0
        assert void_from(entry(10, Rank.DELETED) + entry(20, Rank.MERGED)) == 0

    def test_of_several_it_is_the_first(self) -> None:
        assert void_from(entry(10, Rank.MERGED) + entry(20, Rank.DELETED)) == 0
        assert void_from(entry(5) + entry(10, Rank.MERGED) + entry(20, Rank.MERGED)) == 1

    def test_the_bytes_of_a_time_are_no_merge(self) -> None:
        assert void_from(pack_entry(0x0A0A0A0A0A0A0A0A, 1, b"\x0a" * 8, 10, 0x0A0A0A0A)) is None
