"""The oracle has the kinds and the events that deskpulse has, and keeps their words apart."""

from __future__ import annotations

from itertools import chain

from stream.desks import kinds
from tests.oracle.kinds import KINDS


def test_the_oracle_computes_every_kind() -> None:
    assert [kind.name for kind in KINDS] == [kind.name for kind in kinds.KINDS]


def test_the_oracle_knows_the_events_of_each_kind() -> None:
    known = {kind.name: {kind.type_of(event) for event in kind.events} for kind in KINDS}

    assert known == {kind.name: {str(event.__struct_config__.tag) for event in kind.events} for kind in kinds.KINDS}


def test_no_two_kinds_share_a_letter_an_own_word_a_setting_or_a_type_of_settings() -> None:
    for said in (
        [*chain.from_iterable(kind.letters for kind in KINDS)],
        [*chain.from_iterable(kind.own_words for kind in KINDS)],
        [*chain.from_iterable(kind.said for kind in KINDS)],
        [kind.settings_type for kind in KINDS],
    ):
        assert len(said) == len(set(said))
