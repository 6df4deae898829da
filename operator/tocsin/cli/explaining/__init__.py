"""What `tocsin explain` does: fetch what /explain says, and print it."""

import sys

from tocsin.cli.explain import Asked, Output
from tocsin.cli.explaining.fetching import UnreachableError, fetch
from tocsin.cli.explaining.printing import show

NOT_FOUND = 1
UNREACHABLE = 3


def explain(asked: Asked) -> int:
    """Print what was asked for; the exit code."""
    try:
        answer = fetch(asked)
    except UnreachableError as error:
        sys.stderr.write(f"{error}\n")
        return UNREACHABLE
    if asked.output is Output.JSON:
        sys.stdout.write(answer.body.decode() + "\n")
    else:
        show(answer)
    return 0 if answer.found else NOT_FOUND
