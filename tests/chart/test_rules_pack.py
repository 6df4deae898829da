"""The chart of rules: its values are those that its schema and its templates know."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

CHART = Path(__file__).resolve().parents[2] / "charts" / "tocsin-rules"
VALUES: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text())
SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text())
TEMPLATES = {path.stem: path.read_text() for path in (CHART / "templates").glob("*.yaml")}


def test_the_schema_knows_the_values_and_nothing_else() -> None:
    properties = SCHEMA["properties"]
    assert set(VALUES) == set(properties) - {"global"}
    for group in ("metrics", "rules"):
        assert set(VALUES[group]) == set(properties[group]["properties"])
        assert properties[group]["additionalProperties"] is False
    for name, rule in VALUES["rules"].items():
        known = properties["rules"]["properties"][name]
        assert set(rule) == set(known["properties"])
        assert known["additionalProperties"] is False


def test_every_value_is_used() -> None:
    text = "".join(path.read_text() for path in (CHART / "templates").iterdir())
    named = set(re.findall(r"[.]([A-Za-z]\w*)", text))
    wanted = set(VALUES) | set(VALUES["metrics"]) | set(VALUES["rules"])
    for rule in VALUES["rules"].values():
        wanted |= set(rule)
    assert wanted - named == set()


def test_there_is_a_template_for_each_of_ten_rules() -> None:
    kebab = {re.sub(r"(?<!^)([A-Z])", r"-\1", name).lower() for name in VALUES["rules"]}
    assert set(TEMPLATES) == kebab
    assert len(TEMPLATES) == 10
