"""Stored baselines out of ConfigMaps: counts as a query would answer them, or why not."""

import json
from typing import Any

import pytest

from tests.adapters.apiserver import api_server
from tocsin.adapters.kube.baselines import KubeBaselines
from tocsin.core.metrics import STORED_SOURCE, Question
from tocsin.core.queries.stored import StoredQuery
from tocsin.core.samples import Failure, FailureKind, Sample, Samples

QUERY = StoredQuery("fraud", "training", "feature", "label")
ASKED = Question(STORED_SOURCE, QUERY)
AMOUNT = {"edges": [10, 100], "counts": [5, 3, 2]}


def config_map(**features: Any) -> dict[str, Any]:
    """A ConfigMap as the API server has it."""
    data = {name: json.dumps(body) for name, body in features.items()}
    metadata = {"namespace": "fraud", "name": "training"}
    return {"kind": "ConfigMap", "apiVersion": "v1", "metadata": metadata, "data": data}


async def test_counts_become_cumulative_buckets_and_categories() -> None:
    async with api_server() as (server, client):
        server.will(200, config_map(amount=AMOUNT, country={"categories": {"de": 4, "fr": 6}}))
        answer = await KubeBaselines(client, server.count, lambda: 0.0).ask(ASKED)
    assert answer == Samples(
        (
            Sample({"feature": "amount", "le": "10.0"}, 5),
            Sample({"feature": "amount", "le": "100.0"}, 8),
            Sample({"feature": "amount", "le": "+Inf"}, 10),
            Sample({"feature": "country", "label": "de"}, 4),
            Sample({"feature": "country", "label": "fr"}, 6),
        )
    )


async def test_it_is_read_by_its_name_and_once_a_minute() -> None:
    now = [0.0]
    async with api_server() as (server, client):
        baselines = KubeBaselines(client, server.count, lambda: now[0])
        server.will(200, config_map(amount=AMOUNT))
        for now[0] in (0.0, 59.9):
            await baselines.ask(ASKED)
        server.will(200, config_map(amount=AMOUNT))
        now[0] = 60.0
        await baselines.ask(ASKED)
    assert [(one.method, one.path) for one in server.requests] == [
        ("GET", "/api/v1/namespaces/fraud/configmaps/training")
    ] * 2


@pytest.mark.parametrize(
    ("status", "body", "kind", "says"),
    [
        (404, None, FailureKind.QUERY_REJECTED, "does not exist: make it by `tocsin baseline"),
        (500, None, FailureKind.UNREACHABLE, "cannot be read"),
        (403, None, FailureKind.UNREACHABLE, "cannot be read"),
        (200, config_map(), FailureKind.QUERY_REJECTED, "is empty"),
        (200, config_map(x={"edges": [1], "counts": [1]}), FailureKind.QUERY_REJECTED, "data[x]"),
    ],
)
async def test_what_cannot_be_read_is_said_and_tried_again(
    status: int, body: Any, kind: FailureKind, says: str
) -> None:
    async with api_server() as (server, client):
        baselines = KubeBaselines(client, server.count, lambda: 0.0)
        server.will(status, body)
        failure = await baselines.ask(ASKED)
        server.will(200, config_map(amount=AMOUNT))
        assert isinstance(await baselines.ask(ASKED), Samples)
    assert isinstance(failure, Failure)
    assert failure.kind is kind
    assert "ConfigMap fraud/training" in failure.message
    assert says in failure.message
