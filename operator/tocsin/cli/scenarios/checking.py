"""What is wrong with a scenario before it is played: names that nothing has, refused specs."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from tocsin.cli.scenarios.language import Scenario, ScenarioObject
from tocsin.core.durations import format_duration

#: Turns an object into what the core knows, or into all that is wrong with it.
Refuse = Callable[[Mapping[str, Any]], Iterable[object]]


def mistakes(scenario: Scenario, of_route: Refuse, of_silence: Refuse) -> Iterator[str]:
    """Each mistake with its place; `of_route` and `of_silence` say what is wrong with a spec.

    A name that nothing has would make what forbids it hold for ever.
    """
    for place, one in _objects(scenario, "route"):
        yield from _refused(place, one, scenario.start, of_route)
    for place, one in _objects(scenario, "silence"):
        yield from _refused(place, one, scenario.start, of_silence)
    routes = [one for _, one in _objects(scenario, "route")]
    receivers = {str(each.get("name")) for one in routes for each in _receivers(one)}
    silences = {one.name for _, one in _objects(scenario, "silence")}
    known = {
        "alert": {one.name for one in scenario.alerts},
        "receiver": receivers,
        "route": {one.name for one in routes},
        "silence": silences,
    }
    for place, what, name in _named(scenario):
        if name not in known[what]:
            yield f"{place}: {_unknown(what, name, known[what])}"
    yield from _never(scenario)


def _objects(scenario: Scenario, what: str) -> Iterator[tuple[str, ScenarioObject]]:
    """The routes or silences, also those that are applied on the way, each with its place."""
    first = scenario.routes if what == "route" else scenario.silences
    for number, one in enumerate(first):
        yield f"{what}s[{number}]", one
    for number, action in enumerate(scenario.actions):
        applied = action.route if what == "route" else action.silence
        if applied:
            yield f"actions[{number}].{what}", applied


def _refused(place: str, one: ScenarioObject, made: str, refuse: Refuse) -> Iterator[str]:
    metadata = {
        "name": one.name,
        "namespace": one.namespace,
        "uid": "uid-0",
        "creationTimestamp": made,
    }
    for problem in refuse({"metadata": metadata, "spec": one.spec}):
        yield f"{place} ({one.name}): {problem}"


def _receivers(route: ScenarioObject) -> Iterator[Mapping[str, Any]]:
    listed = route.spec.get("receivers")
    some = listed if isinstance(listed, list) else ()
    yield from (one for one in some if isinstance(one, Mapping))


def _named(scenario: Scenario) -> Iterator[tuple[str, str, str]]:
    """Each name that is referred to: where, of what, and which."""
    for number, action in enumerate(scenario.actions):
        where = f"actions[{number}]"
        if action.acknowledge:
            yield f"{where}.acknowledge.alert", "alert", action.acknowledge.alert
        if action.delete_route:
            yield f"{where}.deleteRoute", "route", action.delete_route
        if action.delete_silence:
            yield f"{where}.deleteSilence", "silence", action.delete_silence
    for number, fault in enumerate(scenario.faults):
        if fault.receiver or fault.mode != "NoWrites":
            yield f"faults[{number}].receiver", "receiver", fault.receiver
    for number, expected in enumerate(scenario.expect):
        yield f"expect[{number}].receiver", "receiver", expected.receiver
        for field in ("firing", "resolved"):
            for name in getattr(expected, field) or ():
                yield f"expect[{number}].{field}", "alert", name
    for number, forbidden in enumerate(scenario.forbid):
        if forbidden.receiver is not None:
            yield f"forbid[{number}].receiver", "receiver", forbidden.receiver


def _never(scenario: Scenario) -> Iterator[str]:
    """What is to happen after the end, and alerts that end before they begin."""
    end = scenario.until
    times = [(f"alerts[{n}].from", one.from_) for n, one in enumerate(scenario.alerts)]
    times += [(f"actions[{n}].at", one.at) for n, one in enumerate(scenario.actions)]
    for place, at in times:
        if at > end:
            yield f"{place}: {format_duration(at)} is after the end, `until` {format_duration(end)}"
    for number, one in enumerate(scenario.alerts):
        if one.to is not None and one.to < one.from_:
            yield f"alerts[{number}].to: it ends before it begins"


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    there = (
        f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(known)) or 'none'}"
    )
    return f'there is no {what} "{name}"; {there}'
