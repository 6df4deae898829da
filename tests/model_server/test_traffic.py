"""The traffic generator reaches a server, and outlives one that is not there."""

import json
import threading

import pytest
from scorer.dataset import load_sample
from scorer.traffic import Plan, Tally, payloads, send, work

from .conftest import Serve


def test_the_payments_are_taken_as_they_are_sent(serve: Serve) -> None:
    bodies = payloads(load_sample(), amount_factor=1.0)
    with serve() as client:
        assert send(f"http://127.0.0.1:{client.port}", bodies[0]) == "200"


def test_an_absent_server_is_counted_not_fatal(serve: Serve) -> None:
    with serve() as client:
        port = client.port
    assert send(f"http://127.0.0.1:{port}", b"{}") == "unreachable"


def test_amounts_are_multiplied_to_make_drift() -> None:
    plain, dear = (json.loads(payloads(load_sample(), factor)[0]) for factor in (1.0, 3.0))
    assert dear["features"]["amount"] == pytest.approx(3 * plain["features"]["amount"])
    assert dear["features"]["hour"] == plain["features"]["hour"]


def test_a_worker_sends_its_share_until_told_to_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[bytes] = []
    stop = threading.Event()

    def record(_target: str, body: bytes) -> str:
        sent.append(body)
        if len(sent) == 3:
            stop.set()
        return "200"

    monkeypatch.setattr("scorer.traffic.send", record)
    tally = Tally()
    plan = Plan("http://unused", [b"0", b"1", b"2", b"3"], rate=1e6, workers=2)
    work(plan, 1, tally, stop)
    assert sent == [b"1", b"3", b"1"]
    assert tally.take() == {"200": 3}
    assert tally.take() == {}
