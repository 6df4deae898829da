"""What is said twice is one Event, counted up."""

from e2e.tools import Tools, wait_for
from e2e.world import World

from .test_columns import rule


def test_the_same_alert_firing_again_counts_its_event_up(tools: Tools, namespace: str) -> None:
    world = World(tools, namespace)
    tools.apply(namespace, rule("twice", "critical", "vector(0.312)"))
    world.wait_for_state("Firing", "twice")
    fire_twice(world)

    def count() -> int | None:
        [event] = world.events("AlertFiring")
        series: dict[str, int] = event.get("series") or {}
        return series.get("count")

    assert wait_for("the Event is counted up", count) == 2
    assert world.status("twice")["history"][0]["reason"] == "RuleSuspended"


def fire_twice(world: World) -> None:
    """Have the rule `twice`, which fires, end and fire again with the same value."""
    for suspend, state in (("true", "Suspended"), ("false", "Firing")):
        patch = f'{{"spec": {{"suspend": {suspend}}}}}'
        args = ("patch", "mlar", "twice", "-n", world.namespace, "--type=merge", "-p", patch)
        world.tools.kubectl(*args)
        world.wait_for_state(state, "twice")
