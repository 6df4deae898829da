"""Every notice of an alert leads to where it is explained."""

import json

import pytest

from tests.core.making import alert, rule
from tests.engine.world import World, started
from tocsin.core.identity import Identity
from tocsin.engine.notices import DETAILS
from tocsin.engine.whereabouts import where_explained

SITE = "https://tocsin.example.com"


@pytest.mark.parametrize(
    ("url", "identity", "where"),
    [
        ("", None, "tocsin explain fraud/latency --workload Deployment/scorer"),
        ("", Identity(None), "tocsin explain fraud/latency"),
        (SITE, None, f"{SITE}/explain?rule=fraud/latency&workload=Deployment/scorer"),
        (SITE, Identity(None), f"{SITE}/explain?rule=fraud/latency"),
    ],
)
def test_it_is_a_link_where_people_reach_the_operator_and_else_a_command(
    url: str, identity: Identity | None, where: str
) -> None:
    assert where_explained(url, rule(), alert(identity)) == where


def explained(world: World) -> list[str]:
    """Where each Event since the last time leads."""
    told, world.events.notices = world.events.notices, []
    return [json.loads(notice.annotations[DETAILS])["explain"] for notice in told]


@pytest.mark.parametrize("description", ["", "{{ $labels.version }}" + "x" * 3000])
async def test_the_events_of_a_start_and_of_an_end_lead_there(description: str) -> None:
    world = await started(description=description, labels={f"l{n}": "y" * 900 for n in range(16)})
    world.value(scorer=12)
    await world.tick(20)
    where = "tocsin explain fraud/latency --workload Deployment/scorer"
    assert explained(world) == [where] * 2
    world.value(scorer=3)
    await world.tick(5)
    assert explained(world) == [where] * 2
