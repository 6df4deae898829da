"""Which alerts a route or a silence is about: one kind of selector for both."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tocsin.core.inventory import ObjectRef
from tocsin.core.labels import LabelSelector
from tocsin.core.notify.alarms import Alarm
from tocsin.core.rules import Severity


class Comparison(StrEnum):
    """How an expression compares a label of the alert."""

    IN = "In"
    NOT_IN = "NotIn"
    EXISTS = "Exists"
    DOES_NOT_EXIST = "DoesNotExist"
    MATCHES = "Matches"  # whole, as regular expressions of Prometheus are


class WholePattern(Protocol):
    """A regular expression, of an engine whose time grows with the length of the text only."""

    def fullmatch(self, text: str, /) -> object:
        """Something that is true if all of `text` matches, else None."""
        ...


@dataclass(frozen=True)
class Expression:
    """One condition on one label of the alert; a label that is not there is empty."""

    key: str
    comparison: Comparison
    values: frozenset[str] = frozenset()
    patterns: tuple[WholePattern, ...] = ()

    def matches(self, alarm: Alarm) -> bool:
        """Whether `alarm` fulfils it."""
        value = alarm.labels.get(self.key)
        match self.comparison:
            case Comparison.IN:
                return value in self.values
            case Comparison.NOT_IN:
                return value not in self.values
            case Comparison.EXISTS:
                return value is not None
            case Comparison.DOES_NOT_EXIST:
                return value is None
            case Comparison.MATCHES:
                return any(pattern.fullmatch(value or "") for pattern in self.patterns)


@dataclass(frozen=True)
class WorkloadName:
    """A workload by kind and name, in whichever namespace the selector speaks of."""

    kind: str
    name: str

    @staticmethod
    def of(ref: ObjectRef) -> "WorkloadName":
        """That of `ref`."""
        return WorkloadName(ref.kind, ref.name)


@dataclass(frozen=True)
class AlertSelector:
    """All terms that are given, together; `everything` is a term that always holds.

    `namespaces` has the namespaces in which it counts; None: all of them.
    """

    namespaces: frozenset[str] | None
    severities: frozenset[Severity] = frozenset()
    rules: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    workloads: frozenset[WorkloadName] = frozenset()
    workload_selector: LabelSelector | None = None
    expressions: tuple[Expression, ...] = ()
    everything: bool = False

    def matches(self, alarm: Alarm) -> bool:
        """Whether it is about `alarm`."""
        return not any(True for _ in self._misfits(alarm))

    def mismatch(self, alarm: Alarm) -> str | None:
        """The first term that does not fit `alarm`, for a person; None: all fit."""
        return next((misfit for misfit in self._misfits(alarm)), None)

    def _misfits(self, alarm: Alarm) -> Iterator[str]:
        ref = alarm.workload
        if self.namespaces is not None and alarm.namespace not in self.namespaces:
            yield f"namespace {alarm.namespace}"
        if self.severities and alarm.severity not in self.severities:
            yield f"severity {alarm.severity}"
        if self.rules and alarm.rule.name not in self.rules:
            yield f"rule {alarm.rule.name}"
        if self.kinds and (ref is None or ref.kind not in self.kinds):
            yield f"kind {ref.kind if ref else 'none: it has no workload'}"
        if self.workloads and (ref is None or WorkloadName.of(ref) not in self.workloads):
            yield f"workload {alarm.subject}"
        if self.workload_selector and not (
            ref and self.workload_selector.matches(alarm.workload_labels)
        ):
            yield "workloadSelector"
        for expression in self.expressions:
            if not expression.matches(alarm):
                yield f"matchExpressions on {expression.key}"
