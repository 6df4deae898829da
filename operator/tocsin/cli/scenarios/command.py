"""The scenarios in files, played one after the other."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import yaml
from pydantic import ValidationError

from tocsin.api.limits import Limits
from tocsin.api.problems import problems_of
from tocsin.api.v1alpha1.parseroute import parse_route
from tocsin.api.v1alpha1.parsesilence import parse_silence
from tocsin.cli.checks.files import read_files
from tocsin.cli.outcomes import Outcome
from tocsin.cli.scenarios.checking import mistakes
from tocsin.cli.scenarios.judging import differences, told
from tocsin.cli.scenarios.language import Scenario
from tocsin.cli.scenarios.outside import (
    PlayedApi,
    PlayedClock,
    PlayedReceivers,
    PlayedRecorder,
)
from tocsin.cli.scenarios.playing import ImpossibleError, play
from tocsin.core.notify.routes import Route, Timing
from tocsin.core.notify.silences import Silence
from tocsin.engine.agenda import Agenda
from tocsin.engine.cluster import Cluster
from tocsin.engine.namespaces import Namespaces
from tocsin.engine.notifying.assembly import build_desk
from tocsin.engine.notifying.desk import Desk
from tocsin.engine.reporting import Reporter
from tocsin.ports import Renderer


def play_files(names: Sequence[str], timing: Timing, renderer: Renderer) -> list[Outcome]:
    """Play each scenario in the files and folders; `timing` is for routes that say nothing."""
    outcomes = []
    for file in read_files(names):
        if file.problem:
            outcomes.append(Outcome(file.name, problem=file.problem))
            continue
        read = read_scenario(file.data)
        if isinstance(read, str):
            outcomes.append(Outcome(file.name, problem=read))
        else:
            outcomes.append(play_one(file.name, read, timing, renderer))
    return outcomes


def read_scenario(data: bytes) -> Scenario | str:
    """The scenario that YAML describes, or what is wrong with it."""
    try:
        read = yaml.safe_load(data)
        if isinstance(read, dict) and "kind" in read:
            return (
                f"a {read['kind']} is no scenario: put its spec under `routes` or `silences` of one"
            )
        return Scenario.model_validate(read)
    except yaml.YAMLError as error:
        return f"no YAML: {error}"
    except ValidationError as error:
        return "; ".join(map(str, problems_of(error, lambda _: "")))


def play_one(file: str, scenario: Scenario, timing: Timing, renderer: Renderer) -> Outcome:
    """Play one scenario."""

    def parse(body: Mapping[str, Any]) -> Route | tuple[str, ...]:
        parsed = parse_route(body, default=timing, own_namespace="tocsin")
        return parsed if isinstance(parsed, Route) else tuple(map(str, parsed))

    def make(clock: PlayedClock, api: PlayedApi, receivers: PlayedReceivers) -> tuple[Desk, Agenda]:
        agenda = Agenda()
        desk = build_desk(
            cluster_name="scenario",
            external_url="",
            timing=timing,
            storm_limit=scenario.storm_limit or Limits().new_incidents_per_route,
            namespaces=Namespaces(),
            parse=parse,
            parse_silence=partial(parse_silence, own_namespace="tocsin"),
            clock=clock,
            agenda=agenda,
            record_of=lambda _: None,
            cluster=Cluster(),
            renderer=renderer,
            reporter=Reporter(PlayedRecorder(), agenda, clock),
            writer=api,
            receivers=receivers,
        )
        return desk, agenda

    def of_route(body: Mapping[str, Any]) -> tuple[str, ...]:
        parsed = parse(body)
        return () if isinstance(parsed, Route) else parsed

    def of_silence(body: Mapping[str, Any]) -> tuple[object, ...]:
        parsed = parse_silence(body, own_namespace="tocsin")
        return () if isinstance(parsed, Silence) else parsed

    if wrong := "; ".join(mistakes(scenario, of_route, of_silence)):
        return Outcome(file, scenario.name, problem=wrong)
    try:
        played = play(scenario, make)
    except ImpossibleError as error:
        return Outcome(file, scenario.name, problem=str(error))
    return Outcome(
        file,
        scenario.name,
        tuple(told(one, played.began) for one in played.delivered),
        tuple(differences(scenario, played.delivered, played.began)),
    )
