"""Judge the files for deployment with tools that others keep, and show that each check can fail.

``python -m tests.deployment`` prints a line for each check and ends with 1 if one has findings. A check whose tool
cannot be installed here is named as not done; with ``--require-all`` that is a failure too.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.deployment.checks import Check, checks
from tests.deployment.mutations import MUTATIONS, Mutation
from tests.deployment.tools import ToolUnavailableError

ROOT: Final = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all checks; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.deployment", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--require-all", action="store_true", help="fail if a tool cannot be installed")
    required = parser.parse_args(arguments).require_all
    failures, undone = 0, 0
    for check in checks(ROOT):
        try:
            problem = check.findings(ROOT) or unseen(check)
        except ToolUnavailableError as error:
            undone += 1
            _say(f"not done  {check.name}: {error}")
            continue
        failures += bool(problem)
        _say(f"FAILED    {check.name}:\n{problem}" if problem else f"ok        {check.name}")
    _say(f"{failures} failed, {undone} not done")
    return 1 if failures or (required and undone) else 0


def unseen(check: Check) -> str:
    """The mistakes that a check should find and does not; nothing if it finds all of them."""
    mutations = [mutation for mutation in MUTATIONS if mutation.check == check.name]
    if not mutations:
        return "there is no mistake in mutations.py that shows that this check can fail"
    missed = [mutation for mutation in mutations if not _found(check, mutation)]
    return "\n".join(
        f"does not find {mutation.wrong!r} for {mutation.right!r} in {mutation.file}" for mutation in missed
    )


def _found(check: Check, mutation: Mutation) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(ROOT / "deploy", root / "deploy", ignore=shutil.ignore_patterns("secrets", "pictures"))
        file = root / mutation.file
        text = file.read_text("utf-8")
        assert mutation.right in text, f"{mutation.file} does not hold {mutation.right!r}"
        file.write_text(text.replace(mutation.right, mutation.wrong), "utf-8")
        return bool(check.findings(root))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
