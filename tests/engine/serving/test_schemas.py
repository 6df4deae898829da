"""The objects of these tests are such as the definitions of their kinds take."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from e2e.receivers.schema import problems
from tests.engine.serving.test_serving import (
    ROLLOUT,
    Body,
    condition,
    inference_service,
    model,
    ray_service,
)
from tocsin.core.serving import OPTIONAL, ServingKind

CRDS = Path(__file__).parents[3] / "e2e" / "serving" / "crds.yaml"
DEFINED: dict[str, Body] = {
    one["spec"]["names"]["kind"]: one["spec"] for one in yaml.safe_load_all(CRDS.read_text())
}

COPIES = {"transitionStatus": "InProgress", "copies": {"totalCopies": 2, "failedCopies": 0}}
OBJECTS: dict[str, Body] = {
    "Rollout": ROLLOUT,
    "InferenceService": inference_service("False", modelStatus=COPIES),
    "RayService": ray_service(serviceStatus="Running", conditions=[condition("Ready", "True")]),
    "Model": model({"conditions": [condition("ModelReady", "True")], "availableReplicas": 1}),
}


def closed(schema: Any) -> Any:
    """`schema` that takes no field that it does not name: a field that is misspelt shows."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {"additionalProperties": False} if isinstance(schema.get("properties"), dict) else {}
    return strict | {word: closed(value) for word, value in schema.items()}


@pytest.mark.parametrize("one", OPTIONAL, ids=lambda one: str(one.kind))
def test_an_object_of_the_tests_is_one_that_its_definition_takes(one: ServingKind) -> None:
    defined = DEFINED[one.kind]
    [version] = defined["versions"]
    assert (defined["group"], defined["names"]["plural"]) == (one.group, one.plural)
    assert version["name"] == one.version
    assert version["subresources"] == {"status": {}}
    schema = closed(version["schema"]["openAPIV3Schema"])
    assert problems(schema, OBJECTS[one.kind]) == []


def test_a_field_that_is_misspelt_or_of_another_type_shows() -> None:
    schema = closed(DEFINED["RayService"]["versions"][0]["schema"]["openAPIV3Schema"])
    wrong: list[Body] = [{"activeServicesStatus": {}}, {"serviceStatus": 1}, {"conditions": [{}]}]
    for status in wrong:
        assert problems(schema, {"spec": {}, "status": status})
