"""JSON Schema, as much of it as our own schemas use; a word that is not known is refused."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

from e2e.receivers.calls import Json

Schema = Json

_TYPES: Final[dict[str, Callable[[Any], bool]]] = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "null": lambda v: v is None,
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
}
#: What can be compared without looking further, with what is said where it does not hold.
_LIMITS: Final[dict[str, tuple[str, Callable[[Any, Any], bool]]]] = {
    "const": ("string boolean null integer number", lambda v, limit: v == limit),
    "enum": ("string boolean null integer number", lambda v, limit: v in limit),
    "pattern": ("string", lambda v, limit: re.search(limit, v) is not None),
    "minLength": ("string", lambda v, limit: len(v) >= limit),
    "maxLength": ("string", lambda v, limit: len(v) <= limit),
    "minItems": ("array", lambda v, limit: len(v) >= limit),
    "maxItems": ("array", lambda v, limit: len(v) <= limit),
    "minimum": ("number", lambda v, limit: v >= limit),
    "maximum": ("number", lambda v, limit: v <= limit),
    "exclusiveMinimum": ("number", lambda v, limit: v > limit),
    "format": ("string", lambda v, limit: limit != "date-time" or is_time(v)),
}
_WORDS: Final = frozenset(
    (
        "$defs", "$id", "$ref", "$schema", "additionalProperties", "anyOf", "default",
        "deprecated", "description", "examples", "items", "oneOf", "properties", "required",
        "title", "type",
    )
)  # fmt: skip


def problems(schema: Schema, value: Any) -> list[str]:
    """What of `value` does not fit, each with its place; empty if it fits."""
    return list(_walk(schema, value, "", schema))


def unknown_words(schema: Any) -> set[str]:
    """Words of a schema that are not looked at here, and so have to be learnt first."""
    if not isinstance(schema, dict):
        return set()
    found = schema.keys() - _WORDS - _LIMITS.keys()
    inner = [schema.get("items"), schema.get("additionalProperties")]
    for word in ("properties", "$defs"):
        inner += schema.get(word, {}).values()
    for word in ("anyOf", "oneOf"):
        inner += schema.get(word, [])
    return set(found).union(*map(unknown_words, inner))


def is_time(value: str) -> bool:
    """Whether it is a time as RFC 3339 has them, with its zone."""
    try:
        return "T" in value and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _walk(schema: Any, value: Any, at: str, root: Schema) -> Iterator[str]:
    if schema in (True, {}):
        return
    if schema is False:
        yield f"{at}: must not be there"
        return
    if "$ref" in schema:
        yield from _walk(_resolved(root, schema["$ref"]), value, at, root)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_TYPES[kind](value) for kind in kinds):
        yield f"{at}: must be {' or '.join(kinds)}"
        return
    for word, (of, holds) in _LIMITS.items():
        applies = any(_TYPES[kind](value) for kind in of.split())
        if word in schema and applies and not holds(value, schema[word]):
            yield f"{at}: {word} {schema[word]} does not hold"
    for word in ("anyOf", "oneOf"):
        if word in schema and all(any(_walk(s, value, at, root)) for s in schema[word]):
            yield f"{at}: fits none of {len(schema[word])} forms"
    yield from _members(schema, value, at, root)


def _members(schema: Schema, value: Any, at: str, root: Schema) -> Iterator[str]:
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from _walk(schema["items"], item, f"{at}/{number}", root)
    if isinstance(value, dict):
        known = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                yield f"{at}/{name}: is missing"
        for name, item in value.items():
            form = known.get(name, schema.get("additionalProperties", True))
            yield from _walk(form, item, f"{at}/{name}", root)


def _resolved(root: Schema, reference: str) -> Any:
    found: Any = root
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found
