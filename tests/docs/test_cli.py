"""The page about the command line has every command, option, exit code and field, and no other."""

import json
import re

import pytest
import typer
import yaml

from tests.cli.validating import RULE, Outcome
from tocsin.__main__ import app
from tocsin.api.baseline import read_baseline
from tocsin.cli.output import ExitCode

from .pages import page

PAGE = page("cli.md")


def rows(text: str) -> list[str]:
    """The first column of its tables, where it is code."""
    return re.findall(r"^\| (`[^|]+`) \|", text, re.MULTILINE)


def section(title: str) -> str:
    """What stands below a heading, up to the next of its rank."""
    found = re.search(rf"^(#+) {title}\n(.*?)(?=^\1 |\Z)", PAGE.text, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[2]


def test_every_command_is_listed() -> None:
    names = {f"`tocsin {command.name}`" for command in app().registered_commands}
    assert {row for row in rows(PAGE.text) if row.startswith("`tocsin ")} == names


def test_every_exit_code_is_listed() -> None:
    codes = re.findall(r"^\| (\d) \|", section("Exit codes"), re.MULTILINE)
    assert [int(code) for code in codes] == sorted(ExitCode)


@pytest.mark.parametrize("command", ["validate", "baseline"])
def test_every_option_is_listed(command: str) -> None:
    group = typer.main.get_command(app())
    options = group.commands[command].params  # type: ignore[attr-defined]  # it is a group
    names = {name for option in options for name in option.opts if name[0] == "-"}
    listed = "\n".join(rows(section(f"tocsin {command}")))
    assert set(re.findall(r"(?<!\w)--?[a-z]+", listed)) == names - {"--help"}


def test_every_field_of_the_json_is_listed() -> None:
    shown = json.loads(Outcome("-", "-o", "json", stdin=RULE.replace("high", "urgent")).out)
    (example,) = PAGE.blocks("json")
    fields = {*shown, *shown["problems"][0]}
    assert {*json.loads(example), *json.loads(example)["problems"][0]} == fields
    listed = re.findall(r"`(\w+)`", "\n".join(rows(section("What it prints"))))
    assert set(listed) == fields


def test_the_baseline_that_is_shown_can_be_read() -> None:
    (shown,) = re.findall(r"```yaml\n(.*?)^```", section("tocsin baseline"), re.M | re.DOTALL)
    stored = read_baseline(yaml.safe_load(shown)["data"])
    assert stored.problems == ()
    assert [*stored.features] == ["amount", "purpose", "loan amount"]
