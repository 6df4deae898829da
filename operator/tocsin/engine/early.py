"""What came before its time: the latest of each object, as it is, until somebody may decide."""

from collections.abc import Mapping, Set
from typing import Any

Body = Mapping[str, Any]


class Early:
    """Bodies of objects by kind, namespace and name."""

    def __init__(self) -> None:
        self._bodies: dict[str, dict[tuple[str, str], Body]] = {}

    def saw(self, kind: str, body: Body) -> None:
        """An object is there, or has changed."""
        self._bodies.setdefault(kind, {})[name_of(body)] = body

    def gone(self, kind: str, namespace: str, name: str) -> None:
        """An object was deleted."""
        self._bodies.get(kind, {}).pop((namespace, name), None)

    def listed(self, kind: str, namespace: str | None, names: Set[tuple[str, str]]) -> None:
        """A whole list of `kind` was read: what it does not name is gone."""
        self._bodies[kind] = {
            name: body
            for name, body in self._bodies.get(kind, {}).items()
            if name in names or namespace not in (None, name[0])
        }

    def take(self, kind: str) -> list[Body]:
        """All of `kind`, the oldest first, so that none takes another's place."""
        return sorted(self._bodies.pop(kind, {}).values(), key=_age)


def name_of(body: Body) -> tuple[str, str]:
    """Namespace and name of an object."""
    return body["metadata"]["namespace"], body["metadata"]["name"]


def _age(body: Body) -> tuple[str, str]:
    return body["metadata"].get("creationTimestamp") or "", body["metadata"]["name"]
