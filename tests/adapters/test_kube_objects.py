"""Objects of the operator's own: made once, written at the version that was read, ended by uid."""

import pytest

from tests.adapters.apiserver import api_server
from tocsin.adapters.kube.objects import KubeObjects
from tocsin.ports import ConflictError, GoneError, UnavailableError

SILENCES = "/apis/tocsin.dev/v1alpha1/namespaces/fraud/alertsilences"
BODY = {"metadata": {"name": "by-hand"}, "spec": {"comment": "deploy"}}


async def test_an_object_is_made_in_its_namespace_and_with_its_kind() -> None:
    stored = {"metadata": {"name": "by-hand", "uid": "u1", "resourceVersion": "7"}}
    async with api_server() as (server, client):
        server.will(201, stored)
        made = await KubeObjects(client, server.count).create("AlertSilence", "fraud", BODY)
    request = server.requests[0]
    assert made == stored
    assert (request.method, request.path) == ("POST", SILENCES)
    assert request.query["fieldValidation"] == "Strict"
    assert request.body == {
        "apiVersion": "tocsin.dev/v1alpha1",
        "kind": "AlertSilence",
        "metadata": {"name": "by-hand", "namespace": "fraud"},
        "spec": {"comment": "deploy"},
    }
    assert server.counted == [("create", "alertsilences", "200")]


async def test_what_is_there_already_is_a_conflict() -> None:
    async with api_server() as (server, client):
        server.will(409, {"kind": "Status", "reason": "AlreadyExists", "code": 409})
        with pytest.raises(ConflictError, match="AlreadyExists"):
            await KubeObjects(client, server.count).create("AlertSilence", "fraud", BODY)


async def test_a_status_of_any_kind_is_applied_at_the_version_that_was_read() -> None:
    async with api_server() as (server, client):
        server.will(200, {"metadata": {"resourceVersion": "8"}})
        version = await KubeObjects(client, server.count).write_status(
            "MLIncident", "fraud", "scorer-1", "7", {"state": "Open"}
        )
    request = server.requests[0]
    assert version == "8"
    assert request.method == "PATCH"
    assert request.path == (
        "/apis/tocsin.dev/v1alpha1/namespaces/fraud/mlincidents/scorer-1/status"
    )
    assert request.content_type == "application/apply-patch+yaml"
    assert request.query["force"].lower() == "true"
    assert request.body == {
        "apiVersion": "tocsin.dev/v1alpha1",
        "kind": "MLIncident",
        "metadata": {"name": "scorer-1", "resourceVersion": "7"},
        "status": {"state": "Open"},
    }
    assert server.counted == [("patch", "mlincidents/status", "200")]


async def test_only_the_object_that_is_meant_is_deleted() -> None:
    async with api_server() as (server, client):
        server.will(200, {"kind": "Status", "status": "Success"})
        server.will(409)
        server.will(404)
        objects = KubeObjects(client, server.count)
        await objects.delete("AlertSilence", "fraud", "by-hand", "u1")
        with pytest.raises(ConflictError):
            await objects.delete("AlertSilence", "fraud", "by-hand", "u0")
        with pytest.raises(GoneError):
            await objects.delete("AlertSilence", "fraud", "by-hand", "u1")
    request = server.requests[0]
    assert (request.method, request.path) == ("DELETE", f"{SILENCES}/by-hand")
    assert request.body == {"preconditions": {"uid": "u1"}}
    assert server.counted[0] == ("delete", "alertsilences", "200")


@pytest.mark.parametrize("body", ["<html>Sign in</html>", "", {"kind": "Status"}])
async def test_an_object_that_does_not_come_back_may_be_tried_again(body: object) -> None:
    async with api_server() as (server, client):
        server.will(200, body)
        with pytest.raises(UnavailableError, match="not the API server"):
            await KubeObjects(client, server.count).create("AlertSilence", "fraud", BODY)
