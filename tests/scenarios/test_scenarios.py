"""Each file beside this one is a story of who is told what, and when."""

from datetime import timedelta
from pathlib import Path

import pytest

from tocsin.adapters.templates import GoTemplates
from tocsin.cli.scenarios.command import play_one, read_scenario
from tocsin.cli.scenarios.language import Scenario
from tocsin.core.notify.routes import Timing

FILES = sorted((Path(__file__).parent / "files").glob("*.yaml"))
TIMING = Timing(timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=4))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_scenario_goes_as_it_expects(file: Path) -> None:
    scenario = read_scenario(file.read_bytes())
    assert isinstance(scenario, Scenario), scenario
    outcome = play_one(file.name, scenario, TIMING, GoTemplates())
    assert not outcome.problem
    assert not outcome.differences, str(outcome)
