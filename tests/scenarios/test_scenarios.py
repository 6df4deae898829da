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


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_scenario_goes_as_it_expects(file: Path) -> None:
    scenario = read_scenario(file.read_bytes())
    assert isinstance(scenario, Scenario), scenario
    outcome = play_one(file.name, scenario, TIMING, GoTemplates())
    assert not outcome.problem
    assert not outcome.differences, str(outcome)
