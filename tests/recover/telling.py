"""Seeded schedules with routes and receivers: what happens to those who are to be told."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.recover.apiserver import ROUTE, SILENCE, WORKLOAD
from tests.recover.clockwork import SECOND
from tests.recover.receivers import Fault
from tests.recover.schedules import KINDS, Drawing, Schedule

#: What failed often is tried again after a minute or two, and groupInterval follows.
REST: Final = 180 * SECOND
HOOK: Final = {"name": "hook", "webhook": {"url": "https://hooks.example.com/tocsin"}}
CHAT: Final = {"name": "chat", "slack": {"webhookSecretRef": {"name": "slack", "key": "url"}}}
_UNCERTAIN: Final = (Fault.LOST, Fault.NEVER, Fault.LATE)
_FAULTS: Final = (
    tuple(fault for fault in Fault if fault is not Fault.NONE),
    (Fault.BUSY, Fault.AFTER),
    (Fault.REFUSED,),
    (Fault.SLOW,),
    _UNCERTAIN,
)


def draw(seed: int) -> Schedule:
    """The schedule of `seed`: always the same; every other one has routes."""
    return (Telling if seed % 2 else Drawing)(seed).schedule()


class Telling(Drawing):
    """Draws routes, receivers, silences and incidents, too."""

    tells = True
    rest = REST

    @property
    def kinds(self) -> Mapping[Callable[[Any, int], None], int]:
        """What can happen, and how often at most."""
        return _KINDS

    def _begin(self) -> None:
        self._routes = {f"to{number}": self._route(number) for number in range(self._few())}
        for name, spec in self._routes.items():
            self._add(0, "apply", ROUTE, name, spec)

    def _route(self, number: int) -> dict[str, Any]:
        pick = self._random.choice
        spec: dict[str, Any] = {
            "selector": self._selector(),
            "groupBy": pick(([], [{"field": "Workload"}], [{"field": "Rule"}], None)),
            "groupWait": pick(("0s", "0s", "5s", "10s")),
            "groupInterval": pick(("1s", "5s", "15s")),
            "repeatInterval": pick(("20s", "1h", "1h")),
            "receivers": pick(([HOOK], [CHAT], [HOOK, CHAT])),
            "fallback": number == 1,
        }
        if spec["groupBy"] is None:
            spec["groupBy"] = [{"field": "Workload"}, {"field": "Rule"}]
        return spec

    def _selector(self) -> dict[str, Any]:
        workload = {"kind": WORKLOAD, "name": self._workload()}
        some = ({"rules": [self._rule()]}, {"workloads": [workload]})
        return self._random.choice(({"all": True}, {"all": True}, *some))

    def _route_name(self) -> str:
        return self._random.choice(list(self._routes))

    # What happens, each at a time `at`.

    def receiver(self, at: int) -> None:
        """A receiver is slow, busy, or refuses, or answers are lost."""
        name, rate = self._random.choice(("hook", "chat")), self._random.choice((0.4, 0.9, 1.0))
        faults = tuple(map(str, self._random.choice(_FAULTS)))
        self._for_a_while(at, "receiver_trouble", (name, rate, *faults), (name, 0.0))

    def silence(self, at: int) -> None:
        """Somebody silences some alerts, and perhaps thinks better of it."""
        name = f"s{self._random.randint(0, 2)}"
        lasts = f"{self._random.choice((5, 20, 60))}s"
        spec = {"selector": self._selector(), "duration": lasts, "comment": "quiet"}
        self._add(at, "delete", SILENCE, name)
        self._add(at, "apply", SILENCE, name, spec)
        if self._random.random() < 0.3:
            self._add(at + self._random.randint(1, 30 * SECOND), "delete", SILENCE, name)

    def acknowledge(self, at: int) -> None:
        """Somebody takes an incident on, or no longer does."""
        self._add(at, "acknowledge", self._random.randint(0, 5), self._random.choice(("mine", "")))

    def delete_open(self, at: int) -> None:
        """Somebody deletes an incident that is open."""
        self._add(at, "delete_open", self._random.randint(0, 5))

    def edit_route(self, at: int) -> None:
        """Somebody edits a route: whom it takes, how it groups, when and whom it tells."""
        name = self._route_name()
        field = self._random.choice(
            ("selector", "groupBy", "groupWait", "groupInterval", "receivers", "repeatInterval")
        )
        drawn = self._route(0)
        self._routes[name] = {**self._routes[name], field: drawn[field]}
        self._add(at, "apply", ROUTE, name, self._routes[name])

    def suspend_route(self, at: int) -> None:
        """Somebody suspends a route for a while, or breaks it."""
        name = self._route_name()
        field = self._random.choice(({"suspend": True}, {"groupWait": "nonsense"}))
        spec = self._routes[name]
        self._for_a_while(at, "apply", (ROUTE, name, {**spec, **field}), (ROUTE, name, spec))

    def remove_route(self, at: int) -> None:
        """Somebody deletes a route, and perhaps makes it again."""
        name = self._route_name()
        self._add(at, "delete", ROUTE, name)
        if self._random.random() < 0.6:
            back = at + self._random.choice((0, 1, 5000, 20 * SECOND))
            self._add(back, "apply", ROUTE, name, self._routes[name])

    def _come_to_rest(self) -> None:
        """Receivers are well, and those that refused are mended: their settings are edited."""
        super()._come_to_rest()
        for receiver in ("hook", "chat"):
            self._add(self._quiet, "receiver_trouble", receiver, 0.0)
        applied = [a for a in self._actions if a.args[:1] == (ROUTE,)]
        last = {action.args[1]: action for action in sorted(applied, key=lambda a: a.at)}
        for name, action in last.items():
            if action.do == "apply":
                spec = action.args[2]
                mended = {**spec, "receivers": [_mended(one) for one in spec["receivers"]]}
                self._add(self._quiet + 1, "apply", ROUTE, name, mended)


def _mended(receiver: Mapping[str, Any]) -> dict[str, Any]:
    """It leads where it led, with another text."""
    kind = next(kind for kind in receiver if kind != "name")
    return {**receiver, kind: {**receiver[kind], "template": {"title": "alert"}}}


_KINDS: Final[dict[Callable[[Any, int], None], int]] = {
    **KINDS,
    Drawing.value: 30,
    Drawing.crash: 3,
    Drawing.crash_at: 6,
    Drawing.remove_rule: 1,
    Drawing.edit_meaning: 1,
    Drawing.suspend: 1,
    Telling.receiver: 4,
    Telling.silence: 4,
    Telling.acknowledge: 3,
    Telling.delete_open: 2,
    Telling.edit_route: 3,
    Telling.suspend_route: 1,
    Telling.remove_route: 3,
}
