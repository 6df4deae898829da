"""`tocsin --help` answers at once: whoever types it waits for it."""

import subprocess
import sys

from bench.cli_help import run

HEAVY = {
    "aiohttp",
    "gotpl",
    "kopf",
    "kubernetes",
    "orjson",
    "prometheus_api_client",
    "promql_parser",
    "pydantic",
    "requests",
    "yaml",
}


def test_help_shows_the_commands_and_loads_nothing_that_it_does_not_need() -> None:
    script = (
        "import sys\n"
        "from tocsin.__main__ import main\n"
        "sys.argv = ['tocsin', '--help']\n"
        "try:\n"
        "    main()\n"
        "except SystemExit as end:\n"
        "    print('code', end.code)\n"
        "print('loaded', *sorted({name.partition('.')[0] for name in sys.modules}))\n"
    )
    result = subprocess.run(  # noqa: S603  # our own interpreter and script
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True
    )
    *page, code, loaded = result.stdout.splitlines()
    assert code == "code 0"
    assert set(loaded.split()) & HEAVY == set()
    shown = "\n".join(page)
    assert "alerts on machine-learning models" in shown
    assert all(command in shown for command in ("run", "explain", "validate", "version"))


def test_help_costs_less_than_300_ms_of_cpu() -> None:
    """CPU time, as the wall's depends on what else the machine does; the least of five runs."""
    assert run()["cpu_ms"] < 300
