"""The operator's Lease as it is read, written and watched."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from kubernetes.aio.client import ApiClient

from tests.adapters.apiserver import ApiServer, Stream, api_server
from tocsin.adapters.kube.leases import KubeLeases, read_lease
from tocsin.core.lease import Lease
from tocsin.ports import ConflictError, GoneError, RefusedError, UnavailableError, WriteError

PATH = "/apis/coordination.k8s.io/v1/namespaces/ml/leases"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
LEASE = Lease(
    "tocsin-7c4f",
    acquired_at=NOON,
    renewed_at=NOON + timedelta(milliseconds=5250),
    duration=timedelta(seconds=15),
    transitions=3,
    version="41",
)
SPEC = {
    "holderIdentity": "tocsin-7c4f",
    "leaseDurationSeconds": 15,
    "acquireTime": "2026-01-31T12:00:00.000000Z",
    "renewTime": "2026-01-31T12:00:05.250000Z",
    "leaseTransitions": 3,
}


def stored(version: str = "41", **metadata: Any) -> dict[str, Any]:
    """The object as the server has it."""
    return {"metadata": {"name": "tocsin", "resourceVersion": version, **metadata}, "spec": SPEC}


def keeper(server: ApiServer, client: ApiClient) -> KubeLeases:
    return KubeLeases(client, client, server.count, "ml", "tocsin")


async def test_a_lease_is_read_as_it_was_written() -> None:
    async with api_server() as (server, client):
        server.will(200, stored())
        assert await keeper(server, client).read() == LEASE
    assert (server.requests[0].method, server.requests[0].path) == ("GET", f"{PATH}/tocsin")
    assert server.counted == [("get", "leases", "200")]


async def test_where_there_is_no_lease_none_is_read() -> None:
    async with api_server() as (server, client):
        server.will(404)
        assert await keeper(server, client).read() is None


async def test_the_first_lease_is_made_with_times_in_microseconds() -> None:
    async with api_server() as (server, client):
        server.will(201, stored("42"))
        written = await keeper(server, client).write(replace(LEASE, version=""))
    assert written.version == "42"
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", PATH)
    assert request.body == {
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": {"name": "tocsin", "annotations": {}},
        "spec": SPEC,
    }


async def test_a_lease_is_replaced_at_its_version_and_keeps_what_others_put_on_it() -> None:
    owners = [{"kind": "Deployment", "name": "tocsin"}]
    async with api_server() as (server, client):
        leases = keeper(server, client)
        server.will(
            200,
            stored(
                labels={"a": "b"},
                ownerReferences=owners,
                managedFields=[{}],
                annotations={"note": "mine"},
            ),
        )
        server.will(200, stored("42"))
        read = await leases.read()
        assert read
        await leases.write(replace(read, unobserved_since=NOON))
    request = server.requests[1]
    assert (request.method, request.path) == ("PUT", f"{PATH}/tocsin")
    assert request.body["metadata"] == {
        "name": "tocsin",
        "resourceVersion": "41",
        "labels": {"a": "b"},
        "ownerReferences": owners,
        "annotations": {
            "note": "mine",
            "tocsin.dev/unobserved-since": "2026-01-31T12:00:00.000000Z",
        },
    }
    assert server.counted[1] == ("update", "leases", "200")


def test_until_when_nothing_was_observed_is_read_back_and_taken_off_again() -> None:
    body = stored(annotations={"tocsin.dev/unobserved-since": "2026-01-31T11:00:00.000000Z"})
    assert read_lease(body).unobserved_since == datetime(2026, 1, 31, 11, tzinfo=UTC)


@pytest.mark.parametrize("spec", [None, {}, {"renewTime": "soon"}, {"renewTime": 5}])
def test_a_lease_that_says_nothing_was_renewed_as_long_ago_as_can_be(spec: Any) -> None:
    lease = read_lease({"metadata": {"resourceVersion": "1"}, "spec": spec})
    assert lease.renewed_at == datetime(1970, 1, 1, tzinfo=UTC)
    assert (lease.holder, lease.transitions, lease.version) == ("", 0, "1")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (409, ConflictError),
        (404, GoneError),
        (403, RefusedError),
        (503, UnavailableError),
        (0, UnavailableError),
    ],
)
async def test_a_renewal_that_fails_says_how(status: int, error: type[Exception]) -> None:
    async with api_server() as (server, client):
        server.will(status)
        with pytest.raises(error):
            await keeper(server, client).write(LEASE)


async def test_what_answers_without_being_the_api_server_is_no_lease() -> None:
    async with api_server() as (server, client):
        server.will(200, ["hello"])
        with pytest.raises(UnavailableError, match="not the API server"):
            await keeper(server, client).read()


async def followed(leases: KubeLeases, silence: float = 1) -> list[str]:
    """The versions that the watch told of, and at the end the error that ended it, if one did."""
    seen = []
    try:
        async for lease in leases.changes(silence):
            version = lease.version if lease else "none"
            seen.append(version)  # what came before the error counts too
    except WriteError as error:
        seen.append(f"{type(error).__name__}: {error}")
    return seen


def told(kind: str, version: str) -> dict[str, Any]:
    return {"type": kind, "object": stored(version)}


LISTED = {"metadata": {"resourceVersion": "40"}, "items": []}


async def test_the_watch_is_of_this_lease_alone_and_tells_of_each_change_until_it_ends() -> None:
    events = [told("ADDED", "41"), told("MODIFIED", "42"), told("DELETED", "43")]
    async with api_server() as (server, client):
        server.will(200, LISTED)
        server.will(200, "".join(orjson.dumps(event).decode() + "\n" for event in events))
        seen = await followed(keeper(server, client))
    assert seen == ["none", "41", "42", "none"]
    listing, watching = server.requests
    assert (listing.path, watching.path) == (PATH, PATH)
    assert listing.query == {"fieldSelector": "metadata.name=tocsin"}
    assert watching.query["fieldSelector"] == "metadata.name=tocsin"
    assert (watching.query["watch"].lower(), watching.query["resourceVersion"]) == ("true", "40")
    assert server.counted == [("list", "leases", "200"), ("watch", "leases", "200")]


async def test_a_lease_that_is_there_is_told_first_and_keeps_what_others_put_on_it() -> None:
    listed = stored("41", labels={"team": "ml"})
    async with api_server() as (server, client):
        server.will(200, {"metadata": {"resourceVersion": "44"}, "items": [listed]})
        server.will(200, "")
        server.will(200, stored("45"))
        leases = keeper(server, client)
        assert await followed(leases) == ["41"]
        await leases.write(LEASE)
    assert server.requests[2].body["metadata"]["labels"] == {"team": "ml"}


async def test_where_the_holders_pages_are_is_an_annotation() -> None:
    address = "http://10.0.0.7:8080"
    async with api_server() as (server, client):
        server.will(200, stored("42", annotations={"tocsin.dev/address": address}))
        written = await keeper(server, client).write(replace(LEASE, address=address))
    assert written.address == address
    annotations = server.requests[0].body["metadata"]["annotations"]
    assert annotations == {"tocsin.dev/address": address}


async def test_a_watch_whose_version_is_too_old_ends() -> None:
    event = {"type": "ERROR", "object": {"code": 410, "message": "too old"}}
    async with api_server() as (server, client):
        server.will(200, LISTED)
        server.will(200, Stream((event, told("MODIFIED", "42"))))
        assert await followed(keeper(server, client)) == ["none"]


async def test_a_watch_that_goes_silent_is_given_up() -> None:
    async with api_server() as (server, client):
        server.will(200, LISTED)
        server.will(200, Stream((told("MODIFIED", "42"),)))
        seen = await followed(keeper(server, client), 0.2)
    assert seen == ["none", "42", "UnavailableError: the watch was silent for 0 s"]


@pytest.mark.parametrize(("status", "error"), [(403, "RefusedError"), (503, "UnavailableError")])
async def test_a_watch_that_is_refused_says_why(status: int, error: str) -> None:
    async with api_server() as (server, client):
        server.will(200, LISTED)
        server.will(status)
        _, seen = await followed(keeper(server, client))
    assert seen.startswith(f"{error}: {status} ")
    assert server.counted[1] == ("watch", "leases", str(status))


@pytest.mark.parametrize("line", ["<html>", "[]", "{}"])
async def test_a_proxy_that_answers_a_watch_is_not_taken_for_the_api_server(line: str) -> None:
    async with api_server() as (server, client):
        server.will(200, LISTED)
        server.will(200, f"{line}\n")
        seen = await followed(keeper(server, client))
    assert seen == ["none", "UnavailableError: what answers is not the API server"]
