"""Ten thousand seeded schedules of crashes and faults: what was lost, invented, changed or doubled.

Real engine, Lease and adapters' ports; the API server, its watches, the source and the receivers
are models, and time is stepped (tests/recover). Every other schedule has routes. The unit tests run
the first 300.
"""

import sys
import time
from collections import Counter
from multiprocessing import Pool

from tests.recover.running import report, run_seed, smallest
from tests.recover.violations import CHANGED, DOUBLED, INVENTED, LOST

SCHEDULES = 10_000
#: So many are handed to a process at a time.
_AT_ONCE = 50
#: Of so many seeds with a violation the first history is shown, as small as it gets.
_SHOWN = 1


def run() -> dict[str, float]:
    """How many schedules there were, and of each kind of violation; the first one is shown."""
    started = time.monotonic()
    kinds: Counter[str] = Counter()
    bad: list[int] = []
    with Pool() as pool:
        for seed, found in pool.imap_unordered(_violations, range(SCHEDULES), _AT_ONCE):
            kinds.update(found)
            bad += [seed] if found else []
    spent = time.monotonic() - started
    for seed in sorted(bad)[:_SHOWN]:
        sys.stdout.write(report(smallest(run_seed(seed))) + "\n")
    if bad:
        sys.stdout.write(f"seeds with violations: {sorted(bad)}\n")
    return {
        "schedules": SCHEDULES,
        "lost": kinds[LOST],
        "invented": kinds[INVENTED],
        "changed": kinds[CHANGED],
        "doubled": kinds[DOUBLED],
        "seconds": spent,
    }


def _violations(seed: int) -> tuple[int, list[str]]:
    return seed, [violation.kind for violation in run_seed(seed).violations]
