"""How the requests in an audit log are counted."""

from datetime import timedelta
from typing import Any

from bench import telling
from bench.quiet import count
from tocsin.api.v1alpha1.parseroute import parse_route
from tocsin.api.v1alpha1.parsesilence import parse_silence
from tocsin.core.notify.routes import Route, Timing
from tocsin.core.notify.silences import Silence


def entry(verb: str, resource: str, stage: str = "ResponseComplete") -> dict[str, Any]:
    return {"verb": verb, "stage": stage, "objectRef": {"resource": resource}}


def test_requests_are_counted_by_what_they_are() -> None:
    requests = [
        entry("patch", "mlalertrules"),
        entry("create", "events"),
        entry("list", "pods"),
        entry("update", "leases"),
        entry("get", "leases"),
    ]
    assert count(requests) == {"writes": 2, "reads": 1, "lease": 2, "watches": 0}


def test_a_watch_counts_when_it_begins_and_no_second_time_when_it_ends() -> None:
    requests = [entry("watch", "pods", "ResponseStarted"), entry("watch", "pods")]
    assert count(requests) == {"writes": 0, "reads": 0, "lease": 0, "watches": 1}


def test_a_request_outside_the_api_is_a_read() -> None:
    asked = {"verb": "get", "stage": "ResponseComplete", "requestURI": "/version"}
    assert count([asked])["reads"] == 1


def test_routes_and_silences_of_the_quiet_cluster_are_understood() -> None:
    stored = {"namespace": "n", "uid": "u", "generation": 1, "resourceVersion": "1",
              "creationTimestamp": "2026-01-01T00:00:00Z"}  # fmt: skip
    timing = Timing(timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=4))
    for body in telling.routes():
        body["metadata"] |= stored
        assert isinstance(parse_route(body, default=timing, own_namespace="tocsin"), Route)
    for body in telling.silences():
        body["metadata"] |= stored
        assert isinstance(parse_silence(body, own_namespace="tocsin"), Silence)


def test_the_cluster_is_quiet_only_once_every_route_and_silence_has_its_status() -> None:
    said: dict[str, Any] = {"conditions": []}
    routes = [{"status": said}] * telling.ROUTES
    silences = [{"status": {**said, "state": "Active"}}] * telling.SILENCES
    assert telling.settled([*routes, *silences])
    assert not telling.settled([*routes, *silences[1:], {}])
