"""Which models breach, and what is made of who told what when: without a cluster."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bench.errors import BenchError

RUNS = 50
#: Breaches that are not counted: the first notice opens connections, on both sides.
WARM_UP = 3
#: No divisor of `RUNS`.
_STRIDE = 19
OURS, THEIRS = "tocsin", "alertmanager"

Json = dict[str, Any]
#: Milliseconds since 1970 at which each model was told, by who told it.
Notices = Mapping[str, Mapping[str, list[int]]]


def chosen(phases: Mapping[str, float]) -> tuple[list[str], list[str]]:
    """Models that breach first, and are not counted, and models that are, in this order.

    `phases` has the time of the second in ms at which each model is scraped. Those are counted
    that lie next to `RUNS` times in equal distances; each is far from the one before it.
    """
    left = dict(phases)
    counted = []
    for number in range(RUNS):
        wanted = (number * _STRIDE % RUNS + 0.5) / RUNS * 1000

        def distance(name: str, wanted: float = wanted) -> float:
            apart = abs(phases[name] - wanted)
            return min(apart, 1000 - apart)

        nearest = min(left, key=distance)
        del left[nearest]
        counted.append(nearest)
    return sorted(left)[:WARM_UP], counted


def latencies(
    breached: Mapping[str, int], notices: Notices, counted: Sequence[str]
) -> dict[str, list[int]]:
    """Milliseconds from each breach that counts to its notice, by who told it, in their order.

    Raises:
        BenchError: somebody has not told of each breach exactly once, or has before it.
    """
    found = {}
    for who in (OURS, THEIRS):
        heard = notices[who]
        wrong = {m: len(heard.get(m, ())) for m in breached if len(heard.get(m, ())) != 1}
        others = heard.keys() - breached.keys()
        if wrong or others:
            raise BenchError(f"{who}: each breach is to be told once, not {wrong or others}")
        found[who] = [heard[model][0] - breached[model] for model in counted]
        if min(found[who]) < 0:
            raise BenchError(f"{who} has told of a breach {-min(found[who])} ms before it")
    return found


def noticed(journal: Iterable[Json], namespace: str) -> Notices:
    """When each model was told to fire, by who told it, of all that the receivers have taken."""
    found: dict[str, defaultdict[str, list[int]]] = {
        OURS: defaultdict(list),
        THEIRS: defaultdict(list),
    }
    for entry in journal:
        who = {f"/webhook/{namespace}": OURS, f"/alertmanager/{namespace}": THEIRS}.get(
            entry["path"]
        )
        if who is None:
            continue
        if not entry["accepted"]:
            raise BenchError(f"a notice of {who} was not taken: {entry['outcome']}")
        for model in _models_in(who, entry["body"]):
            found[who][model].append(entry["at"])
    return found


def _models_in(who: str, body: Json) -> Iterator[str]:
    alerts = body.get("firing") or () if who == OURS else body["alerts"]
    for alert in alerts:
        if alert["status"] == "firing":
            yield alert["labels"]["deployment"]
