"""`python -m tocsin.api.crd [--check] FOLDER…`: write the CRDs, or tell which files differ."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tocsin.api.crd.kinds import KINDS
from tocsin.api.crd.output import outdated, write


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 1 if `--check` finds a file that differs from the models."""
    parser = argparse.ArgumentParser(prog="python -m tocsin.api.crd", description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    options = parser.parse_args(arguments)
    if not options.check:
        write(KINDS, options.folders)
        return 0
    differing = outdated(KINDS, options.folders)
    for path in differing:
        sys.stderr.write(f"{path} differs from the models: run `make generate`\n")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
