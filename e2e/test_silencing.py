"""Silence asked for by one command: who asked, what it says of itself, and what it keeps quiet."""

from datetime import datetime
from typing import Any

import pytest

from e2e.routes import OF_SCORER, ON_PAPER, Json, Listeners, in_order, plain, route, silence
from e2e.tools import Tools, wait_for
from e2e.world import World, wait_for_evaluations

from .test_columns import compare, rule

OBJECTS = {
    "mlar/low": "MLAlertRule",
    "deployment/scorer": "Deployment",
    "namespace": "Namespace",
}
#: Who `kubectl` is in the tests.
ME = "kubernetes-admin"


@pytest.mark.parametrize("what", OBJECTS)
def test_an_annotation_silences_until_it_is_taken_away(
    what: str, tools: Tools, namespace: str, listeners: Listeners
) -> None:
    world, kind = World(tools, namespace), OBJECTS[what]
    where = f"namespace/{namespace}" if what == "namespace" else what
    tools.apply(namespace, ON_PAPER, route("oncall", listeners.hook()))
    tools.apply(namespace, rule("low", "low", OF_SCORER, suspend="true"))
    listeners.annotate(where, "tocsin.dev/silence=2h deploy of v18")
    made = _only_silence(tools, namespace, "Active")
    assert made["spec"]["comment"] == "deploy of v18"
    assert made["status"]["by"] == made["metadata"]["annotations"]["tocsin.dev/by"] == ME
    name = made["metadata"]["name"]
    event = world.wait_for_event("SilenceStarted", kind)
    assert event["note"] == (f"silenced for 2h by AlertSilence {namespace}/{name}: deploy of v18")

    listeners.suspend("low", False)
    world.wait_for_state("Firing", "low")
    wait_for("it matches", lambda: _matched(tools, namespace, name) == 1)
    wait_for_evaluations(tools, more=5)
    assert listeners.heard() == []

    listeners.annotate(where, "tocsin.dev/silence-")
    told = listeners.wait_for("SilenceEnded")
    assert told["detail"] == f"silence {namespace}/{name} ended"
    ended = _only_silence(tools, namespace, "Expired")
    assert ended["status"]["endedReason"] == "AnnotationRemoved"
    note = world.wait_for_event("SilenceEnded", "AlertSilence")["note"]
    assert note == (
        f'the silence "deploy of v18" by {ME} has ended: its annotation was taken away; '
        "1 alert fires that it selects"
    )


def test_of_what_fires_already_the_end_is_told_though_it_is_silenced(
    tools: Tools, namespace: str, listeners: Listeners
) -> None:
    tools.apply(namespace, route("oncall", listeners.hook(), repeatInterval="2s"))
    tools.apply(namespace, rule("low", "low", "vector(0.312)"))
    listeners.wait_for("First")
    listeners.annotate("mlar/low", "tocsin.dev/silence=untilResolved known, see #12")
    listeners.wait_for_incident("Silenced")
    heard = listeners.reasons()
    wait_for_evaluations(tools, more=10)
    assert listeners.reasons() == heard, "nothing is repeated"
    listeners.suspend("low")
    assert listeners.wait_for("AllResolved")["resolved"][0]["rule"] == "low"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "tomorrow no idea",
            '"tomorrow" is no duration: write for how long and why',
        ),
        ("2h", "it does not say why"),
        ("until 2020-01-31T14:00Z moving", "2020-01-31 14:00Z has passed"),
    ],
)
def test_a_malformed_annotation_silences_nothing_and_says_so(
    text: str, says: str, tools: Tools, namespace: str, listeners: Listeners
) -> None:
    world = World(tools, namespace)
    tools.apply(namespace, route("oncall", listeners.hook()))
    tools.apply(namespace, rule("low", "low", "vector(0.312)", suspend="true"))
    listeners.annotate("mlar/low", f"tocsin.dev/silence={text}")
    event = world.wait_for_event("SilenceInvalid", "MLAlertRule")
    assert event["type"] == "Warning"
    assert f"the annotation tocsin.dev/silence silences nothing: {says}" in event["note"]
    listeners.suspend("low", False)
    listeners.wait_for("First")
    assert tools.items("asil", namespace) == []


def test_columns_of_silences_say_until_when_and_by_whom(
    tools: Tools, namespace: str, listeners: Listeners
) -> None:
    tools.apply(namespace, rule("low", "low", "vector(0.312)"))
    listeners.annotate("mlar/low", "tocsin.dev/silence=2h deploy of v18")
    times: dict[str, dict[str, Any]] = {
        "later": {"startsAt": "2090-01-01T00:00:00Z", "duration": "1h"},
        "over": {"endsAt": "2020-01-01T00:00:00Z"},
        "resting": {"duration": "1h", "suspend": True},
    }
    for name, spec in times.items():
        tools.apply(namespace, silence(name, **spec))

    def states() -> list[str]:
        found = tools.items("asil", namespace)
        return sorted(one.get("status", {}).get("state", "") for one in found)

    wait_for("all have a state", lambda: states() == ["Active", "Expired", "Pending", "Suspended"])
    wait_for("one matches", lambda: any(
        one["status"].get("matched") for one in tools.items("asil", namespace)))  # fmt: skip
    for golden, args in (("silences", ()), ("silences-wide", ("-o", "wide"))):
        shown = tools.kubectl("get", "asil", "-n", namespace, *args).stdout
        compare(golden, in_order(plain(shown)))


def test_nobody_can_name_somebody_else(tools: Tools, namespace: str, listeners: Listeners) -> None:
    tools.apply(namespace, rule("low", "low", "vector(0.312)"))
    tools.kubectl(
        "annotate", "mlar/low", "-n", namespace, "tocsin.dev/silence=1h deploy",
        "tocsin.dev/by=alice@example.com",
    )  # fmt: skip
    made = _only_silence(tools, namespace, "Active")
    assert made["status"]["by"] == ME
    listeners.annotate(f"asil/{made['metadata']['name']}", "tocsin.dev/by=alice@example.com")
    name = made["metadata"]["name"]
    after = tools.get("asil", name, namespace)["metadata"]["annotations"]
    assert after["tocsin.dev/by"] == ME
    until = datetime.fromisoformat(made["status"]["ends"])
    assert until.tzinfo is not None


def _only_silence(tools: Tools, namespace: str, state: str) -> Json:
    """The namespace's only silence, once it is in `state`."""

    def probe() -> Json | None:
        [found] = tools.items("asil", namespace)
        return found if found.get("status", {}).get("state") == state else None

    return wait_for(f"the silence is {state}", probe, 30)


def _matched(tools: Tools, namespace: str, name: str) -> int:
    found: int = tools.get("asil", name, namespace)["status"].get("matched", 0)
    return found
