"""Labels within bounds, so that no series is lost for what somebody wrote into its labels.

A series that is left out, or an answer that is refused, would blind a rule to what others wrote
into a metric. So an oversized label is replaced by what still tells it from every other one: the
same series keeps its identity, and two that differed still differ.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

#: Stands for the labels that a series has beyond the bound, or under a name beyond it.
FOLDED: Final = "folded_labels"

#: Labels by which a series finds its workload: they are folded last.
_PLACING: Final = frozenset(
    {"namespace", "pod", "deployment", "statefulset", "model", "model_name", "__name__"}
)


@dataclass(frozen=True)
class LabelBounds:
    """The most labels of a series, and the most characters of a name and of a value."""

    count: int = 64
    name: int = 128
    value: int = 1024

    def hold(self, labels: Mapping[str, str]) -> bool:
        """Whether `labels` are within these bounds."""
        return (
            len(labels) <= self.count
            and max(map(len, labels.values()), default=0) <= self.value
            and max(map(len, labels), default=0) <= self.name
        )

    def hold_all(self, many: Collection[Mapping[str, str]]) -> bool:
        """Whether the labels of many series are all within these bounds; each is looked at once."""
        names: set[str] = set().union(*many)
        values: set[str] = set().union(*(labels.values() for labels in many))
        return (
            max(map(len, many), default=0) <= self.count
            and max(map(len, values), default=0) <= self.value
            and max(map(len, names), default=0) <= self.name
        )


def bounded(labels: Mapping[str, str], bounds: LabelBounds) -> dict[str, str]:
    """`labels` within `bounds`; what is within them stays, and once bounded stays so."""
    if bounds.hold(labels):
        return dict(labels)
    short = (n for n in labels if len(n) <= bounds.name and n != FOLDED)
    names = sorted(short, key=_first_those_that_place)
    kept = names if len(names) == len(labels) <= bounds.count else names[: bounds.count - 1]
    folded = sorted(set(labels) - set(kept))
    shown = {name: _shortened(labels[name], bounds.value) for name in kept}
    if folded:
        pairs = "".join(_spelled(name) + _spelled(labels[name]) for name in folded)
        shown[FOLDED] = f"{len(folded)} labels, {_digest(pairs)}"
    return shown


def _first_those_that_place(name: str) -> tuple[bool, str]:
    return name not in _PLACING, name


def _shortened(value: str, length: int) -> str:
    if len(value) <= length:
        return value
    rest = f"… ({len(value)} characters, {_digest(value)})"
    return value[: length - len(rest)] + rest


def _spelled(part: str) -> str:
    return f"{len(part)}:{part}"


def _digest(text: str) -> str:
    return "sha256 " + hashlib.sha256(text.encode()).hexdigest()[:32]
