"""What silences and routes say of themselves, as rules, alerts and edits come and go."""

from typing import Any

import pytest

from tests.engine.world import NAMESPACE, World, started
from tocsin.core.notify.silences import SilenceKey


def named(name: str, generation: int = 1, **spec: Any) -> dict[str, Any]:
    metadata = {
        "name": name,
        "namespace": NAMESPACE,
        "uid": f"uid-{name}",
        "generation": generation,
        "resourceVersion": str(10 * generation),
        "creationTimestamp": "2026-01-31T11:00:00Z",
    }
    return {"metadata": metadata, "spec": spec}


def matched(world: World) -> int:
    entry = world.engine.desk.silencing.silences.get(SilenceKey(NAMESPACE, "deploy"))
    assert entry
    return entry.matched


@pytest.mark.parametrize("ends", ["value", "rule"])
async def test_a_silence_forgets_an_alert_that_no_route_takes_once_it_is_over(ends: str) -> None:
    world = await started(firing=True)
    world.see("AlertSilence", named("deploy", selector={"all": True}, duration="2h", comment="x"))
    await world.tick(5)
    assert matched(world) == 1
    if ends == "rule":
        world.delete()
    world.value(scorer=1)
    await world.tick(60)
    assert matched(world) == 0


async def test_a_route_says_that_it_has_seen_an_edit_that_changes_nothing() -> None:
    world = await started()
    receivers = [{"name": "chat", "webhook": {"url": "https://chat.example/in"}}]
    spec = {"selector": {"severities": ["high"]}, "receivers": receivers}
    status: dict[str, Any] = {}
    for generation, wait in enumerate(("60s", "1m"), start=1):
        body = named("oncall", generation, groupWait=wait, **spec) | {"status": status}
        world.kept.objects["NotificationRoute", NAMESPACE, "oncall"] = body
        world.see("NotificationRoute", body)
        await world.tick(5)
        status = world.kept.objects["NotificationRoute", NAMESPACE, "oncall"]["status"]
        assert status["observedGeneration"] == generation
        assert status["conditions"][0]["status"] == "True"
