"""Ten thousand seeded schedules of crashes and faults: what was lost, invented, changed or doubled.

Real engine, Lease and adapters' ports; the API server, its watches, the source and the receivers
are models, and time is stepped (tests/recover). Every other schedule has routes. The unit tests run
the first 300.
"""

import sys
import time
from collections import Counter
from multiprocessing import Pool

from tests.recover.journal import STOPPED, Died
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
    takeovers = 0
    bad: list[int] = []
    with Pool() as pool:
        for seed, found, stopped in pool.imap_unordered(_run, range(SCHEDULES), _AT_ONCE):
            takeovers += stopped
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
        "takeovers": takeovers,
        "seconds": spent,
    }


def _run(seed: int) -> tuple[int, list[str], int]:
    found = run_seed(seed)
    deaths = (entry for entry in found.journal if isinstance(entry, Died))
    stopped = sum(entry.cause == STOPPED for entry in deaths)
    return seed, [violation.kind for violation in found.violations], stopped
