from __future__ import annotations

from stream.desks.tickets.sla.default_policy import DEFAULT_POLICY
from tests.desk_terms import desk_policies
from tests.oracle import DEFAULT_POLICIES


def test_the_default_policy_is_the_one_that_the_oracle_goes_by() -> None:
    assert desk_policies(DEFAULT_POLICIES).policies == [DEFAULT_POLICY]
