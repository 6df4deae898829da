"""From a rule as it is stored to one that this operator can evaluate."""

from collections.abc import Mapping, Set
from datetime import timedelta
from typing import Any

from tocsin.api.v1alpha1.parse import parse_rule
from tocsin.core.metrics import BUILT_IN
from tocsin.core.rules import Rule
from tocsin.core.serving import BY_KIND
from tocsin.engine.record import Stalled


def understood(
    body: Mapping[str, Any], default_interval: timedelta, sources: Set[str], kinds: Set[str]
) -> Rule | Stalled:
    """The rule that `body` declares, or what keeps it from being evaluated.

    It has to name `sources` that are there, and one at least of the `kinds` that are watched.
    """
    parsed = parse_rule(body, default_interval=default_interval)
    if not isinstance(parsed, Rule):
        return Stalled("InvalidSpec", "; ".join(map(str, parsed)))
    for asked in parsed.questions:
        if asked.source not in BUILT_IN and asked.source not in sources:
            known = ", ".join(sorted(sources - BUILT_IN)) or "none: set `sources` in the chart"
            said = f'there is no source "{asked.source}"; known: {known}'
            return Stalled("UnknownSource", said)
    if parsed.workloads and not parsed.workloads.kinds & kinds:
        return Stalled("UnknownKind", not_there(parsed.workloads.kinds))
    return parsed


def not_there(kinds: Set[str]) -> str:
    """What a rule is told that names `kinds` which are not watched."""
    named = ", ".join(f"{kind} ({BY_KIND[kind].api_version})" for kind in sorted(kinds))
    return (
        f"this cluster had no {named} when the operator started: install what defines it, then "
        "restart the operator"
    )
