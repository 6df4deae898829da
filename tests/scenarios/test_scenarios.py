"""Each file beside this one is a story of who is told what, and when."""

from datetime import timedelta
from pathlib import Path

import pytest

from tocsin.adapters.templates import GoTemplates
from tocsin.cli.scenarios.command import play_one, read_scenario
from tocsin.cli.scenarios.language import Forbidden, Scenario
from tocsin.core.notify.notification import Reason
from tocsin.core.notify.routes import Timing

FILES = sorted((Path(__file__).parent / "files").glob("*.yaml"))
TIMING = Timing(timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=4))


def test_the_example_of_the_page_goes_as_it_expects() -> None:
    text = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text()
    example = text.split("```yaml\n")[1].split("```")[0]
    scenario = read_scenario(example.encode())
    assert isinstance(scenario, Scenario), scenario
    outcome = play_one("page", scenario, TIMING, GoTemplates())
    assert not outcome.problem
    assert not outcome.differences, str(outcome)


def test_a_scenario_that_expects_something_else_differs() -> None:
    scenario = read_scenario((FILES[0].parent / "told-after-group-wait.yaml").read_bytes())
    assert isinstance(scenario, Scenario)
    wrong = scenario.model_copy(update={"expect": scenario.expect[1:]})
    differences = play_one("wrong", wrong, TIMING, GoTemplates()).differences
    assert differences == ("unexpected: 30s chat First firing latency@scorer",)
    forbidden = Forbidden.model_validate({"receiver": "chat", "reason": Reason.FIRST})
    wrong = scenario.model_copy(update={"forbid": [forbidden]})
    differences = play_one("wrong", wrong, TIMING, GoTemplates()).differences
    assert differences == ("forbidden: 30s chat First firing latency@scorer",)


def test_a_file_that_is_no_scenario_says_what_is_wrong() -> None:
    problem = read_scenario(b"name: x\nuntil: 5m\nroutes: []\nalerts: []\nexpects: []\n")
    assert isinstance(problem, str)
    assert "expects" in problem


def test_a_manifest_is_no_scenario_and_the_message_says_where_it_goes() -> None:
    problem = read_scenario(b"apiVersion: tocsin.dev/v1alpha1\nkind: NotificationRoute\n")
    assert problem == (
        "a NotificationRoute is no scenario: put its spec under `routes` or `silences` of one"
    )


ONE = """
name: one
until: 1h
routes:
- name: oncall
  spec: {selector: {all: true}, receivers: [{name: chat, webhook: {url: "https://a.example"}}]}
alerts:
- {rule: latency, workload: Deployment/scorer, from: 1m, to: 30m}
others: Allowed
"""
SILENCE = "silences: [{name: s, spec: %s}]"


def problem_of(text: str) -> str:
    """What keeps the scenario from being played, with `text` added to it."""
    scenario = read_scenario(f"{ONE}{text}".encode())
    assert isinstance(scenario, Scenario), scenario
    return play_one("one", scenario, TIMING, GoTemplates()).problem or ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", ""),
        (SILENCE % "{selector: {all: true}, duration: 1h, comment: quiet}", ""),
        (SILENCE % "{duration: 1h, comment: quiet}", "silences[0] (s): spec.selector: "),
        (
            "actions: [{at: 1m, silence: {name: s, spec: {selector: {all: true}}}}]",
            "actions[0].silence (s): spec.comment: ",
        ),
        (
            "actions: [{at: 1m, route: {name: r, spec: {selector: {all: true}}}}]",
            "actions[0].route (r): spec.receivers: ",
        ),
        (
            "forbid: [{receiver: chaat}]",
            'forbid[0].receiver: there is no receiver "chaat"; did you mean chat?',
        ),
        (
            "faults: [{receiver: pager}]",
            'faults[0].receiver: there is no receiver "pager"; there are: chat',
        ),
        ("faults: [{mode: NoWrites}]", ""),
        (
            "expect: [{at: 2m, receiver: chat, reason: First, firing: [latency]}]",
            'expect[0].firing: there is no alert "latency"; did you mean latency@scorer?',
        ),
        (
            "actions: [{at: 5m, deleteRoute: oncal}]",
            'actions[0].deleteRoute: there is no route "oncal"; did you mean oncall?',
        ),
        (
            "actions: [{at: 2h, restart: true}]",
            "actions[0].at: 2h is after the end, `until` 1h",
        ),
        (
            "actions: [{at: 5s, acknowledge: {alert: latency@scorer}}]",
            "at 5s nobody can acknowledge latency@scorer: no open incident holds it",
        ),
        (
            "actions: [{at: 65s, acknowledge: {alert: latency@scorer}}]",
            "at 1m5s nobody can acknowledge latency@scorer: nobody was told of it yet",
        ),
        ("actions: [{at: 5m, acknowledge: {alert: latency@scorer}}]", ""),
    ],
)
def test_a_mistake_is_told_and_not_played(text: str, problem: str) -> None:
    found = problem_of(text)
    assert found.startswith(problem)
    assert bool(found) is bool(problem)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_scenario_goes_as_it_expects(file: Path) -> None:
    scenario = read_scenario(file.read_bytes())
    assert isinstance(scenario, Scenario), scenario
    outcome = play_one(file.name, scenario, TIMING, GoTemplates())
    assert not outcome.problem
    assert not outcome.differences, str(outcome)
