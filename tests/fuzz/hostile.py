"""Values that have broken programs before, and ways to spoil what was right."""

from __future__ import annotations

from random import Random
from typing import Final

STRINGS: Final = (
    "",
    " ",
    "all",
    "total",
    "other",
    "none",
    "null",
    "NaN",
    "Email",
    "email",
    " email",
    "email ",
    'quote " and \\ backslash',
    "\\",
    "\\n",
    '"} 1\nhelpdesk_build_info 1',
    "two\nlines",
    "carriage\rreturn",
    "tab\t",
    "nul\x00",
    "bell\a and escape \x1b[2J",
    "right\u202eleft",
    "\u2066isolate\u2069",
    "zero\u200bwidth\u200djoiner",
    "\ufeff",
    "\u2028line\u2029paragraph",
    "e\u0301\u0301\u0301\u0301",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U000e0041tag",
    "\u0130\u0131\u00df\ufb03",
    "\x7f\x80\x9f",
    "{label}",
    "{{",
    "}",
    "%s%n%Y%Y",
    "[/bold]",
    "[red]",
    "<script>alert(1)</script>",
    "$(reboot)",
    "../../etc/passwd",
    "=1+1",
    "x" * 80,
    "x" * 81,
    "x" * 256,
    "x" * 257,
    "\u00fc" * 512,
    "x" * 513,
    "\U0001f4a3" * 600,
)
"""Strings that a label, an id or a subject may be sent as."""

NUMBERS: Final = (0, -1, 1, 10, 11, 2**31, 2**63, -(2**63), 2**64, 10**30, 0.5, -0.0, 1e308, 1e-320)

TIMES: Final = (
    "2024-03-04T12:00:00Z",
    "2024-03-04T12:00:00",
    "2024-02-30T12:00:00Z",
    "2024-03-04T23:59:60Z",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-23:59",
    "1989-12-31T23:59:59Z",
    "1990-01-01T00:00:00Z",
    "2024-03-04T12:00:00.123456789123Z",
    "2024-03-04 12:00:00+01:00",
    "-2024-03-04T12:00:00Z",
    "1709553600",
    "",
)

_BYTES: Final = (b"\x00", b"\xff", b"\xed\xa0\x80", b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"\n", b"\\ud800")


def spoiled(dice: Random, content: bytes) -> bytes:
    """The content with a few bytes changed, taken out, doubled or put in."""
    spoilt = bytearray(content)
    for _ in range(dice.randrange(1, 5)):
        place = dice.randrange(len(spoilt) + 1)
        choice = dice.randrange(6)
        if choice == 0:
            spoilt[place : place + 1] = dice.randbytes(1)
        elif choice == 1:
            del spoilt[place : place + dice.randrange(1, 20)]
        elif choice == 2:
            spoilt[place:place] = dice.choice(_BYTES)
        elif choice == 3:
            spoilt[place:place] = spoilt[place : place + dice.randrange(1, 40)]
        elif choice == 4:
            del spoilt[place:]
        else:
            spoilt[place : place + 1] = dice.choice((b"9" * 20, b"-", b"e9", b"null", b"[[", b"true", b'""'))
    return bytes(spoilt)


def nested(dice: Random) -> bytes:
    """JSON that is nested deeply, or that looks so."""
    depth = dice.choice((10, 500, 1_100, 20_000))
    return dice.choice((b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth, b"[" * depth))
