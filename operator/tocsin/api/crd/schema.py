"""From a pydantic model to the structural OpenAPI v3 schema that API servers demand."""

from collections.abc import Collection
from typing import Any, Final

from pydantic import BaseModel

Node = dict[str, Any]

_COPIED: Final[tuple[str, ...]] = (
    "description",
    "type",
    "format",
    "enum",
    "pattern",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
)
_HANDLED: Final = frozenset(
    {"$ref", "anyOf", "properties", "required", "items", "additionalProperties", "const"}
    | {"exclusiveMinimum", "exclusiveMaximum"}
)
_DROPPED: Final = frozenset({"title", "examples"})
_SAID_ELSEWHERE: Final = frozenset({"description", "x-kubernetes-validations"})
_LOOK_AROUND: Final = ("(?=", "(?!", "(?<=", "(?<!")


#: Marks an object whose fields are described elsewhere: its value says where. Those that `OWN`
#: lists are not.
LIKE: Final = "x-like"
OWN: Final = "x-own"
#: Marks an object that is whole where it comes first, which its value says, and brief elsewhere.
ONCE: Final = "x-once"


class SchemaError(Exception):
    """A model says what no structural schema can say; the message names model and field."""


def structural_schema(model: type[BaseModel]) -> Node:
    """The schema of `model`, with descriptions and without references.

    Raises:
        SchemaError: for recursion, a choice between objects, tuples, look-around, a field
            without description, or a keyword that API servers refuse.
    """
    schema = model.model_json_schema(by_alias=True, mode="validation")
    definitions = schema.pop("$defs", {})
    inside = () if "$ref" in schema else (model.__name__,)
    return _Converter(definitions).convert(schema, model.__name__, inside)


class _Converter:
    def __init__(self, definitions: dict[str, Node]) -> None:
        self._definitions = definitions
        self._described: set[str] = set()

    def convert(self, node: Node, where: str, inside: tuple[str, ...]) -> Node:
        """`node` as structural schema; `inside` are the models around it."""
        if "$ref" in node:
            return self._inline(node, where, inside)
        if "anyOf" in node:
            return self.convert(self._choose(node, where), where, inside)
        _refuse(node, where)
        node = self._once(node)
        result: Node = {key: _text(node[key]) for key in _COPIED if key in node}
        if "const" in node:
            result["enum"] = [node["const"]]
        _bounds(node, result)
        if node.get("default") is not None:
            result["default"] = node["default"]
        result |= {key: value for key, value in node.items() if key.startswith("x-kubernetes-")}
        if validations := result.get("x-kubernetes-validations"):  # pydantic sorted their keys
            result["x-kubernetes-validations"] = [_in_order(rule) for rule in validations]
        result |= self._children(node, where, inside)
        if "type" not in result and "x-kubernetes-int-or-string" not in result:
            raise SchemaError(f"{where}: any JSON is not a type: declare what the field holds")
        if LIKE not in node:
            return result
        if ONCE in node:
            return {"description": f"As {node[LIKE]}."} | _bare(result)
        return _brief(result, node[LIKE], node.get(OWN, ()))

    def _once(self, node: Node) -> Node:
        """`node`, which is described elsewhere if it was met before."""
        place = node.get(ONCE)
        if place is None or place not in self._described:
            self._described.add(place or "")
            return node
        return {LIKE: place} | node

    def _inline(self, node: Node, where: str, inside: tuple[str, ...]) -> Node:
        name = node["$ref"].rpartition("/")[2]
        if name in inside:
            raise SchemaError(f"{where}: {name} contains itself: a structural schema cannot recur")
        target = dict(self._definitions[name])
        if "enum" in target:
            target.pop("description", None)  # about the Python class, not about the field
        merged = target | {key: value for key, value in node.items() if key != "$ref"}
        if "properties" in target:
            return self.convert(merged, name, (*inside, name))
        return self.convert(merged, where, inside)

    def _choose(self, node: Node, where: str) -> Node:
        """The one type of an optional field, or an integer or text."""
        choices = [choice for choice in node["anyOf"] if choice != {"type": "null"}]
        rest = {key: value for key, value in node.items() if key != "anyOf"}
        if len(choices) == 1:
            nullable = len(choices) < len(node["anyOf"]) and "default" not in node
            chosen: Node = choices[0] | rest
            return chosen | {"x-nullable": True} if nullable else chosen
        types = {choice.get("type"): choice for choice in choices}
        if set(types) == {"integer", "string"}:
            # Patterns and lengths are checked of strings only. A type beside it would break
            # server-side apply of integers.
            text = {key: value for key, value in types["string"].items() if key != "type"}
            return text | rest | {"x-kubernetes-int-or-string": True}
        raise SchemaError(f"{where}: a choice of types: make it one object with optional fields")

    def _children(self, node: Node, where: str, inside: tuple[str, ...]) -> Node:
        children: Node = {}
        if "properties" in node:
            if node.get("required"):
                children["required"] = node["required"]
            children["properties"] = {
                name: self._property(field, f"{where}.{name}", inside)
                for name, field in node["properties"].items()
            }
        elif isinstance(node.get("additionalProperties"), dict):
            entry = self.convert(node["additionalProperties"], f"{where}.*", inside)
            children["additionalProperties"] = entry
        if "items" in node:
            children["items"] = self.convert(node["items"], f"{where}[]", inside)
        return children

    def _property(self, field: Node, where: str, inside: tuple[str, ...]) -> Node:
        if not field.get("description"):
            raise SchemaError(f"{where}: has no description: write a docstring below the field")
        return self.convert(field, where, inside)


def _brief(node: Node, like: str, own: Collection[str] = ()) -> Node:
    """`node` where all is described, and checked by CEL, at `like`: a definition must stay small.

    What only CEL could refuse is refused by the operator.
    """
    brief = {key: value for key, value in node.items() if key not in _SAID_ELSEWHERE}
    if "properties" in node:
        brief["properties"] = {
            name: child
            if name in own or str(child.get("description", "")).startswith("As ")
            else {"description": f"As {like}.{name}."} | _brief(child, f"{like}.{name}")
            for name, child in node["properties"].items()
        }
    for entries, mark in (("items", "[]"), ("additionalProperties", ".*")):
        if entries in node:
            brief[entries] = _brief(node[entries], f"{like}{mark}")
    return brief


def _bare(node: Node) -> Node:
    """`node` without a word: all of it is described, and checked by CEL, elsewhere."""
    bare = {key: value for key, value in node.items() if key not in _SAID_ELSEWHERE}
    if "properties" in node:
        bare["properties"] = {name: _bare(child) for name, child in node["properties"].items()}
    for entries in ("items", "additionalProperties"):
        if entries in node:
            bare[entries] = _bare(node[entries])
    return bare


def _refuse(node: Node, where: str) -> None:
    if "prefixItems" in node:
        raise SchemaError(f"{where}: a tuple: make it an object with named fields")
    if any(mark in node.get("pattern", "") for mark in _LOOK_AROUND):
        raise SchemaError(f"{where}: look-around in a pattern: API servers have RE2, say it in CEL")
    for key in node:
        known = key in _COPIED or key in _HANDLED or key in _DROPPED or key == "default"
        if not known and not key.startswith("x-"):
            raise SchemaError(f"{where}: {key} has no place in a structural schema")


def _bounds(node: Node, result: Node) -> None:
    """OpenAPI v3 has the bound as minimum, and says beside it that it is exclusive."""
    for side in ("Minimum", "Maximum"):
        if f"exclusive{side}" in node:
            result[side.lower()] = node[f"exclusive{side}"]
            result[f"exclusive{side}"] = True
    if "x-nullable" in node:
        result["nullable"] = True


def _in_order(rule: Node) -> Node:
    return {key: rule[key] for key in ("rule", *(key for key in rule if key != "rule"))}


def _text(value: Any) -> Any:
    """Docstrings are wrapped for editors; readers of the schema wrap them anew."""
    if not isinstance(value, str):
        return value
    return "\n\n".join(" ".join(part.split()) for part in value.split("\n\n"))
