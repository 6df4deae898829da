"""Every line of the log is one JSON object, whoever wrote it, and no line holds a secret."""

import subprocess
import sys
from typing import Any

import orjson

PREPARE = """
import logging, structlog
from tocsin.web.logs import set_up_logs
set_up_logs("info", "prod-eu")
ours, theirs = structlog.get_logger("tocsin.x"), logging.getLogger("kubernetes.x")
"""


def lines(script: str) -> list[dict[str, Any]]:
    """The lines that `script` logs, in a process of its own: logging is global."""
    result = subprocess.run(  # noqa: S603  # our own interpreter and script
        [sys.executable, "-c", PREPARE + script],
        capture_output=True,
        timeout=20,
        check=True,
    )
    assert result.stdout == b""
    return [orjson.loads(line) for line in result.stderr.split(b"\n") if line]


def test_our_lines_and_those_of_libraries_look_the_same() -> None:
    first, second = lines(
        "ours.warning('alert firing', rule='fraud/a', labels={'é': 'a\\nb'}, at=object)\n"
        "theirs.warning('a %s of\\ntwo lines', 'text')\n"
    )
    assert {**first, "time": None, "at": None} == {
        "message": "alert firing",
        "level": "warning",
        "logger": "tocsin.x",
        "cluster": "prod-eu",
        "rule": "fraud/a",
        "labels": {"é": "a\nb"},
        "time": None,
        "at": None,
    }
    assert first["time"].endswith("Z")
    assert second["message"] == "a text of\ntwo lines"
    assert (second["level"], second["logger"], second["cluster"]) == (
        "warning",
        "kubernetes.x",
        "prod-eu",
    )


def test_an_exception_is_part_of_its_line_and_shows_no_variables() -> None:
    logged = lines(
        "def ask():\n"
        "    token = 'geheim-' + 'token'\n"
        "    raise ValueError('it broke')\n"
        "for log in (ours.exception, theirs.exception):\n"
        "    try:\n"
        "        ask()\n"
        "    except ValueError:\n"
        "        log('step failed')\n"
    )
    assert [line["message"] for line in logged] == ["step failed"] * 2
    for line in logged:
        (exception,) = line["exception"]
        assert (exception["exc_type"], exception["exc_value"]) == ("ValueError", "it broke")
        assert exception["frames"][-1]["name"] == "ask"
        assert "geheim-token" not in str(line)


def test_a_credential_and_where_it_is_sent_are_in_no_line() -> None:
    logged = lines(
        "import asyncio\n"
        "from tocsin.adapters.transport import Guard, GuardedTransport\n"
        "from tocsin.ports import Secret\n"
        "canary = 'geheim-' + 'token'\n"
        "ours.warning('one', secret=Secret(canary), within=[{'a': Secret(canary)}])\n"
        "theirs.warning('two %s %r', Secret(canary), (Secret(canary),))\n"
        "def fail(*_):\n"
        "    raise OSError(canary)\n"
        "async def send():\n"
        "    transport = GuardedTransport(Guard(), lookup=fail)\n"
        "    for log in (ours.exception, theirs.exception):\n"
        "        try:\n"
        "            headers = {'Authorization': canary}\n"
        "            url = 'https://hooks.test/' + canary\n"
        "            await transport.post(url, body=b'', headers=headers, timeout=5)\n"
        "        except Exception:\n"
        "            log('not told')\n"
        "    await transport.close()\n"
        "asyncio.run(send())\n"
    )
    assert [line["message"].split()[0] for line in logged] == ["one", "two", "not", "not"]
    assert "geheim-token" not in str(logged)
    for line in logged[2:]:
        (exception,) = line["exception"]
        assert exception["exc_type"] == "TransportError"
        assert "hooks.test" in exception["exc_value"]


def test_kopf_is_heard_only_when_something_is_wrong() -> None:
    logged = lines(
        "for name in ('kopf.objects', 'kopf._core.reactor', 'tocsin.y'):\n"
        "    logging.getLogger(name).info('all is well')\n"
        "    logging.getLogger(name).debug('detail')\n"
        "logging.getLogger('kopf.objects').warning('not so well')\n"
    )
    assert [(line["logger"], line["level"]) for line in logged] == [
        ("tocsin.y", "info"),
        ("kopf.objects", "warning"),
    ]
