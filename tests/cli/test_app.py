"""The command: it hands over what it is given, and is clear about a wrong configuration."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tocsin import __version__
from tocsin.cli.app import build_app
from tocsin.cli.baseline import BaselineMade
from tocsin.cli.report import Report
from tocsin.wiring import run


def tocsin(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    return subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "tocsin", *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_version_is_the_packages() -> None:
    result = tocsin("version")
    assert (result.returncode, result.stdout) == (0, f"{__version__}\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("clusterName: prod\nbogus: 1\n", ["bogus"]),
        ("sources: 3\nlog: {level: loud}\n", ["clusterName", "sources", "log.level"]),
        ("a: [\n", ["is not YAML"]),
        ("", ["clusterName"]),
    ],
)
def test_a_bad_file_ends_the_operator_with_2_and_a_sentence_for_each_mistake(
    tmp_path: Path, content: str, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(content)
    assert run(config) == 2
    lines = capsys.readouterr().err.splitlines()
    assert all(line.startswith(f"{config}: ") for line in lines)
    assert len(lines) == len(said)
    for word in said:
        assert any(word in line for line in lines)


def test_run_without_its_file_says_which_one_is_missing(tmp_path: Path) -> None:
    result = tocsin("run", "--config", str(tmp_path / "absent.yaml"))
    assert result.returncode == 2
    assert result.stdout == ""
    assert f"{tmp_path / 'absent.yaml'}: the file cannot be read" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.fixture
def app() -> typer.Typer:
    return build_app(
        run=lambda config: len(str(config)),
        explain=lambda asked: 0,
        validate=lambda names, config: Report(files=0, counts={}, skipped=0, findings=()),
        play_all=lambda names: [],
        baseline=lambda asked: BaselineMade(""),
    )


def test_run_hands_over_the_file_and_ends_as_it_is_told(app: typer.Typer) -> None:
    assert CliRunner().invoke(app, ["run", "--config", "abc"]).exit_code == 3
    default = CliRunner().invoke(app, ["run"]).exit_code
    assert default == len("/etc/tocsin/config.yaml")


@pytest.mark.parametrize("arguments", [["bogus"], ["run", "--bogus"], ["run", "--config"]])
def test_a_command_that_does_not_exist_ends_with_2(app: typer.Typer, arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == 2
