"""The operator's own rule: it is a good rule, and applying it outlasts an absent API server."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.engine.fakes import FakeSource
from tests.engine.world import NAMESPACE, World
from tocsin.api.v1alpha1.parse import parse_rule
from tocsin.core.rules import Rule
from tocsin.core.samples import Failure, FailureKind
from tocsin.engine import own_rules
from tocsin.engine.own_rules import NAME, apply_own_rules, sources_rule
from tocsin.ports import ConflictError, RefusedError, UnavailableError, WriteError

DOWN = Failure(FailureKind.UNREACHABLE, "connection refused")


class Applier:
    """Keeps what is applied; fails with `faults` first."""

    def __init__(self, *faults: WriteError) -> None:
        self.faults = list(faults)
        self.applied: list[Mapping[str, Any]] = []
        self.attempts = 0

    async def apply(self, rule: Mapping[str, Any]) -> None:
        self.attempts += 1
        if self.faults:
            raise self.faults.pop(0)
        self.applied.append(rule)


@pytest.fixture
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_rules, "delay_after", lambda _: timedelta())


def test_the_own_rule_has_no_unknown_field() -> None:
    parsed = parse_rule(sources_rule("ops"), default_interval=timedelta(seconds=30), strict=True)
    assert isinstance(parsed, Rule), parsed


async def test_a_source_that_dies_is_told_of_within_two_minutes_by_its_name() -> None:
    world = World({"default": FakeSource({"vector(1)": DOWN}), "other": FakeSource()})
    world.apply(sources_rule(NAMESPACE))
    world.list_all()
    await world.tick(120)
    assert world.status(NAME)["message"] == (
        "source default does not answer: rules over it see nothing"
    )
    assert [one.reason for one in world.take_told()] == ["AlertFiring"]


@pytest.mark.usefixtures("_no_waiting")
async def test_applying_waits_for_an_api_server_that_does_not_answer() -> None:
    applier = Applier(UnavailableError("503"), UnavailableError("503"))
    await apply_own_rules(applier, "ops")
    assert [rule["metadata"]["namespace"] for rule in applier.applied] == ["ops"]


@pytest.mark.parametrize("error", [ConflictError("changed"), RefusedError("403")])
async def test_a_rule_that_was_changed_or_is_refused_is_left_alone(error: WriteError) -> None:
    applier = Applier(error)
    await apply_own_rules(applier, "ops")
    assert (applier.attempts, applier.applied) == (1, [])
