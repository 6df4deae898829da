"""The chart's values and their schema, to be walked by tests."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).resolve().parents[2] / "charts" / "tocsin"
EVERYTHING = Path(__file__).with_name("everything.yaml")

Json = dict[str, Any]
Place = tuple[str | int, ...]
"""Where a value is: keys of objects and indices of lists."""


def schema() -> Json:
    """The schema that Helm checks values with."""
    return load(json.loads((CHART / "values.schema.json").read_text()))


def defaults() -> Json:
    """What a value is when nobody sets it."""
    return load(yaml.safe_load((CHART / "values.yaml").read_text()))


def everything() -> Json:
    """Every value, none as it is by default. Aliases become values of their own."""
    return load(json.loads(json.dumps(yaml.safe_load(EVERYTHING.read_text()))))


def load(document: object) -> Json:
    """The document, which must be an object."""
    assert isinstance(document, dict)
    return document


def resolve(node: Json, root: Json) -> Json:
    """The schema that `$ref` stands for."""
    if "$ref" not in node:
        return node
    return load(root["definitions"][node["$ref"].removeprefix("#/definitions/")])


def schema_leaves(node: Json, root: Json, path: str = "") -> Iterator[str]:
    """The values that the schema knows: `image.tag`, `sources[].name`, `nodeSelector{}`."""
    node = resolve(node, root)
    if "properties" in node:
        for name, child in node["properties"].items():
            yield from schema_leaves(child, root, f"{path}.{name}" if path else name)
    elif node.get("type") == "array":
        yield from schema_leaves(node["items"], root, f"{path}[]")
    elif node.get("type") == "object":
        yield f"{path}{{}}"
    else:
        yield path


def leaves(value: object, path: Place = ()) -> Iterator[tuple[Place, object]]:
    """The values that are no objects and no lists, with their places."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from leaves(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from leaves(child, (*path, index))
    else:
        yield path, value


def schema_at(path: Place, root: Json) -> tuple[Json, str]:
    """The schema of the value at this place, and the place as `schema_leaves` writes it."""
    node, name = root, ""
    for step in path:
        if isinstance(step, int):
            node, name = resolve(node["items"], root), f"{name}[]"
        elif step in node.get("properties", {}):
            node, name = resolve(node["properties"][step], root), f"{name}.{step}".strip(".")
        elif isinstance(node.get("additionalProperties"), dict):
            node, name = resolve(node["additionalProperties"], root), f"{name}{{}}"
        else:
            raise LookupError(f"the schema does not know {path}")
    return node, name


def another(value: object, node: Json) -> object:
    """A value that the schema takes and that is not this one."""
    if "enum" in node:
        return next(choice for choice in node["enum"] if choice != value)
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value - 1 if value > 1 else value + 1
    pattern = node.get("pattern", "")
    return next(new for new in (f"1{value}", f"{value}1") if re.search(pattern, new))


def replaced(document: Json, path: Place, value: object) -> Json:
    """A copy of the document with another value at this place."""
    copy = deepcopy(document)
    place: Any = copy
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return copy
