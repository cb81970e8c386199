from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import orjson
import pytest

from tests.faults import __main__ as suite


def test_a_run_that_takes_too_long_says_so_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    async def late(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(suite, "run", late)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["faults", "--seed", "7", "--quick"])

    assert suite.main() == 1
    shown = capsys.readouterr()
    assert "the failure suite took more than 900 s" in shown.err
    assert orjson.loads(shown.out.splitlines()[-1])["verdict"] is None
