"""Whose rule asks: what a query is about where it does not say so itself."""

from dataclasses import dataclass, field

from tocsin.core.labels import LabelSelector


@dataclass(frozen=True)
class Home:
    """The namespace of a rule, and the kinds and labels of its workloads."""

    namespace: str = ""
    kinds: frozenset[str] = frozenset()
    selector: LabelSelector = field(default_factory=LabelSelector)
