"""Our own schemas are looked at whole: none has a word that the stand-in does not know."""

import json
from pathlib import Path
from typing import Any

import pytest

from e2e.receivers.schema import problems, unknown_words
from e2e.receivers.world import World

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.schema.json")), ids=lambda path: path.name)
def test_every_schema_of_the_documentation_is_understood(path: Path) -> None:
    assert unknown_words(json.loads(path.read_text())) == set()


def test_a_schema_that_is_not_understood_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="multipleOf"):
        World({"properties": {"a": {"anyOf": [{"items": {"multipleOf": 2}}]}}})


@pytest.mark.parametrize(
    ("schema", "good", "bad", "said"),
    [
        ({"type": ["string", "null"]}, None, 1, ": must be string or null"),
        ({"type": "integer"}, 1, True, ": must be integer"),
        ({"enum": ["a"]}, "a", "b", ": enum ['a'] does not hold"),
        ({"minimum": 1}, 1, 0, ": minimum 1 does not hold"),
        ({"items": {"type": "string"}}, ["a"], ["a", 1], "/1: must be string"),
        ({"additionalProperties": False}, {}, {"a": 1}, "/a: must not be there"),
        ({"required": ["a"]}, {"a": 1}, {}, "/a: is missing"),
        ({"anyOf": [{"type": "null"}, {"type": "string"}]}, "a", 1, ": fits none of 2 forms"),
        (
            {"$ref": "#/$defs/a", "$defs": {"a": {"maxLength": 1}}},
            "a", "ab", ": maxLength 1 does not hold",
        ),
    ],
)  # fmt: skip
def test_a_value_fits_or_is_refused_with_its_place(
    schema: dict[str, Any], good: Any, bad: Any, said: str
) -> None:
    assert problems(schema, good) == []
    assert problems(schema, bad) == [said]
