"""Write the files that are made from the code.

``python -m stream.generated`` writes those that are stale and names them; with ``--check`` it writes nothing, names
them and exits with 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from stream.generated.files import generated, stale, write

ROOT: Final = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run the command on the repository in ``root``; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m stream.generated", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, exit with 1 if a file is stale")
    check = parser.parse_args(arguments).check
    try:
        files = generated(root)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"stream.generated: {error}\n")
        return 1
    if not check:
        sys.stdout.write("".join(f"{path}\n" for path in write(root, files)))
        return 0
    outdated = stale(root, files)
    sys.stderr.write("".join(f"stale: {path}, run `make generate`\n" for path in outdated))
    return 1 if outdated else 0


if __name__ == "__main__":
    sys.exit(main())
