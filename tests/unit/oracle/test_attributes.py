from __future__ import annotations

from tests.unit.oracle.event_log import lifetime, ticket


def test_label_values_are_kept_as_they_are() -> None:
    log = [ticket("opened", 0, channel=" Émail\n\t'\"; --")]

    assert lifetime(log)["tickets_opened_by_channel"] == {" Émail\n\t'\"; --": 1}
