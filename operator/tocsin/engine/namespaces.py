"""The namespaces that there are, by their labels: what `namespaceSelector` selects."""

from collections.abc import Iterator, Mapping, Set
from typing import Any, Final

NAMESPACE: Final = "Namespace"


class Namespaces(Mapping[str, Mapping[str, str]]):
    """Labels by namespace."""

    def __init__(self) -> None:
        self._labels: dict[str, Mapping[str, str]] = {}

    def __getitem__(self, name: str) -> Mapping[str, str]:
        return self._labels[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._labels)

    def __len__(self) -> int:
        return len(self._labels)

    def saw(self, body: Mapping[str, Any]) -> bool:
        """A namespace is there or has changed; whether its labels are new."""
        metadata = body["metadata"]
        labels = dict(metadata.get("labels") or {})
        changed = self._labels.get(metadata["name"]) != labels
        self._labels[metadata["name"]] = labels
        return changed

    def gone(self, name: str) -> bool:
        """A namespace was deleted; whether it was known."""
        return self._labels.pop(name, None) is not None

    def listed(self, names: Set[tuple[str, str]]) -> bool:
        """All namespaces were listed: what the list does not name is gone; whether any is."""
        there = {name for _, name in names}
        gone = self._labels.keys() - there
        for name in gone:
            self.gone(name)
        return bool(gone)
