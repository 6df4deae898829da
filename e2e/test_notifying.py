"""Who is told what, when, and how often: from a rule to a receiver and to `kubectl get`."""

from typing import Any

from e2e.routes import HOST, OF_SCORER, ON_PAPER, Listeners, in_order, plain, route, secret
from e2e.tools import Tools, wait_for
from e2e.world import LATENCY, World, wait_for_evaluations

from .test_columns import compare, rule


def test_a_bad_rollout_is_told_once_with_its_circumstances_and_so_is_its_end(
    tools: Tools, namespace: str, listeners: Listeners
) -> None:
    world = World(tools, namespace)
    world.run_model()
    tools.apply(namespace, LATENCY, route("oncall", listeners.hook()))
    world.wait_for_state("Inactive")
    world.roll_out_slow_version()

    first = listeners.wait_for("First", seconds=60)
    [alert] = first["firing"]
    assert (first["type"], first["severity"]) == ("incident.firing", "high")
    assert first["route"] == f"{namespace}/oncall"
    assert alert["rule"] == "high-latency"
    assert alert["workload"] == {"kind": "Deployment", "namespace": namespace, "name": "scorer"}
    assert (alert["threshold"], alert["value"][-2:]) == ("200ms", "ms")
    assert alert["context"].startswith("v18 ")
    assert alert["actions"] == [f"Roll back: kubectl rollout undo deployment/scorer -n {namespace}"]
    assert alert["summary"] in first["text"]

    world.roll_back()
    last = listeners.wait_for("AllResolved", seconds=60)
    assert last["type"] == "incident.resolved"
    assert [one["id"] for one in last["resolved"]] == [alert["id"]]
    assert last["resolved"][0]["resolvedReason"] == "Recovered"
    assert last["key"] == first["key"]
    assert listeners.reasons() == ["First", "AllResolved"]
    assert listeners.again() == 0


def test_what_joins_and_what_ends_is_told_in_one_incident(
    tools: Tools, namespace: str, listeners: Listeners
) -> None:
    tools.apply(namespace, route("all", listeners.hook(), groupBy=[]))
    tools.apply(namespace, rule("early", "low", "vector(0.312)"))
    listeners.wait_for("First")
    tools.apply(namespace, rule("late", "high", "vector(0.312)"))
    joined = listeners.wait_for("NewAlerts")
    assert [(one["rule"], one.get("isNew", False)) for one in joined["firing"]] == [
        ("late", True), ("early", False),
    ]  # fmt: skip
    listeners.suspend("late")
    partly = listeners.wait_for("SomeResolved")
    assert [one["rule"] for one in partly["firing"]] == ["early"]
    assert [one["rule"] for one in partly["resolved"]] == ["late"]
    listeners.suspend("early")
    listeners.wait_for("AllResolved")
    incident = listeners.wait_for_incident("Closed")
    assert listeners.reasons() == ["First", "NewAlerts", "SomeResolved", "AllResolved"]
    assert {one["incident"] for one in listeners.heard()} == {incident["metadata"]["name"]}


def test_columns_of_incidents_say_who_is_on_it_and_what_is_next(
    tools: Tools, namespace: str, listeners: Listeners
) -> None:
    tools.apply(namespace, ON_PAPER, route("oncall", listeners.hook(), repeatInterval="5s"))
    for name, query in {"firing": OF_SCORER, "over": "vector(1)", "taken": "vector(1)"}.items():
        tools.apply(namespace, rule(name, "high", query))
        listeners.wait_for("First", about=name)
    listeners.suspend("over")
    listeners.wait_for("AllResolved", about="over")
    taken = listeners.incident("taken")["metadata"]["name"]
    listeners.wait_for("Repeat", about="taken")
    listeners.annotate(f"mlinc/{taken}", "tocsin.dev/ack=on it")
    said = listeners.wait_for("Acknowledged", about="taken")["acknowledgement"]
    assert (said["by"], said["comment"]) == ("kubernetes-admin", "on it")

    states = {"scorer": "Firing", "over": "Closed", "taken": "Acknowledged"}
    wait_for("the others know", lambda: listeners.states() == states)
    for golden, args in (("incidents", ()), ("incidents-wide", ("-o", "wide"))):
        shown = tools.kubectl("get", "mlinc", "-n", namespace, *args).stdout
        compare(golden, in_order(plain(shown)))
    firing = ("--field-selector", "status.state=Acknowledged", "-o", "name")
    found = tools.kubectl("get", "mlinc", "-n", namespace, *firing).stdout
    assert found.split() == [f"mlincident.tocsin.dev/{taken}"]

    wait_for("firing is told again", lambda: len(listeners.about("firing")) >= 4, 30)
    assert [one["reason"] for one in listeners.about("taken")][-1] == "Acknowledged"


def test_what_is_wrong_with_a_secret_is_said_in_words_and_mended_without_a_restart(
    tools: Tools, namespace: str, listeners: Listeners
) -> None:
    names = ("absent", "unlabelled", "keyless", "elsewhere")
    hooks = [listeners.hook(name, bearerSecretRef={"name": name, "key": "token"}) for name in names]
    tools.apply(
        namespace,
        secret("unlabelled", label=False, token="t"),  # noqa: S106  # opens nothing
        secret("keyless", other="t"),
        secret("elsewhere", hosts="example.com", token="t"),  # noqa: S106  # opens nothing
        route("oncall", *hooks, listeners.hook("plain")),
        rule("low", "low", "vector(0.312)"),
    )
    listeners.wait_for("First", "plain")
    status = wait_for("four fail", lambda: _status(tools, namespace, failing=4))
    errors = {one["name"]: one.get("lastError", "") for one in status["receivers"]}
    where = f"Secret {namespace}"
    assert errors["absent"].startswith(f"{where}/absent does not exist: create it")
    assert "is not meant for Tocsin" in errors["unlabelled"]
    assert 'has no key "token", it has other' in errors["keyless"]
    assert f"may not be sent to {HOST}" in errors["elsewhere"]
    assert errors["plain"] == ""
    shown = plain(tools.kubectl("get", "nroute", "-n", namespace).stdout)
    compare("routes", shown)
    wide = tools.kubectl("get", "nroute", "-n", namespace, "-o", "wide").stdout
    assert "does not exist" in wide

    tools.apply(namespace, secret("absent", token="t"), secret("keyless", token="t"))  # noqa: S106  # opens nothing
    [_, advised] = errors["unlabelled"].split("kubectl ")
    tools.kubectl(*advised.strip("`").split())
    allowed = f"tocsin.dev/allowed-hosts={HOST}"
    listeners.annotate("secret/elsewhere", allowed)
    for name in names:
        listeners.wait_for("First", name, 60)
    status = wait_for("none fails", lambda: _status(tools, namespace, failing=0))
    assert not any(one.get("lastError") for one in status["receivers"])
    assert not any(listeners.again(name) for name in names)


def test_an_incident_that_somebody_deletes_is_made_again_and_nobody_is_told_twice(
    tools: Tools, namespace: str, listeners: Listeners
) -> None:
    tools.apply(namespace, route("oncall", listeners.hook()), rule("low", "low", "vector(0.312)"))
    listeners.wait_for("First")
    before = listeners.wait_for_incident("Firing")
    tools.kubectl("delete", "mlinc", before["metadata"]["name"], "-n", namespace)
    after = listeners.wait_for_incident("Firing")
    assert after["metadata"]["name"] == before["metadata"]["name"]
    assert after["metadata"]["uid"] != before["metadata"]["uid"]
    assert after["spec"] == before["spec"]
    wait_for_evaluations(tools, more=5)
    assert listeners.reasons() == ["First"]
    assert listeners.again() == 0
    listeners.suspend("low")
    listeners.wait_for("AllResolved")


def test_the_end_is_told_also_where_the_route_was_deleted(
    tools: Tools, namespace: str, listeners: Listeners
) -> None:
    tools.apply(namespace, route("oncall", listeners.hook()), rule("low", "low", "vector(0.312)"))
    listeners.wait_for("First")
    tools.kubectl("delete", "nroute", "oncall", "-n", namespace)
    tools.apply(namespace, rule("new", "low", "vector(0.312)"))
    World(tools, namespace).wait_for_state("Firing", "new")
    listeners.suspend("low")
    listeners.wait_for("AllResolved")
    assert listeners.reasons() == ["First", "AllResolved"]
    listeners.wait_for_incident("Closed")


def _status(tools: Tools, namespace: str, failing: int) -> dict[str, Any]:
    """The route's status, once so many receivers fail."""
    status: dict[str, Any] = tools.get("nroute", "oncall", namespace).get("status", {})
    return status if status.get("failing") == failing and status["openIncidents"] else {}
