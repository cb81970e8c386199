from __future__ import annotations

from stream.runtime.kafka.fencing import Writer, first_claim, first_producer_of, has_beginning


def test_appends_under_a_claim_are_numbered_by_their_records() -> None:
    writer = Writer(7)

    assert [writer.stamp(records).sequence for records in (1, 3, 2)] == [0, 1, 4]


def test_sequence_numbers_begin_anew_after_the_last() -> None:
    writer = Writer(7, 2**31 - 2)
    writer.stamp(3)

    assert writer.stamp(1).sequence == 1


def test_a_later_claim_is_a_higher_epoch_of_the_same_producer() -> None:
    earlier, later = Writer(3).stamp(1), Writer(4).stamp(1)

    assert earlier.producer == later.producer
    assert earlier.epoch < later.epoch


def test_when_the_epochs_are_used_up_another_producer_begins() -> None:
    last, following = Writer(32_766).stamp(1), Writer(32_767).stamp(1)

    assert last.epoch == 32_766
    assert (following.producer, following.epoch) == (last.producer + 1, 0)
    assert following.producer < 2**63


def test_names_have_producers_of_their_own_far_from_those_that_kafka_hands_out() -> None:
    producers = [first_producer_of(f"deskpulse/{number}") for number in range(1_000)]

    assert len({producer >> 32 for producer in producers}) == 1_000
    assert all(2**62 <= producer < 2**63 - 2**32 + 1 for producer in producers)


def test_the_claims_of_a_changelog_that_is_made_anew_have_other_producers_than_those_of_the_one_before() -> None:
    before, after = first_claim(1_800_000_000), first_claim(1_800_000_001)
    old, new = Writer(before + 17).stamp(1), Writer(after).stamp(1)

    assert new.producer == old.producer + 1
    assert new.epoch == 0


def test_claims_of_new_changelogs_are_told_from_those_of_older_versions_even_by_a_clock_that_is_wrong() -> None:
    assert has_beginning(first_claim(0))
    assert not has_beginning(1)
