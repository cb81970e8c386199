from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from stream.dead_letters.letter import Origin
from stream.dead_letters.repairs import RepairError, read_repairs
from stream.state.records import RecordLimits
from tests.kinds.surveys import survey
from tests.kinds.tickets import ticket
from tests.moments import microseconds

ORIGIN = Origin("helpdesk.tickets", 3, 41)
ANSWERED = "helpdesk.surveys:0:7"
VALUE = ticket("opened", 0)
LIMITS = RecordLimits(skew=1_000_000, size=2_000)


def written(folder: Path, *lines: bytes) -> Path:
    file = folder / "repaired.jsonl"
    file.write_bytes(b"\n".join(lines) + b"\n")
    return file


def line(value: object, origin: str = str(ORIGIN)) -> bytes:
    return orjson.dumps({"origin": origin, "value": value, "reason": "not_json"})


def repairs_in(file: Path, origin: Origin | None = None) -> dict[Origin, bytes]:
    return read_repairs(file, origin, LIMITS, microseconds(0))


def test_a_line_has_its_value_as_text_or_as_an_object(tmp_path: Path) -> None:
    file = written(tmp_path, line(VALUE.decode()), b"", line(orjson.loads(VALUE), "helpdesk.tickets:3:42"))

    assert repairs_in(file) == {ORIGIN: VALUE, Origin("helpdesk.tickets", 3, 42): VALUE}


def test_a_file_with_an_origin_is_one_value_byte_for_byte(tmp_path: Path) -> None:
    file = written(tmp_path, VALUE, b" ")

    assert repairs_in(file, ORIGIN) == {ORIGIN: file.read_bytes()}


@pytest.mark.parametrize(
    "lines, words",
    [
        ([b"{"], "line 1: "),
        ([line(VALUE.decode()), b'{"origin": 7, "value": {}}'], "line 2: "),
        ([line(VALUE.decode(), "helpdesk.tickets")], "line 1: 'helpdesk.tickets' is not a record"),
        ([line(VALUE.decode(), "orders:0:1")], "line 1: orders is not a source topic; there are helpdesk.tickets"),
        ([line(VALUE.decode()), line(VALUE.decode())], "line 2: helpdesk.tickets:3:41 has a value already"),
        ([line("{")], "line 1: the value for helpdesk.tickets:3:41 would be rejected again: not_json"),
        ([line({"type": "helpdesk.ticket.vanished.v1"})], "would be rejected again: unknown_type"),
        (
            [line(survey("responded", 0, survey="nps", scale="1-5", score=4).decode(), ANSWERED)],
            "would be rejected again: invalid, the scale of nps is 0-10, not 1-5",
        ),
        (
            [line(survey("responded", 0, survey="csat", scale="1-5", score=9).decode(), ANSWERED)],
            "would be rejected again: invalid, the score 9 is not on the scale 1-5",
        ),
        ([line(ticket("opened", "1985-01-01T00:00:00Z").decode())], "would be rejected again: time_out_of_range, "),
        ([line(ticket("opened", 2).decode())], "would be rejected again: time_out_of_range, "),
        ([line(VALUE.decode() + " " * 2_000)], "would be rejected again: too_large, "),
        ([b""], "has no repaired values"),
        ([b"\xff"], "line 1: "),
    ],
)
def test_a_line_that_cannot_be_used_is_named_before_anything_is_sent(
    tmp_path: Path, lines: list[bytes], words: str
) -> None:
    with pytest.raises(RepairError) as raised:
        repairs_in(written(tmp_path, *lines))

    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_single_value_that_would_be_rejected_again_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RepairError, match="would be rejected again: not_json"):
        repairs_in(written(tmp_path, b"still broken"), ORIGIN)
