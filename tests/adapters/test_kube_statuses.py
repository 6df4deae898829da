"""Statuses by server-side apply, and the API server's errors in the words of the ports."""

import asyncio
import socket

import pytest
from kubernetes.aio.client import ApiClient, Configuration

from tests.adapters.apiserver import api_server
from tocsin.adapters.kube import requests
from tocsin.adapters.kube.rights import CLUSTER_WIDE, RIGHTS, Own, missing_rights
from tocsin.adapters.kube.statuses import KubeStatuses
from tocsin.core.rules import RuleKey
from tocsin.ports import ConflictError, GoneError, RefusedError, UnavailableError, WriteError

KEY = RuleKey("fraud", "high-latency")
STATUS = {"state": "Firing", "alerts": []}


async def test_a_status_is_applied_at_the_version_that_was_read() -> None:
    async with api_server() as (server, client):
        server.will(200, {"metadata": {"resourceVersion": "42"}})
        version = await KubeStatuses(client, server.count).write(KEY, "41", STATUS)
    request = server.requests[0]
    assert version == "42"
    assert request.method == "PATCH"
    assert request.path == (
        "/apis/tocsin.dev/v1alpha1/namespaces/fraud/mlalertrules/high-latency/status"
    )
    assert request.content_type == "application/apply-patch+yaml"
    assert request.query["fieldManager"] == "tocsin"
    assert request.query["force"].lower() == "true"
    assert request.body == {
        "apiVersion": "tocsin.dev/v1alpha1",
        "kind": "MLAlertRule",
        "metadata": {"name": "high-latency", "resourceVersion": "41"},
        "status": STATUS,
    }
    assert server.counted == [("patch", "mlalertrules/status", "200")]


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (409, "the object has been modified", ConflictError),
        (404, "not found", GoneError),
        (401, "Unauthorized", UnavailableError),
        (408, "timeout", UnavailableError),
        (429, "too many requests", UnavailableError),
        (500, "etcdserver: leader changed", UnavailableError),
        (502, "bad gateway", UnavailableError),
        (503, "apiserver is shutting down", UnavailableError),
        (504, "request timed out", UnavailableError),
        (400, "invalid", RefusedError),
        (403, "forbidden: cannot patch", RefusedError),
        (413, "too large", RefusedError),
        (422, "status.state: Unsupported value", RefusedError),
        (500, ".status.bogus: field not declared in schema", RefusedError),
    ],
)
async def test_an_error_says_whether_trying_again_helps(
    status: int, message: str, error: type[WriteError]
) -> None:
    async with api_server() as (server, client):
        server.will(status, {"kind": "Status", "message": message, "code": status})
        with pytest.raises(error) as raised:
            await KubeStatuses(client, server.count).write(KEY, "41", STATUS)
    assert type(raised.value) is error
    assert message in str(raised.value)
    assert str(status) in str(raised.value)
    assert "b'" not in str(raised.value)
    assert server.counted == [("patch", "mlalertrules/status", str(status))]


@pytest.mark.parametrize("body", ["<html>Sign in</html>", "", {"kind": "Status"}])
async def test_what_is_no_object_at_all_may_be_tried_again(body: object) -> None:
    async with api_server() as (server, client):
        server.will(200, body)
        with pytest.raises(UnavailableError, match="not the API server"):
            await KubeStatuses(client, server.count).write(KEY, "41", STATUS)


async def test_a_connection_that_breaks_may_be_tried_again() -> None:
    async with api_server() as (server, client):
        server.will(0)
        with pytest.raises(UnavailableError, match="the API server does not answer"):
            await KubeStatuses(client, server.count).write(KEY, "41", STATUS)
    assert server.counted == [("patch", "mlalertrules/status", "none")]


async def test_a_refused_connection_may_be_tried_again() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # taken, but nobody listens
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        async with ApiClient(Configuration(host=url)) as client:
            with pytest.raises(UnavailableError, match="ClientConnectorError"):
                await KubeStatuses(client, lambda *_: None).write(KEY, "41", STATUS)


async def test_a_server_that_hangs_costs_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.adapters.kube.statuses.TIMEOUT", 0.1)
    hung: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: hung.append(writer), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        async with asyncio.timeout(3), ApiClient(Configuration(host=url)) as client:
            with pytest.raises(UnavailableError):
                await KubeStatuses(client, lambda *_: None).write(KEY, "41", STATUS)
    finally:
        for writer in hung:
            writer.close()
        server.close()
        await server.wait_closed()
    assert 1 <= requests.TIMEOUT <= 10


async def test_rights_are_asked_for_each_verb_and_the_missing_ones_are_named() -> None:
    verbs = sum(len(verbs) for _, _, verbs in RIGHTS)
    wide = sum(len(verbs) for _, _, verbs in CLUSTER_WIDE)
    its = Own("ml", "tocsin", rules=True)
    async with api_server() as (server, client):
        for number in range(2 * verbs + wide + 7):
            allowed = number not in (0, verbs + 2, *(2 * verbs + wide + late for late in (0, 2, 6)))
            server.will(201, {"spec": {}, "status": {"allowed": allowed}})
        missing = await missing_rights(client, server.count, ("fraud", None), its)
    assert missing == [
        "list mlalertrules in namespace fraud",
        "patch mlalertrules/status in all namespaces",
        "create leases in namespace ml",
        "update lease tocsin in namespace ml",
        "patch mlalertrules in namespace ml",
    ]
    everything = [request.body["spec"]["resourceAttributes"] for request in server.requests]
    asked, own = everything[: 2 * verbs + wide], everything[2 * verbs + wide :]
    assert {(a["namespace"], a["resource"], a["verb"], a.get("name")) for a in own} == {
        ("ml", "leases", "create", None),
        *(("ml", "leases", verb, "tocsin") for verb in ("get", "list", "watch", "update")),
        *(("ml", "mlalertrules", verb, None) for verb in ("create", "patch")),
    }
    assert {
        (a.get("group", ""), a["resource"], a.get("subresource"), a["verb"]) for a in asked
    } == {
        (group, name, part or None, verb)
        for group, resource, verbs in (*RIGHTS, *CLUSTER_WIDE)
        for name, _, part in [resource.partition("/")]
        for verb in verbs
    }
    assert asked[0]["namespace"] == "fraud"
    assert "namespace" not in asked[-1]


async def test_what_cannot_be_asked_is_not_called_missing() -> None:
    async with api_server() as (server, client):
        for _ in range(30):
            server.will(503)
        assert (
            await missing_rights(client, server.count, (None,), Own("ml", "tocsin", rules=False))
            == []
        )
