from __future__ import annotations

from stream.runtime.fencing import Writer


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
