"""How the requests in an audit log are counted."""

from typing import Any

from bench.quiet import count


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
