from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from stream.dead_letters.letter import Origin
from stream.dead_letters.repairs import RepairError, read_repairs
from tests.unit.desks.tickets.ticket_log import ticket

ORIGIN = Origin("helpdesk.tickets", 3, 41)
VALUE = ticket("opened", 0)


def written(folder: Path, *lines: bytes) -> Path:
    file = folder / "repaired.jsonl"
    file.write_bytes(b"\n".join(lines) + b"\n")
    return file


def line(value: object, origin: str = str(ORIGIN)) -> bytes:
    return orjson.dumps({"origin": origin, "value": value, "reason": "not_json"})


def test_a_line_has_its_value_as_text_or_as_an_object(tmp_path: Path) -> None:
    file = written(tmp_path, line(VALUE.decode()), b"", line(orjson.loads(VALUE), "helpdesk.tickets:3:42"))

    assert read_repairs(file, None) == {ORIGIN: VALUE, Origin("helpdesk.tickets", 3, 42): VALUE}


def test_a_file_with_an_origin_is_one_value_byte_for_byte(tmp_path: Path) -> None:
    file = written(tmp_path, VALUE, b" ")

    assert read_repairs(file, ORIGIN) == {ORIGIN: file.read_bytes()}


@pytest.mark.parametrize(
    "lines, words",
    [
        ([b"{"], "line 1: "),
        ([line(VALUE.decode()), b'{"origin": 7, "value": {}}'], "line 2: "),
        ([line(VALUE.decode(), "helpdesk.tickets")], "line 1: 'helpdesk.tickets' names no record"),
        ([line(VALUE.decode(), "orders:0:1")], "line 1: orders is no source topic; there are helpdesk.tickets"),
        ([line(VALUE.decode()), line(VALUE.decode())], "line 2: helpdesk.tickets:3:41 has a value already"),
        ([line("{")], "line 1: the value for helpdesk.tickets:3:41 would be rejected again: not_json"),
        ([line({"type": "helpdesk.ticket.vanished.v1"})], "would be rejected again: unknown_type"),
        ([b""], "has no repaired values"),
        ([b"\xff"], "line 1: "),
    ],
)
def test_a_line_that_cannot_be_used_is_named_before_anything_is_sent(
    tmp_path: Path, lines: list[bytes], words: str
) -> None:
    with pytest.raises(RepairError) as raised:
        read_repairs(written(tmp_path, *lines), None)

    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_single_value_that_would_be_rejected_again_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RepairError, match="would be rejected again: not_json"):
        read_repairs(written(tmp_path, b"still broken"), ORIGIN)
