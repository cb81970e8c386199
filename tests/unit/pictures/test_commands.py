"""Commands that fail or hang."""

from __future__ import annotations

import sys

import pytest

from tests.pictures.commands import CommandError, run


async def test_what_a_command_printed_is_returned() -> None:
    assert await run(sys.executable, "-c", "print('done')", seconds=30) == "done\n"


async def test_a_failing_command_is_named_with_what_it_said() -> None:
    with pytest.raises(CommandError, match=r"ended with status 3:\nno way"):
        await run(sys.executable, "-c", "import sys; sys.stderr.write('no way'); sys.exit(3)", seconds=30)


async def test_a_command_that_does_not_end_is_ended() -> None:
    with pytest.raises(CommandError, match="took longer than 0 s"):
        await run(sys.executable, "-c", "import time; time.sleep(600)", seconds=0.1)
