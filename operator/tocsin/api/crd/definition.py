"""The CustomResourceDefinition of one kind."""

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from tocsin.api.crd.schema import structural_schema

GROUP = "tocsin.dev"
VERSION = "v1alpha1"


@dataclass(frozen=True)
class Column:
    """A column of `kubectl get`; with a priority, only of `kubectl get -o wide`."""

    name: str
    path: str
    description: str
    type: str = "string"
    priority: int = 0

    def to_json(self) -> dict[str, Any]:
        """The column as an API server takes it."""
        column = {
            "name": self.name,
            "type": self.type,
            "description": self.description,
            "jsonPath": self.path,
        }
        return column | ({"priority": self.priority} if self.priority else {})


@dataclass(frozen=True)
class Kind:
    """One custom resource: its names, models and columns."""

    name: str
    singular: str
    plural: str
    short: str
    description: str
    spec: type[BaseModel]
    status: type[BaseModel]
    columns: tuple[Column, ...] = ()
    selectable: tuple[str, ...] = ()
    rules: dict[str, Any] = field(default_factory=dict)

    @property
    def file_name(self) -> str:
        """Where its definition is written."""
        return f"{GROUP}_{self.plural}.yaml"


def definition(kind: Kind) -> dict[str, Any]:
    """The CustomResourceDefinition of `kind`.

    Raises:
        SchemaError: its models have no structural schema.
    """
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "names": {
                "kind": kind.name,
                "listKind": f"{kind.name}List",
                "plural": kind.plural,
                "singular": kind.singular,
                "shortNames": [kind.short],
                "categories": ["tocsin"],
            },
            "scope": "Namespaced",
            "versions": [_version(kind)],
        },
    }


def _version(kind: Kind) -> dict[str, Any]:
    return {
        "name": VERSION,
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "additionalPrinterColumns": [column.to_json() for column in kind.columns],
        "selectableFields": [{"jsonPath": path} for path in kind.selectable],
        "schema": {"openAPIV3Schema": _root(kind)},
    }


def _root(kind: Kind) -> dict[str, Any]:
    return {
        "description": kind.description,
        "type": "object",
        **kind.rules,
        "required": ["spec"],
        "properties": {
            "apiVersion": {"type": "string", "description": f"Always {GROUP}/{VERSION}."},
            "kind": {"type": "string", "description": f"Always {kind.name}."},
            # Declared so that a rule's fieldPath can name it.
            "metadata": {"type": "object", "properties": {"name": {"type": "string"}}},
            "spec": structural_schema(kind.spec),
            "status": structural_schema(kind.status),
        },
    }
