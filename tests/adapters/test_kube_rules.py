"""The operator's own rules by server-side apply."""

import pytest

from tests.adapters.apiserver import api_server
from tocsin.adapters.kube.rules import KubeRules
from tocsin.ports import ConflictError

RULE = {"metadata": {"name": "tocsin-sources", "namespace": "ops"}, "spec": {}}


async def test_a_rule_is_applied_without_taking_fields_from_others() -> None:
    async with api_server() as (server, client):
        server.will(200, {})
        await KubeRules(client, server.count).apply(RULE)
    request = server.requests[0]
    assert request.path == "/apis/tocsin.dev/v1alpha1/namespaces/ops/mlalertrules/tocsin-sources"
    assert (request.method, request.body) == ("PATCH", RULE)
    assert request.content_type == "application/apply-patch+yaml"
    assert request.query["force"].lower() == "false"


async def test_fields_that_somebody_else_owns_are_a_conflict() -> None:
    async with api_server() as (server, client):
        server.will(409)
        with pytest.raises(ConflictError):
            await KubeRules(client, server.count).apply(RULE)
