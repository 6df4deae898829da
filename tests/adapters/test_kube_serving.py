"""Which kinds that serve models are there: asked of the discovery, until it answers."""

from typing import Any

from tests.adapters.apiserver import ApiServer, api_server
from tocsin.adapters.kube.rights import CLUSTER_WIDE, RIGHTS, Own, missing_rights
from tocsin.adapters.kube.serving import installed
from tocsin.core.serving import OPTIONAL, ServingKind

ROLLOUT, INFERENCE_SERVICE, RAY_SERVICE, MODEL = OPTIONAL


def group_of(*kinds: str, one: ServingKind) -> dict[str, Any]:
    """The discovery of the group and version of `one`, which has these resources by plural."""
    resources = [
        {"name": name, "singularName": "", "kind": "Any", "namespaced": True, "verbs": ["list"]}
        for name in kinds
    ]
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": one.api_version,
        "resources": resources,
    }


async def found(server: ApiServer, client: Any) -> tuple[list[str], list[float]]:
    """The kinds that are found, and how long was waited between."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    return [one.kind for one in await installed(client, server.count, sleep)], waited


async def test_a_kind_is_there_if_its_group_has_it_in_that_version() -> None:
    async with api_server() as (server, client):
        server.will(200, group_of("workflows", one=ROLLOUT))  # Argo, but of another kind
        server.will(200, group_of("inferenceservices/status", "inferenceservices", one=ROLLOUT))
        server.will(404)
        server.will(200, group_of("models", one=MODEL))
        assert await found(server, client) == (["InferenceService", "Model"], [])
    assert [request.path.rstrip("/") for request in server.requests] == [
        f"/apis/{one.api_version}" for one in OPTIONAL
    ]
    assert {verb for verb, _, _ in server.counted} == {"get"}


async def test_an_api_server_that_does_not_answer_is_asked_until_it_does() -> None:
    async with api_server() as (server, client):
        for status in (503, 403, 404, 404, 404, 404):
            server.will(status)
        kinds, waited = await found(server, client)
    assert kinds == []
    assert waited == [5.0, 5.0]


async def test_rights_are_asked_for_what_is_watched_as_the_cluster_has_it_and_for_no_other() -> (
    None
):
    own = Own("ml", "tocsin", rules=False)
    usual = sum(len(verbs) for _, _, verbs in (*RIGHTS, *CLUSTER_WIDE))

    async def asked(*also: ServingKind) -> tuple[list[str], list[dict[str, Any]]]:
        async with api_server() as (server, client):
            for _ in range(usual + 20):
                server.will(201, {"spec": {}, "status": {"allowed": False}})
            missing = await missing_rights(client, server.count, (None,), own, also)
        return missing, [one.body["spec"]["resourceAttributes"] for one in server.requests]

    without, _ = await asked()
    missing, attributes = await asked(ROLLOUT)
    assert set(missing) - set(without) == {
        "list rollouts in all namespaces",
        "watch rollouts in all namespaces",
    }
    groups = {one.get("group") for one in attributes}
    assert groups & {one.group for one in OPTIONAL} == {"argoproj.io"}
