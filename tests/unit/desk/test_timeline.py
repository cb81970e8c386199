from __future__ import annotations

from itertools import permutations, product

import pytest
from xxhash import xxh3_64_digest

from stream.desk.timeline import (
    ENTRY_SIZE,
    STATUSES,
    Entry,
    Rank,
    entries_of,
    inserted,
    is_merged,
    pack_entry,
    reference_of,
    stamp_of,
    tie_of,
)
from tests.unit.desk.ticket_log import HOUR, settled, ticket


def entry(time: int, rank: Rank = Rank.UPDATED, tie: bytes = b"\0" * 8) -> bytes:
    """An entry of which only the order matters."""
    return pack_entry(time, rank, tie, 0, 0)


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

    @pytest.mark.parametrize("time", [0, 15, 99])
    def test_a_merge_is_seen_wherever_it_stands(self, time: int) -> None:
        timeline = inserted(entry(10) + entry(20), entry(time, Rank.MERGED))

        assert is_merged(timeline)
        assert not is_merged(entry(10) + entry(20))

    def test_the_bytes_of_a_time_are_no_merge(self) -> None:
        assert not is_merged(pack_entry(0x0A0A0A0A0A0A0A0A, 1, b"\x0a" * 8, 10, 0x0A0A0A0A))


class TestEqualTimes:
    def test_the_opening_comes_first(self) -> None:
        worker = settled(
            ticket("resolved", HOUR), ticket("replied", HOUR, actor="agent"), ticket("opened", HOUR, channel="email")
        )

        assert worker.seconds("first_reply_seconds") == (1, 0)
        assert worker.seconds("resolution_seconds") == (1, 0)

    def test_a_question_comes_before_its_answer(self) -> None:
        worker = settled(
            ticket("opened", 0, actor="agent"),
            ticket("replied", HOUR, actor="agent"),
            ticket("replied", HOUR, actor="customer"),
        )

        assert worker.seconds("first_reply_seconds") == (1, 0)
        assert worker.state()["open_cases"] == 0

    def test_a_hand_off_comes_before_an_answer(self) -> None:
        worker = settled(ticket("opened", 0), ticket("replied", HOUR, actor="agent"), ticket("handed_off", HOUR))

        assert worker.seconds("first_reply_seconds") == (1, 0)
        assert worker.state()["open_cases"] == 0

    def test_a_question_comes_before_a_hand_off(self) -> None:
        worker = settled(
            ticket("opened", 0, actor="bot"), ticket("handed_off", HOUR), ticket("replied", HOUR, actor="customer")
        )

        assert worker.state()["open_cases"] == 1

    def test_an_answer_comes_before_a_close(self) -> None:
        worker = settled(
            ticket("opened", 0), ticket("status_changed", HOUR, status="closed"), ticket("replied", HOUR, actor="agent")
        )

        assert worker.count("tickets_resolved") == 1
        assert worker.count("tickets_abandoned") == 0

    def test_being_open_comes_before_being_solved(self) -> None:
        worker = settled(ticket("opened", 0), ticket("resolved", HOUR), ticket("status_changed", HOUR, status="open"))

        assert worker.count("tickets_resolved") == 1
        assert worker.count("tickets_reopened") == 0

    def test_a_solve_comes_before_a_close(self) -> None:
        worker = settled(ticket("opened", 0), ticket("status_changed", HOUR, status="closed"), ticket("resolved", HOUR))

        assert worker.count("tickets_resolved") == 1
        assert worker.count("tickets_abandoned") == 0

    def test_a_close_comes_before_a_leave(self) -> None:
        worker = settled(
            ticket("opened", 0),
            ticket("replied", 1, actor="agent"),
            ticket("abandoned", HOUR),
            ticket("status_changed", HOUR, status="closed"),
        )

        assert worker.count("tickets_resolved") == 1
        assert worker.count("tickets_abandoned") == 0
