"""What `tocsin explain` does: fetch what /explain says, and print it."""

import sys

from tocsin.cli.explain import Asked
from tocsin.cli.explaining.fetching import UnreachableError, fetch
from tocsin.cli.explaining.printing import show
from tocsin.cli.output import ExitCode, Output


def explain(asked: Asked) -> int:
    """Print what was asked for; the exit code."""
    try:
        answer = fetch(asked)
    except UnreachableError as error:
        sys.stderr.write(f"{error}\n")
        return ExitCode.UNREACHABLE
    if asked.output is Output.JSON:
        sys.stdout.write(answer.body.decode() + "\n")
    else:
        show(answer)
    return ExitCode.OK if answer.found else ExitCode.PROBLEMS
