"""Runs one measurement by its name."""

import sys

from bench import cli_help, evaluate_core, isolation

BENCHES = {
    "cli-help": cli_help.run,
    "evaluate-core": evaluate_core.run,
    "isolation": isolation.run,
}


def main(words: list[str]) -> int:
    """Measure what is named; without a known name, list the names."""
    if len(words) != 1 or words[0] not in BENCHES:
        sys.stderr.write(f"name one of: {', '.join(BENCHES)} (make bench NAME=…)\n")
        return 2
    figures = BENCHES[words[0]]()
    shown = " ".join(f"{key}={value:.3f}" for key, value in figures.items())
    sys.stdout.write(f"RESULT {words[0]} {shown}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
