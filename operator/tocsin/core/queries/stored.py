"""The query of a stored baseline: which ConfigMap, and how its features are labelled."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StoredQuery:
    """A ConfigMap, and the labels of features and categories that its samples get."""

    namespace: str
    name: str
    feature_label: str
    category_label: str

    def __str__(self) -> str:
        return f"ConfigMap {self.namespace}/{self.name}"
