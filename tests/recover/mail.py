"""What was told to whom, read off the journal, with what the checker has to know beside it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from tests.recover.apiserver import INCIDENT, ROUTE, RULE, SILENCE
from tests.recover.clockwork import SECOND, read_ms
from tests.recover.journal import (
    Began,
    Changed,
    Died,
    Heard,
    Hindered,
    Journal,
    Message,
    Saw,
    Stored,
    Took,
    Tried,
    Wrote,
)
from tests.recover.observed import Observed, duration
from tests.recover.receivers import Fault
from tests.recover.statuses import alerts, history

#: A request that met trouble may be under way, or not yet tried again, for so long.
HINDERS: Final = 40 * SECOND


class Episode(NamedTuple):
    """An alert, each time that it fires."""

    alert: str
    fired: int


@dataclass(frozen=True)
class Quiet:
    """A silence, as the operator knew it from `since` to `until`; it silences to `ends`."""

    since: int
    until: int
    ends: int
    selector: Mapping[str, Any]


class Mail:
    """Attempts, what was taken and heard, with the place of each in the journal."""

    def __init__(self, journal: Journal, observed: Observed) -> None:
        self.observed = observed
        self.tried: list[tuple[int, Tried]] = []
        self.took: list[tuple[int, Took]] = []
        self.heard: list[tuple[int, Heard]] = []
        self.died: list[tuple[int, Died]] = []
        self.stored: dict[str, list[tuple[int, Stored]]] = defaultdict(list)
        self.hindered: dict[str, list[int]] = defaultdict(list)
        self.wrote: dict[str, list[tuple[int, Wrote]]] = defaultdict(list)
        self.end = 0
        self._known: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._removed: dict[str, list[tuple[int, Changed]]] = defaultdict(list)
        self._saw: list[Saw] = []
        for place, entry in enumerate(journal):
            self._take(place, entry)
        self.stood = dict(self._standing())
        self._quiets = list(self._known_silences())

    def _take(self, place: int, entry: Any) -> None:
        self.end = entry.at
        match entry:
            case Tried():
                self.tried.append((place, entry))
            case Took():
                self.took.append((place, entry))
            case Heard():
                self.heard.append((place, entry))
            case Stored():
                self.stored[entry.name].append((place, entry))
                self._known[entry.name].append((place, entry.life))
            case Hindered():
                self.hindered[entry.what].append(entry.at)
            case Wrote():
                self.wrote[entry.rule].append((place, entry))
            case Died():
                self.died.append((place, entry))
            case Began():
                self._saw.append(Saw(entry.at, entry.life, SILENCE, "", None))
            case Changed() if entry.kind == INCIDENT:
                self._removed[entry.name].append((place, entry))
            case Saw() if entry.kind == INCIDENT and entry.body:
                self._known[entry.name].append((place, entry.life))
            case Saw() if entry.kind == SILENCE:
                self._saw.append(entry)

    # Rules

    def _standing(self) -> Iterator[tuple[Episode, int]]:
        """What fired according to status, and the place since when that stood."""
        every = [one for writes in self.wrote.values() for one in writes]
        for place, wrote in sorted(every, key=lambda one: one[0], reverse=True):
            for entry in [*alerts(wrote), *history(wrote)]:
                if "firedAt" in entry:
                    yield Episode(entry["id"], read_ms(entry["firedAt"])), place

    def fires_at(self, alert: str, place: int) -> Episode | None:
        """The episode of an alert that fires according to what stood last."""
        rule, _ = self.observed.names[alert]
        before = [wrote for at, wrote in self.wrote[rule] if at < place]
        gone = [c.at for c in self.observed.changes[RULE, rule] if c.body is None]
        if not before or any(at >= before[-1].at for at in gone):
            return None
        for entry in alerts(before[-1]):
            if entry["id"] == alert and "firedAt" in entry:
                return Episode(alert, read_ms(entry["firedAt"]))
        return None

    def unreadable(self, rule: str) -> bool:
        """Whether the rule was at some time not to be understood."""
        bodies = (change.body or {} for change in self.observed.changes[RULE, rule])
        return any(body.get("severity") == "nonsense" for body in bodies)

    # Routes

    def versions(self, route: str) -> list[Mapping[str, Any]]:
        """All specs that a route had, as far as they can be understood."""
        bodies = (change.body for change in self.observed.changes[ROUTE, route])
        return [body for body in bodies if body and body["groupWait"] != "nonsense"]

    def wait(self, route: str) -> int:
        """The shortest groupWait that it ever had."""
        return min(duration(spec["groupWait"]) for spec in self.versions(route))

    def taking(self, alert: str) -> list[tuple[str, Mapping[str, Any]]]:
        """The routes that take an alert at the end."""
        last = {
            name: changes[-1].body
            for (kind, name), changes in self.observed.changes.items()
            if kind == ROUTE
        }
        names = self.observed.names[alert]
        fitting = [
            (name, spec)
            for name, spec in last.items()
            if spec and not spec.get("suspend") and _fits(spec["selector"], *names)
        ]
        return [one for one in fitting if not one[1]["fallback"]] or fitting

    def refused(self, receiver: str, route: str, incident: str) -> bool:
        """Whether it refused the last of an incident, and is no longer there to be mended.

        It is tried again after an hour.
        """
        tried = [
            one.fault
            for _, one in self.tried
            if (one.message.receiver, one.message.incident) == (receiver, incident)
        ]
        spec = self.observed.changes[ROUTE, route][-1].body or {}
        mended = receiver in [one["name"] for one in spec.get("receivers", ())]
        return not mended and tried[-1] == Fault.REFUSED

    # Silences

    def _known_silences(self) -> Iterator[Quiet]:
        open_: dict[str, tuple[int, int, Any]] = {}
        for saw in self._saw:
            ended = list(open_) if not saw.name else [saw.name]  # a new process knows of none
            for name in ended:
                if name in open_:
                    since, ends, selector = open_.pop(name)
                    yield Quiet(since, saw.at, ends, selector)
            if saw.body:
                spec, made = saw.body["spec"], saw.body["metadata"]["creationTimestamp"]
                ends = read_ms(made) + duration(spec["duration"])
                open_[saw.name] = saw.at, ends, spec["selector"]
        for since, ends, selector in open_.values():
            yield Quiet(since, self.end, ends, selector)

    def silenced(self, alert: str, at: int) -> bool:
        """Whether the operator knew for certain at `at` that a silence mutes the alert."""
        names = self.observed.names[alert]
        return any(
            quiet.since < at < min(quiet.until, quiet.ends) and _fits(quiet.selector, *names)
            for quiet in self._quiets
        )

    def ever_silenced(self, alert: str) -> bool:
        """Whether there was a silence about it, known or not."""
        names = self.observed.names[alert]
        bodies = (
            change.body
            for (kind, _), changes in self.observed.changes.items()
            for change in changes
            if kind == SILENCE and change.body
        )
        return any(_fits(body["selector"], *names) for body in bodies)

    # Incidents

    def intended(self, message: Message, place: int) -> int | None:
        """When that was decided which an attempt carries out; None: no such intent stands."""
        before = [stored for at, stored in self.stored[message.incident] if at < place]
        for told in before[-1].status.get("told", ()) if before else ():
            if told["name"] == message.receiver and told["kind"] == message.kind:
                return read_ms(told["intent"]["at"]) if "intent" in told else None
        return None

    def was_hindered(self, request: str, at: int) -> bool:
        """Whether such a request met trouble shortly before."""
        return any(at - HINDERS <= time <= at for time in self.hindered[request])

    def unwritten(self, alert: str, since: int, at: int) -> bool:
        """Whether status may not say what is so: a write met trouble, or an edit of the rule."""
        rule, _ = self.observed.names[alert]
        edits = (change.at for change in self.observed.changes[RULE, rule][1:])
        times = (*self.hindered["status"], *edits)
        return any(since - HINDERS <= time <= at for time in times)

    def forgotten(self, incident: str) -> bool:
        """Whether a person deleted it when there was no process that could make it again."""
        for place, removed in self._removed[incident]:
            known = [at for at, life in self._known[incident] if life == removed.life]
            whole = [at for at, one in self.stored[incident] if "told" in one.status]
            until = min((at for at in whole if at > place), default=None)
            deaths = (at for at, one in self.died if one.life >= removed.life)
            dies = any(until is None or at < until for at in deaths)
            if dies or not any(at < place for at in known):
                return True
        return False


def _fits(selector: Mapping[str, Any], rule: str, workload: str) -> bool:
    if "rules" in selector:
        return rule in selector["rules"]
    if "workloads" in selector:
        return workload in [one["name"] for one in selector["workloads"]]
    return bool(selector["all"])
