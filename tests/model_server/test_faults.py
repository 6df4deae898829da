"""Faults that end the server or starve it, and faults that are switched while it runs."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from scorer.faults import CRASH_CODE, Memory

from .conftest import Client, Serve

FOLDER = Path(__file__).parents[2] / "examples" / "model-server"


def switch(client: Client, **settings: str) -> tuple[int, dict[str, str]]:
    status, body = client.request("POST", "/faults", json.dumps(settings).encode())
    return status, json.loads(body)


def run_to_its_end(code: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603  # our own program
        [sys.executable, *code.split(" ", 1)],
        cwd=FOLDER, env={"PORT": "0", **environment}, timeout=20,
        check=False, capture_output=True, text=True,
    )  # fmt: skip


def test_faults_are_switched_on_and_off_while_the_server_runs(
    serve: Serve, payment: Mapping[str, float]
) -> None:
    with serve() as client:
        assert switch(client, FAULT="errors", FAULT_ERROR_RATE="1") == (200, {"fault": "errors"})
        assert client.predict({"features": payment})[0] == 500
        assert switch(client) == (200, {"fault": ""})
        assert client.predict({"features": payment})[0] == 200


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"FAULT": "slwo"}', "FAULT=slwo: unknown"),
        (b'{"fault": "slow"}', "expected for example"),
        (b'{"FAULT": 1}', "expected for example"),
        (b"[]", "expected for example"),
        (b"{", "not JSON"),
    ],
)
def test_a_switch_to_what_there_is_not_is_refused_and_changes_nothing(
    serve: Serve, payment: Mapping[str, float], body: bytes, said: str
) -> None:
    with serve(FAULT="errors", FAULT_ERROR_RATE="1") as client:
        status, answer = client.request("POST", "/faults", body)
        assert (status, said in answer.decode()) == (400, True)
        assert client.predict({"features": payment})[0] == 500


def test_without_traffic_wanted_the_server_is_unready_and_lives(
    serve: Serve, payment: Mapping[str, float]
) -> None:
    with serve(FAULT="no-traffic") as client:
        assert client.request("GET", "/healthz")[0] == 503
        assert client.request("GET", "/metrics")[0] == 200
        assert client.predict({"features": payment})[0] == 200
        switch(client)
        assert client.request("GET", "/healthz")[0] == 200


def test_memory_is_taken_up_to_a_bound_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scorer.faults.PIECE_SECONDS", 0.001)
    fault = Memory(limit=20 * 2**20)
    fault.start()
    assert fault.full.wait(10)
    assert fault.taken == fault.limit
    fault.end()
    assert fault.given_back.wait(10)
    assert fault.taken == 0


def test_a_crash_at_the_start_says_why_and_has_its_exit_code() -> None:
    done = run_to_its_end("-m scorer.server", FAULT="crash")
    assert done.returncode == CRASH_CODE
    assert "ends on purpose: FAULT=crash" in done.stderr


def test_a_crash_that_is_switched_on_ends_the_process_after_its_answer() -> None:
    code = (
        "-c import http.client, threading;"
        "from scorer.server import *;"
        "server = make_server(Scorer(Model.load(), 'v17', from_settings({})), '127.0.0.1', 0);"
        "threading.Thread(target=server.serve_forever).start();"
        "asked = http.client.HTTPConnection('127.0.0.1', server.server_port);"
        "asked.request('POST', '/faults', b'{\"FAULT\": \"crash\"}');"
        "print(asked.getresponse().status, flush=True)"
    )
    done = run_to_its_end(code)
    assert (done.returncode, done.stdout) == (CRASH_CODE, "200\n")
