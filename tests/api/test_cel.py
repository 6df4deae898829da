"""Every CEL rule of the definitions has an example that breaks it, and parsing refuses it too.

That the API server refuses the same examples, with these words, is shown in e2e/test_schema.py.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.api.parsers import PARSERS, problems_in
from tests.api.rules import Example, invalid_rules
from tocsin.api.crd.definition import definition
from tocsin.api.crd.kinds import KINDS


@dataclass(frozen=True)
class CelRule:
    """Where a rule stands and what it says; `made` is the expression that makes its message."""

    kind: str
    field: str
    message: str
    made: str = ""

    def broken_by(self, example: Example) -> bool:
        """Whether the example says that the API server refuses it by this rule."""
        if re.sub(r"\[\d+\]", "[]", example.field) != self.field:
            return False
        return example.refused in self.message or _has_part_of(example.refused, self.made)


def _has_part_of(refused: str, made: str) -> bool:
    """Whether a dozen characters of a text in the expression `made` stand in `refused`."""
    texts = re.findall(r"'([^']+)'", made)
    parts = (text[at : at + 12] for text in texts for at in range(len(text) - 11))
    return any(part in refused for part in parts)


def _rules_in(kind: str, node: dict[str, Any], where: str) -> Iterator[CelRule]:
    for rule in node.get("x-kubernetes-validations", ()):
        field = f"{where}{rule.get('fieldPath', '')}".removeprefix(".")
        yield CelRule(kind, field, rule["message"], rule.get("messageExpression", ""))
    for name, child in node.get("properties", {}).items():
        yield from _rules_in(kind, child, f"{where}.{name}")
    for key, mark in (("items", "[]"), ("additionalProperties", ".*")):
        if key in node:
            yield from _rules_in(kind, node[key], f"{where}{mark}")


RULES = Counter(
    rule
    for kind in KINDS
    if kind.name in PARSERS  # MLIncident is written by the operator
    for version in definition(kind)["spec"]["versions"]
    for rule in _rules_in(kind.name, version["schema"]["openAPIV3Schema"], "")
)


@pytest.mark.parametrize(
    "rule", RULES, ids=lambda rule: f"{rule.kind} {rule.field}: {rule.message}"
)
def test_every_cel_rule_has_an_example_that_parsing_refuses_at_the_same_field(
    rule: CelRule,
) -> None:
    examples = invalid_rules(PARSERS[rule.kind].folder)
    broken = [example for example in examples if rule.broken_by(example)]
    # Rules that say the same of one field, as its order with two others, have one example each.
    assert len(broken) >= RULES[rule], f"fixtures/invalid has no example for it: {rule}"
    for example in broken:
        assert example.field in [problem.field for problem in problems_in(rule.kind, example.body)]


def test_there_are_rules_to_look_at() -> None:
    assert RULES.total() >= 25


def test_a_rule_without_an_example_would_be_found() -> None:
    stray = CelRule("MLAlertRule", "spec.interval", "an interval must be odd")
    assert not any(stray.broken_by(example) for example in invalid_rules())
