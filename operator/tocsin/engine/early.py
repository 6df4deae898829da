"""What came before its time: the latest of each object, as it is, until somebody may decide.

An open incident that is deleted meanwhile is kept: people were told of it, and are to hear its end.
"""

from collections.abc import Mapping, Sequence, Set
from typing import Any

from tocsin.engine.notifying.case import KIND as INCIDENT

Body = Mapping[str, Any]


class Early:
    """Bodies of objects by kind, namespace and name."""

    def __init__(self) -> None:
        self._bodies: dict[str, dict[tuple[str, str], Body]] = {}
        self._deleted: dict[tuple[str, str], Body] = {}

    def saw(self, kind: str, body: Body) -> None:
        """An object is there, or has changed."""
        self._bodies.setdefault(kind, {})[name_of(body)] = body
        if kind == INCIDENT:
            self._deleted.pop(name_of(body), None)

    def gone(self, kind: str, namespace: str, name: str) -> None:
        """An object was deleted."""
        body = self._bodies.get(kind, {}).pop((namespace, name), None)
        if kind == INCIDENT and body and not (body.get("status") or {}).get("closedAt"):
            self._deleted[namespace, name] = body

    def listed(self, kind: str, namespace: str | None, names: Set[tuple[str, str]]) -> None:
        """A whole list of `kind` was read: what it does not name is gone."""
        for name in [*self._bodies.get(kind, {})]:
            if name not in names and namespace in (None, name[0]):
                self.gone(kind, *name)

    def take(self, kinds: Sequence[str]) -> list[tuple[str, Body]]:
        """All of `kinds`, in their order; the oldest first, so that none takes another's place."""
        taken = []
        for kind in kinds:
            bodies = [*self._bodies.pop(kind, {}).values()]
            bodies += self._deleted.values() if kind == INCIDENT else ()
            taken += [(kind, body) for body in sorted(bodies, key=_age)]
        return taken

    def take_deleted(self) -> list[tuple[str, str, str]]:
        """Kind, namespace and name of what was taken and is deleted."""
        deleted, self._deleted = self._deleted, {}
        return [(INCIDENT, *name) for name in deleted]


def name_of(body: Body) -> tuple[str, str]:
    """Namespace and name of an object."""
    return body["metadata"]["namespace"], body["metadata"]["name"]


def _age(body: Body) -> tuple[str, str]:
    return body["metadata"].get("creationTimestamp") or "", body["metadata"]["name"]
