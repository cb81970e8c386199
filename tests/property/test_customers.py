"""Customers, through deliveries, restarts and any turns of the clock, against the oracle."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.customers import CustomerSettings
from tests.property.customer_histories import customer_logs, customer_offsets, customer_settings
from tests.property.histories import turns_of
from tests.property.kind_trial import WITHOUT_SHRINKING, KindTrial

CUSTOMERS = KindTrial[CustomerSettings]("customers")
SUBJECTS = ("U-1", "U-2")


@settings(max_examples=100, phases=WITHOUT_SHRINKING)
@given(st.data(), customer_logs(), customer_settings)
def test_the_stream_shows_what_the_oracle_computes_from_the_whole_log(
    data: st.DataObject, log: list[bytes], chosen: CustomerSettings
) -> None:
    assert CUSTOMERS.differences_after_delivery(data, log, chosen) == []


@settings(max_examples=60, phases=WITHOUT_SHRINKING)
@given(st.data(), customer_logs(), customer_settings, turns_of(customer_offsets))
def test_at_any_turn_of_the_clock_and_after_any_restart_the_stream_shows_what_the_oracle_computes(
    data: st.DataObject, log: list[bytes], chosen: CustomerSettings, turns: list[float]
) -> None:
    for differences in CUSTOMERS.differences_at(data, log, chosen, turns):
        assert differences == []


@given(st.data(), customer_logs(), customer_settings)
def test_any_order_repetition_batches_and_crashes_give_the_same_rows_and_numbers(
    data: st.DataObject, log: list[bytes], chosen: CustomerSettings
) -> None:
    assert CUSTOMERS.crashed(data, log, chosen, events_between=1) == CUSTOMERS.steady(log, chosen)


@given(st.data(), customer_logs(subjects=SUBJECTS), customer_settings)
def test_what_is_taken_back_leaves_nothing_behind(
    data: st.DataObject, log: list[bytes], chosen: CustomerSettings
) -> None:
    assert CUSTOMERS.left_behind(data, log, chosen, lambda _: (*SUBJECTS, "X-1", "X-2")) == []
