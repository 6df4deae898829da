"""Label selectors match as Kubernetes matches them."""

import pytest

from tocsin.core.labels import LabelSelector, Operator, Requirement

TEAM_IS = Requirement("team", Operator.IN, frozenset({"fraud", "credit"}))
TIER_IS_NOT = Requirement("tier", Operator.NOT_IN, frozenset({"test"}))


@pytest.mark.parametrize(
    ("requirement", "labels", "matches"),
    [
        (TEAM_IS, {"team": "fraud"}, True),
        (TEAM_IS, {"team": "ads"}, False),
        (TEAM_IS, {}, False),
        (TIER_IS_NOT, {"tier": "prod"}, True),
        (TIER_IS_NOT, {"tier": "test"}, False),
        (TIER_IS_NOT, {}, True),
        (Requirement("team", Operator.EXISTS), {"team": ""}, True),
        (Requirement("team", Operator.EXISTS), {}, False),
        (Requirement("team", Operator.DOES_NOT_EXIST), {}, True),
        (Requirement("team", Operator.DOES_NOT_EXIST), {"team": ""}, False),
    ],
)
def test_a_requirement_compares_one_label(
    requirement: Requirement, labels: dict[str, str], matches: bool
) -> None:
    assert requirement.matches(labels) is matches


def test_a_selector_needs_all_its_requirements() -> None:
    selector = LabelSelector((TEAM_IS, TIER_IS_NOT))
    assert selector.matches({"team": "fraud"})
    assert not selector.matches({"team": "fraud", "tier": "test"})


def test_a_selector_without_requirements_selects_everything() -> None:
    assert LabelSelector().matches({})
