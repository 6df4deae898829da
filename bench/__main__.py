"""Runs one measurement by its name."""

import importlib
import sys

from bench.errors import BenchError
from bench.results import line
from e2e.cluster import ClusterError

#: Each module has `run() -> Figures`; only the one that is named is imported.
BENCHES = {
    "baseline": "bench.baseline",
    "cli-help": "bench.cli_help",
    "dispatch": "bench.dispatch",
    "drift": "bench.drift",
    "evaluate": "bench.evaluate",
    "evaluate-core": "bench.evaluate_core",
    "isolation": "bench.isolation",
    "latency": "bench.latency",
    "quiet": "bench.quiet",
    "recover": "bench.recover",
    "scale": "bench.scale",
    "statistics": "bench.statistics",
}


def main(words: list[str]) -> int:
    """Measure what is named; without a known name, list the names."""
    if len(words) != 1 or words[0] not in BENCHES:
        sys.stderr.write(f"name one of: {', '.join(BENCHES)} (make bench NAME=…)\n")
        return 2
    [name] = words
    try:
        figures = importlib.import_module(BENCHES[name]).run()
    except (BenchError, ClusterError, AssertionError) as error:
        sys.stderr.write(f"{name}: {error}\n")
        return 1
    sys.stdout.write(f"{line(name, figures)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
