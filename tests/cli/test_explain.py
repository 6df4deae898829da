"""`tocsin explain`: what the page says, on a terminal or in a pipe, and what to do without one."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
import typer
import yaml
from aiohttp import web
from typer.testing import CliRunner

from tests.engine.explained import explainer, incident
from tests.web.fixtures import Operator
from tocsin.cli.app import build_app
from tocsin.cli.baseline import BaselineMade
from tocsin.cli.explain import Asked
from tocsin.cli.explaining import explain
from tocsin.cli.output import Output
from tocsin.cli.report import Report
from tocsin.web.explain import explain_routes
from tocsin.web.server import serving

PROXY = "/api/v1/namespaces/tocsin-system/services/http:tocsin:http/proxy"
NOWHERE = "http://127.0.0.1:9"  # the port of discard: nothing listens


@pytest_asyncio.fixture
async def url() -> AsyncIterator[str]:
    routes = explain_routes(explainer(await incident()))
    async with serving(Operator().pages, "127.0.0.1", 0, routes) as port:
        yield f"http://127.0.0.1:{port}"


async def tocsin(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, its output in a pipe."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("TOCSIN_", "KUBE"))}
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tocsin", "explain", *arguments],
        env=kept | {"KUBECONFIG": "/nonexistent", "HOME": "/nonexistent"} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@dataclass(frozen=True)
class Said:
    """What the command printed, and the code it ended with."""

    code: int
    out: str
    err: str


Say = Callable[..., Awaitable[Said]]


@pytest.fixture
def say(url: str, capsys: pytest.CaptureFixture[str]) -> Say:
    """The command in this process, for an operator that is there."""

    async def run(
        rule: str = "", workload: str = "", output: Output = Output.TEXT, at: str = url
    ) -> Said:
        capsys.readouterr()
        code = await asyncio.to_thread(explain, Asked(rule, workload, at, "ns/name", output))
        printed = capsys.readouterr()
        return Said(code, printed.out, printed.err)

    return run


async def test_a_rule_is_explained_with_reason_and_next_step_first(
    say: Say,
) -> None:
    it = await say("fraud/latency")
    assert (it.code, it.err) == (0, "")
    lines = it.out.splitlines()
    assert lines[:3] == [
        "fraud/latency  Firing  high",
        "Firing since 12:00:15Z (45 seconds): P99 latency of scorer is 312ms, limit 200ms.",
        "Next: Resolves at the next value of 150ms or less (evaluated at 12:01:05Z).",
    ]
    for said in (
        "  Firing  scorer  312ms (limit 200ms)  !!!!!!!!!!!!",
        "Told to chat at 12:00:25Z.",
        "        chat, slack #ml-alerts via slack/token: told at 12:00:25Z",
        "          next: told again at 16:00:25Z, if it still fires",
        "  fires above 200ms, for 10s; recovers at 150ms or less",
        "  default is asked: latency",
        "  pod scorer-5d9f-gone is not there (any more): {namespace=fraud, pod=scorer-5d9f-gone}",
    ):
        assert said in lines
    assert "\x1b" not in it.out


async def test_json_is_what_the_operator_says(
    say: Say,
) -> None:
    it = json.loads((await say("fraud/latency", "ranker", Output.JSON)).out)
    assert (it["askedFor"], it["headline"]) == (
        "ranker",
        "Not firing: ranker: 50ms is within 200ms.",
    )


async def test_without_a_rule_all_are_listed(
    say: Say,
) -> None:
    lines = (await say()).out.splitlines()
    assert lines[0] == "2 of 7 rules over 4 workloads fire."
    assert lines[1] == "Open incidents: 1 (kubectl get mlinc -A)"
    assert lines[2].split() == ["RULE", "STATE", "SINCE", "FIRING", "PENDING", "NEXT"]
    assert lines[4].split() == ["fraud/latency", "Firing", "12:00:15Z", "1", "0", "12:01:05Z"]


async def test_a_rule_that_is_not_there_ends_with_1_and_names_those_spelled_like_it(
    say: Say,
) -> None:
    it = await say("fraud/latncy")
    assert (it.code, it.out) == (1, "")
    assert it.err.splitlines()[:2] == ["there is no rule fraud/latncy", "  fraud/latency"]


async def test_an_operator_that_is_not_reached_ends_with_3_and_the_command_that_reaches_it() -> (
    None
):
    result = await tocsin("fraud/latency", "--service", "ml/bell")
    assert result.returncode == 3
    assert result.stdout == ""
    assert "no kubeconfig can be used" in result.stderr
    assert "  kubectl port-forward -n ml service/bell 8080:http" in result.stderr.splitlines()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (NOWHERE, f"{NOWHERE} does not answer: "),
        ("ftp://x", "ftp://x is no URL of an operator: write one like http://127.0.0.1:8080"),
        ("/healthz", "answers 404, which is no explanation: 404: Not Found"),
    ],
)
async def test_what_is_no_operator_ends_with_3(url: str, say: Say, path: str, said: str) -> None:
    it = await say("fraud/latency", at=url + path if path.startswith("/") else path)
    assert (it.code, it.out) == (3, "")
    assert said in it.err


async def test_it_goes_through_the_api_server_by_the_kubeconfig(tmp_path: Path) -> None:
    told: list[str | None] = []
    explains = explainer(await incident())

    async def proxy(request: web.Request) -> web.Response:
        told.append(request.headers.get("Authorization"))
        found = explains.rule(request.query["rule"])
        return web.Response(text=found.model_dump_json(by_alias=True, exclude_none=True))

    api = web.Application()
    api.add_routes([web.get(f"{PROXY}/explain.json", proxy)])
    runner = web.AppRunner(api)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        config = tmp_path / "kubeconfig"
        config.write_text(kubeconfig(f"http://127.0.0.1:{runner.addresses[0][1]}"))
        result = await tocsin("fraud/latency", "-o", "json", KUBECONFIG=str(config))
    finally:
        await runner.cleanup()
    assert json.loads(result.stdout)["state"] == "Firing"
    assert told == ["Bearer secret"]


def kubeconfig(server: str) -> str:
    """A kubeconfig with one cluster."""
    return yaml.safe_dump(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": {"server": server}}],
            "users": [{"name": "u", "user": {"token": "secret"}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "x",
        }
    )


@pytest.fixture
def asked() -> list[Asked]:
    return []


@pytest.fixture
def app(asked: list[Asked]) -> typer.Typer:
    def remember(one: Asked) -> int:
        asked.append(one)
        return 0

    nothing = Report(files=0, counts={}, skipped=0, findings=())
    return build_app(
        run=lambda _: 0,
        explain=remember,
        validate=lambda *_: nothing,
        play_all=lambda _: [],
        baseline=lambda _: BaselineMade(""),
    )


def test_options_become_what_is_asked(app: typer.Typer, asked: list[Asked]) -> None:
    runner = CliRunner(env={"TOCSIN_URL": "", "TOCSIN_SERVICE": ""})
    assert runner.invoke(app, ["explain", "a", "-n", "ns", "-w", "w", "-o", "json"]).exit_code == 0
    assert asked == [Asked("ns/a", "w", "", "tocsin-system/tocsin", Output.JSON)]


@pytest.mark.parametrize(
    "arguments", [["-w", "scorer"], ["a/b", "--service", "x"], ["a/b", "-o", "xml"], ["a", "b"]]
)
def test_wrong_usage_ends_with_2(
    app: typer.Typer, asked: list[Asked], arguments: list[str]
) -> None:
    assert CliRunner().invoke(app, ["explain", *arguments]).exit_code == 2
    assert asked == []
