"""The definitions are generated, current, bounded and small; models that do not fit are refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, Field

from tocsin.api.crd.__main__ import main
from tocsin.api.crd.definition import definition
from tocsin.api.crd.kinds import KINDS, ML_ALERT_RULE
from tocsin.api.crd.schema import SchemaError, structural_schema
from tocsin.api.v1alpha1.cel import exactly_one

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "crds", ROOT / "charts/tocsin/files/crds")
MAX_JSON = 200 * 1024  # kubectl apply keeps a copy in an annotation, which has 256 KiB


def test_the_files_are_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check", *map(str, FOLDERS)]) == 0, capsys.readouterr().err


def test_a_file_that_differs_is_named_with_the_command_that_mends_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 0
    assert main(["--check", str(tmp_path)]) == 0
    path = tmp_path / "tocsin.dev_mlalertrules.yaml"
    path.write_text(path.read_text().replace("mlar", "mlr"))
    assert main(["--check", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"{path} differs from the models: run `make generate`\n"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_definition_is_small_enough_for_kubectl_apply(kind: Any) -> None:
    assert len(json.dumps(definition(kind))) < MAX_JSON


def test_the_file_reads_back_as_what_was_written() -> None:
    text = (FOLDERS[0] / ML_ALERT_RULE.file_name).read_text()
    assert yaml.safe_load(text) == definition(ML_ALERT_RULE)
    assert "&id" not in text


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_field_is_described_with_an_example(kind: Any) -> None:
    for part in ("spec", "status"):
        described = dict(fields(schema_of(kind, part), part))
        for where, node in described.items():
            if "description" not in node:  # all of it is described once, elsewhere
                above = described[where.rpartition(".")[0].removesuffix("[]")]
                assert above.get("description", "As ").startswith("As "), where
                continue
            text = node["description"]
            if text.startswith("As "):  # described once, elsewhere
                text = described[text.removeprefix("As ").removesuffix(".")]["description"]
            assert "Example: " in text, where


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_optional_fields_of_a_spec_name_their_default(kind: Any) -> None:
    for name, node in schema_of(kind, "spec")["properties"].items():
        if name not in schema_of(kind, "spec")["required"]:
            assert "Default: " in node["description"], name


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_everything_in_a_spec_is_bounded_as_cel_has_a_budget(kind: Any) -> None:
    for where, node in nodes(schema_of(kind, "spec"), "spec"):
        if node.get("type") == "string" or node.get("x-kubernetes-int-or-string"):
            assert "enum" in node or "maxLength" in node, where
        if node.get("type") == "array":
            assert "maxItems" in node, where
        if "additionalProperties" in node:
            assert "maxProperties" in node, where


def test_exactly_one_grows_with_its_fields() -> None:
    both = exactly_one(["threshold", "absence"], "criterion")
    assert both["rule"] == "(has(self.threshold) ? 1 : 0) + (has(self.absence) ? 1 : 0) == 1"
    assert both["message"] == "exactly one criterion is needed: set one of threshold, absence"


class Described(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True)


class Leaf(Described):
    name: str
    """A name."""


class Tree(Described):
    child: "Tree | None" = None
    """A child."""


class Either(Described):
    choice: Leaf | Tree | None = None
    """A choice."""


class Pair(Described):
    pair: tuple[int, int]
    """A pair."""


class LookAhead(Described):
    text: Annotated[str, Field(json_schema_extra={"pattern": "^(?!x)"})]
    """A text."""


class Undescribed(Described):
    name: str


class Anything(Described):
    anything: Any
    """Anything."""


class Unique(Described):
    names: set[str]
    """Names."""


class ConstrainedNames(Described):
    entries: dict[Annotated[str, Field(pattern="^x")], str]
    """Entries."""


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Tree, "Tree.child: Tree contains itself"),
        (Either, "Either.choice: a choice of types"),
        (Pair, r"Pair.pair: a tuple"),
        (LookAhead, "LookAhead.text: look-around"),
        (Undescribed, "Undescribed.name: has no description"),
        (Anything, "Anything.anything: any JSON is not a type"),
        (Unique, "Unique.names: uniqueItems has no place"),
        (ConstrainedNames, "ConstrainedNames.entries: patternProperties has no place"),
    ],
)
def test_what_no_structural_schema_can_say_is_refused_by_model_and_field(
    model: type[BaseModel], message: str
) -> None:
    with pytest.raises(SchemaError, match=message):
        structural_schema(model)


class Everything(Described):
    """A model."""

    leaf: Leaf
    """A leaf that
    is described here."""

    number: int | str = 1
    """A number or text."""

    share: Annotated[float, Field(gt=0, lt=1)] | None = None
    """A share."""

    only: Literal["one"]
    """A constant."""

    entries: dict[str, str] | None = None
    """A map."""

    nothing: str | None
    """A text or null."""


def test_a_model_becomes_a_structural_schema() -> None:
    assert structural_schema(Everything) == {
        "description": "A model.",
        "type": "object",
        "required": ["leaf", "only", "nothing"],
        "properties": {
            "leaf": {
                "description": "A leaf that is described here.",
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"description": "A name.", "type": "string"}},
            },
            "number": {
                "description": "A number or text.",
                "default": 1,
                "x-kubernetes-int-or-string": True,
            },
            "share": {
                "description": "A share.",
                "type": "number",
                "minimum": 0,
                "exclusiveMinimum": True,
                "maximum": 1,
                "exclusiveMaximum": True,
            },
            "only": {"description": "A constant.", "type": "string", "enum": ["one"]},
            "entries": {
                "description": "A map.",
                "type": "object",
                "additionalProperties": {"type": "string"},
            },
            "nothing": {"description": "A text or null.", "type": "string", "nullable": True},
        },
    }


def schema_of(kind: Any, part: str) -> dict[str, Any]:
    version = definition(kind)["spec"]["versions"][0]
    schema: dict[str, Any] = version["schema"]["openAPIV3Schema"]["properties"][part]
    return schema


def nodes(node: dict[str, Any], where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield where, node
    for name, child in node.get("properties", {}).items():
        yield from nodes(child, f"{where}.{name}")
    for key in ("items", "additionalProperties"):
        if key in node:
            yield from nodes(node[key], f"{where}[]")


def fields(node: dict[str, Any], where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    found = nodes(node, where)
    return ((name, child) for name, child in found if name != where and not name.endswith("[]"))
