"""Rules and workloads by what a person calls them."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from tocsin.api.explanation.rule import Missing, Near
from tocsin.core.inventory import Inventory, ObjectRef
from tocsin.core.rules import RuleKey
from tocsin.core.serving import BY_KIND
from tocsin.engine.book import Book
from tocsin.engine.explaining.shown import clean
from tocsin.engine.record import Record

#: Names that are compared to find the nearest: each costs some 20 µs.
_COMPARED: Final = 1000
_NEAREST: Final = 5
_KINDS: Final = {
    name: one.kind for one in BY_KIND.values() for name in (one.kind.lower(), one.plural)
} | {"deploy": "Deployment", "sts": "StatefulSet", "isvc": "InferenceService", "ro": "Rollout"}


def find_rule(book: Book, asked: str) -> Record | None:
    """The rule NAMESPACE/NAME, or NAME where only one namespace has it."""
    namespace, slash, name = asked.rpartition("/")
    if slash:
        return book.get(RuleKey(namespace, name))
    named = [record for record in book if record.key.name == name]
    return named[0] if len(named) == 1 else None


def no_rule(book: Book, asked: str) -> Missing:
    """There is no such rule; those of its name, and those that are spelled most like it."""
    namespace, _, name = asked.rpartition("/")
    keys = sorted((record.key for record in book), key=lambda key: key.namespace != namespace)
    same = [key for key in keys if key.name == name]
    by_name = {str(key): key for key in keys[:_COMPARED]}
    like = [by_name[text] for text in _nearest(asked if namespace else f"/{asked}", by_name)]
    found = list(dict.fromkeys([*same, *like]))[:_NEAREST]
    error = f"there is no rule {clean(asked)}"
    if not namespace and len(same) > 1:
        error = f"there are several rules {clean(asked)}: name the namespace, too"
    return Missing(error=error, nearest=[_near(str(key), key) for key in found])


def no_workload(rule: RuleKey, inventory: Inventory, asked: str) -> Missing:
    """There is no such workload in the rule's namespace; those that are spelled most like it."""
    names: dict[str, str] = {}
    for ref in inventory.workloads:
        full = f"{ref.kind}/{ref.name}"
        names[ref.name] = names[full] = full
    found = list(dict.fromkeys(names[text] for text in _nearest(asked, names)))
    error = f"there is no workload {clean(asked)} in namespace {rule.namespace}"
    return Missing(error=error, nearest=[_near(name, rule, name) for name in found])


def _nearest(name: str, names: Iterable[str]) -> list[str]:
    return get_close_matches(name, list(names)[:_COMPARED], n=_NEAREST, cutoff=0.6)


def _near(name: str, rule: RuleKey, workload: str = "") -> Near:
    link = f"explain?rule={rule}" + (f"&workload={workload}" if workload else "")
    return Near(name=name, link=link)


class WorkloadFilter:
    """Which workloads are asked for: KIND/NAME or NAME, kinds as kubectl takes them."""

    def __init__(self, asked: str) -> None:
        kind, _, self.name = asked.rpartition("/")
        self._kind = _KINDS.get(kind.lower(), kind)

    def __str__(self) -> str:
        return f"{self._kind}/{self.name}" if self._kind else self.name

    def takes(self, ref: ObjectRef | None) -> bool:
        """Whether `ref` is meant."""
        return ref is not None and self.names(ref.kind, ref.name)

    def names(self, kind: str, name: str) -> bool:
        """Whether the object of this kind and name is meant."""
        return name == self.name and self._kind in ("", kind)
