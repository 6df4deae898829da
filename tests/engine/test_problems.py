"""Problems that a rule shows: series of nobody, models claimed twice, templates that fail."""

from typing import Any

import pytest

from tests.engine.world import Told, World, asking, rule, started
from tocsin.core.samples import Sample, Samples

PLAIN = "latency: scorer is at 12 (limit 10)"


async def ambiguous() -> World:
    world = await started()
    world.deploy("ranker", "m")
    world.source.answers["q"] = Samples((Sample({"model": "m"}, 12),))
    await world.tick(5)
    return world


async def test_a_model_that_two_workloads_claim_is_told_on_the_rule_and_on_both() -> None:
    world = await ambiguous()
    attributed = world.condition("Attributed")
    assert (attributed["status"], attributed["reason"]) == ("False", "ModelAmbiguous")
    assert attributed["message"].startswith(
        'model "m" is claimed by Deployment ranker and Deployment scorer'
    )
    assert world.status()["alerts"] == []
    subjects = ("MLAlertRule/latency", "Deployment/ranker", "Deployment/scorer")
    assert world.take_told() == [
        Told("ModelAmbiguous", subject, attributed["message"]) for subject in subjects
    ]


async def test_a_model_that_is_claimed_twice_is_told_once_also_over_a_restart() -> None:
    world = await ambiguous()
    world.take_told()
    await world.tick(20)
    world.restart()
    await world.tick(20)
    assert world.take_told() == []


async def test_a_model_that_is_claimed_once_again_gets_its_series() -> None:
    world = await ambiguous()
    world.undeploy("ranker")
    await world.tick(5)
    assert world.condition("Attributed")["status"] == "True"
    assert world.status()["state"] == "Pending"


async def test_series_that_belong_to_nobody_name_the_labels_to_add() -> None:
    world = await started()
    world.source.answers["q"] = Samples((Sample({"b": "x", "a": "y"}, 12),))
    await world.tick(5)
    attributed = world.condition("Attributed")
    assert (attributed["status"], attributed["reason"]) == ("False", "NothingAttributed")
    assert "namespace and pod" in attributed["message"]
    assert attributed["message"].endswith("labels: a, b")
    assert world.status()["unattributed"] == 1


async def test_the_order_of_an_answer_writes_no_status() -> None:
    world = await started()
    series = (Sample({"a": "1"}, 1), Sample({"b": "2"}, 2))
    world.source.answers["q"] = Samples(series)
    await world.tick(5)
    writes = len(world.api.writes)
    world.source.answers["q"] = Samples(series[::-1])
    await world.tick(5)
    assert len(world.api.writes) == writes


async def test_one_series_that_belongs_to_somebody_is_enough() -> None:
    world = await started()
    mine = Sample({"namespace": "fraud", "deployment": "scorer"}, 3)
    world.source.answers["q"] = Samples((mine, Sample({"a": "1"}, 1)))
    await world.tick(5)
    assert world.condition("Attributed")["status"] == "True"
    assert world.status()["unattributed"] == 1


async def test_an_unknown_function_is_told_at_once_and_the_alert_fires_in_plain_words() -> None:
    world = await started()
    world.apply(rule(summary="{{ $value | nonsense }}"))
    await world.tick(5)
    rendered = world.condition("Rendered")
    assert (rendered["status"], rendered["reason"]) == ("False", "TemplateFailed")
    assert rendered["message"].startswith("spec.summary: unknown function nonsense; there are: ")
    assert [(one.reason, one.note) for one in world.take_told()] == [
        ("TemplateFailed", rendered["message"])
    ]
    world.value(scorer=12)
    await world.tick(20)
    assert world.status()["message"] == PLAIN
    assert [(one.reason, one.note) for one in world.take_told()] == [("AlertFiring", PLAIN)] * 2
    world.apply(rule())
    await world.tick(5)
    assert world.condition("Rendered")["status"] == "True"


async def test_a_label_that_is_missing_is_told_when_an_alert_shows_it() -> None:
    world = await started(summary="{{ $labels.gpu }} is slow")
    assert world.condition("Rendered")["status"] == "True"
    world.value(scorer=12)
    await world.tick(15)
    rendered = world.condition("Rendered")
    assert rendered["status"] == "False"
    assert 'no label or field "gpu"' in rendered["message"]
    assert "deployment, namespace, version" in rendered["message"]
    assert world.status()["state"] == "Firing"
    assert [one.reason for one in world.take_told()] == ["TemplateFailed", *["AlertFiring"] * 2]


@pytest.mark.parametrize(
    "spec", [{"description": "{{ nonsense }}"}, {"links": {"runbook": "{{ nonsense }}"}}]
)
async def test_another_text_that_fails_does_not_touch_the_summary(
    spec: dict[str, Any],
) -> None:
    world = await started(firing=True, summary="{{ $workload.name }} is at {{ $value }}", **spec)
    assert world.status()["message"] == "scorer is at 12"
    assert world.condition("Rendered")["status"] == "False"


async def test_a_template_that_names_no_part_of_the_rule_is_told_before_anything_fires() -> None:
    world = World()
    world.deploy()
    world.apply(rule(summary="{{ $parts.slow.value }}"))
    world.list_all()
    world.value(scorer=3)
    await world.tick(10)
    said = world.condition("Rendered")
    assert said["status"] == "False"
    assert said["message"] == "spec.summary: there is no part slow; only a composite has parts"


async def test_a_part_whose_series_lost_their_labels_is_named_and_not_attributed() -> None:
    parts = [{"name": name, **asking(name)} for name in ("errors", "slow")]
    world = World()
    world.deploy()
    world.apply(rule(criterion={"composite": {"when": "errors && slow", "parts": parts}}))
    world.list_all()
    mine = Samples((Sample({"namespace": "fraud", "deployment": "scorer"}, 12),))
    world.source.answers |= {"errors": mine, "slow": Samples((Sample({}, 12),))}
    await world.tick(5)
    attributed = world.condition("Attributed")
    assert (attributed["status"], attributed["reason"]) == ("False", "NothingAttributed")
    assert attributed["message"].startswith("no series of part slow belongs to a selected workload")
    world.source.answers["slow"] = mine
    await world.tick(5)
    assert world.condition("Attributed")["status"] == "True"
