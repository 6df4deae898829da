"""Seeded schedules: what people, models and faults do to one operator after the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from tests.recover.apiserver import RULE, WORKLOAD
from tests.recover.clockwork import SECOND
from tests.recover.world import Action
from tocsin.adapters.crashing import EFFECTS, POINTS

GOOD, BETWEEN, BAD, WORSE = 3.0, 7.0, 12.0, 25.0

#: When trouble is over, and how long it then takes until all is at rest: a write that failed often
#: is tried again after 30 s, and the longest `for` follows.
TROUBLED: Final = (40 * SECOND, 150 * SECOND)
REST: Final = 75 * SECOND


@dataclass(frozen=True)
class Schedule:
    """What happens, in order of time, until `until`; faults end at `quiet`."""

    seed: int
    actions: tuple[Action, ...]
    quiet: int
    until: int
    tells: bool = False

    def __str__(self) -> str:
        return "\n".join(map(str, self.actions))


def spec(**fields: Any) -> dict[str, Any]:
    """A rule's spec; `query`, `above` and `recoverBelow` go to its threshold."""
    threshold = {name: fields.pop(name) for name in ("above", "recoverBelow") if name in fields}
    metric = {"prometheus": {"query": fields.pop("query")}}
    selector = {"matchLabels": {"serves": "yes"}}
    return {
        "severity": "high",
        "interval": "5s",
        "workloads": {"kinds": [WORKLOAD], "selector": selector},
        "criterion": {"threshold": {"metric": metric, **threshold}},
        **fields,
    }


class Drawing:
    """Draws rules, workloads and models, and what happens to them."""

    tells = False
    rest = REST

    @property
    def kinds(self) -> Mapping[Callable[["Drawing", int], None], int]:
        """What can happen, and how often at most."""
        return KINDS

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._random = Random(seed)  # noqa: S311  # chance that can be repeated is what is wanted
        self._quiet = self._random.randint(*TROUBLED)
        self._actions: list[Action] = []
        self._rules = {f"r{number}": self._fields(f"r{number}") for number in range(self._few())}
        self._workloads = {f"w{number}": (1, True) for number in range(self._few())}

    def schedule(self) -> Schedule:
        """Draw everything: what is there first, what happens, and how it comes to rest."""
        for name in self._workloads:
            self._add(0, "workload", name, 1, True)
        for name in self._rules:
            self._add(0, "rule", name, spec(**self._rules[name]))
        for rule in self._rules:
            for workload in self._workloads:
                value = self._random.choice((GOOD, BAD, BETWEEN, None))
                self._add(0, "value", rule, workload, value)
        self._begin()
        self._add(0, "start")
        for kind, most in self.kinds.items():
            for at in sorted(self._random.randint(0, self._quiet) for _ in range(self._upto(most))):
                kind(self, at)
        self._come_to_rest()
        actions = tuple(sorted(self._actions, key=lambda action: action.at))
        return Schedule(self._seed, actions, self._quiet, self._quiet + self.rest, self.tells)

    def _begin(self) -> None:
        """What is there first beside rules and workloads."""

    def _few(self) -> int:
        return self._random.choice((1, 1, 1, 2, 2, 3))

    def _upto(self, most: int) -> int:
        """Often none: some bugs show only where nothing else happens."""
        return self._random.choice((0, self._random.randint(0, most), most))

    def _fields(self, name: str) -> dict[str, Any]:
        fields: dict[str, Any] = {"query": f"q-{name}", "above": 10}
        fields["for"] = self._random.choice(("0s", "0s", "4s", "10s", "20s"))
        fields["interval"] = self._random.choice(("5s", "5s", "5s", "2s", "10s"))
        if self._random.random() < 0.5:
            fields["recoverBelow"] = 5
        return fields

    def _add(self, at: int, do: str, *args: Any) -> None:
        self._actions.append(Action(at, do, args))

    def _rule(self) -> str:
        return self._random.choice(list(self._rules))

    def _workload(self) -> str:
        return self._random.choice(list(self._workloads))

    def _for_a_while(self, at: int, do: str, args: tuple[Any, ...], after: tuple[Any, ...]) -> None:
        """`do` with `args`, and some time later with `after`."""
        self._add(at, do, *args)
        self._add(at + self._random.randint(1, 30 * SECOND), do, *after)

    # What happens, each at a time `at`.

    def value(self, at: int) -> None:
        """A model becomes better or worse, or is silent."""
        value = self._random.choice((GOOD, BAD, BAD, BETWEEN, WORSE, None))
        self._add(at, "value", self._rule(), self._workload(), value)

    def crash(self, at: int) -> None:
        """kill -9 at any time."""
        self._add(at, "crash", self._downtime())

    def stop(self, at: int) -> None:
        """SIGTERM."""
        self._add(at, "stop", self._downtime())

    def crash_at(self, at: int) -> None:
        """kill -9 at a crash point."""
        point, times = self._random.choice(POINTS), self._random.choice((1, 1, 2, 3))
        self._add(at, "crash_at", point, times, self._downtime())

    def pause(self, at: int) -> None:
        """SIGSTOP, for too short a time for a standby, about long enough, or longer."""
        self._add(at, "pause", self._random.choice((3000, 12_000, 16_000, 25_000)))

    def _downtime(self) -> int:
        return self._random.choice((1, 1000, 3000, 20 * SECOND))

    def source(self, at: int) -> None:
        """The source fails, or is slow."""
        trouble = self._random.choice(((True, 0), (False, 3000), (True, 3000), (False, 7000)))
        self._for_a_while(at, "source", trouble, (False, 0))

    def api_trouble(self, at: int) -> None:
        """Requests meet trouble."""
        rate = self._random.choice((0.4, 0.9))
        kinds = self._random.choice((EFFECTS, ("status",), ("event",), ("lease",)))
        self._for_a_while(at, "api_trouble", (rate, *kinds), (0.0,))

    def watch_delay(self, at: int) -> None:
        """Watches are late."""
        self._for_a_while(at, "watch_delay", (self._random.choice((10, 2000, 8000)),), (0,))

    def cut(self, at: int) -> None:
        """A watch is cut."""
        kind, ms = self._random.choice((RULE, WORKLOAD)), self._random.randint(1, 20 * SECOND)
        self._add(at, "cut", kind, ms, self._random.random() < 0.5)

    def edit_softly(self, at: int) -> None:
        """Somebody edits a text, or `for`."""
        name = self._rule()
        if self._random.random() < 0.5:
            self._rules[name]["for"] = self._random.choice(("0s", "4s", "10s", "20s"))
        else:
            self._rules[name]["summary"] = self._random.choice(("slow", "too slow"))
        self._add(at, "rule", name, spec(**self._rules[name]), True)

    def edit_meaning(self, at: int) -> None:
        """Somebody edits the criterion."""
        name = self._rule()
        self._rules[name]["above"] = self._random.choice((10, 20))
        self._add(at, "rule", name, spec(**self._rules[name]))

    def suspend(self, at: int) -> None:
        """Somebody suspends a rule, or breaks it, for a while."""
        name = self._rule()
        field = self._random.choice(({"suspend": True}, {"severity": "nonsense"}))
        fields = self._rules[name]
        self._for_a_while(at, "rule", (name, spec(**{**fields, **field})), (name, spec(**fields)))

    def remove_rule(self, at: int) -> None:
        """Somebody deletes a rule, and perhaps makes it again."""
        name = self._rule()
        self._add(at, "delete", RULE, name)
        if self._random.random() < 0.7:
            back = at + self._random.choice((0, 1, 5000))
            self._add(back, "rule", name, spec(**self._rules[name]))

    def change_workload(self, at: int) -> None:
        """Somebody scales a workload to zero, relabels or deletes it, perhaps for a while."""
        name = self._workload()
        back = self._random.choice((None, at, at + 1, at + self._random.randint(1, 20 * SECOND)))
        change = self._random.choice(((0, True), (1, False), None))
        if self._random.random() < 0.5:  # and the watch misses it
            self._add(at, "cut", WORKLOAD, self._random.randint(1, 20 * SECOND), True)
        if change:
            self._add(at, "workload", name, *change)
        else:
            self._add(at, "delete", WORKLOAD, name)
        if back is not None:
            self._add(back, "workload", name, 1, True)

    def _come_to_rest(self) -> None:
        """Faults end; each model is good or bad, or silent, from now on."""
        end = self._quiet
        deeds = ("crash_at", "pause")  # what may take long to come to its end
        kept = [action for action in self._actions if action.at < end or action.do not in deeds]
        self._actions = [
            action if action.at < end else Action(end, action.do, action.args) for action in kept
        ]
        for rule in self._rules:
            for workload in self._workloads:
                value = self._random.choice((GOOD, BAD, BAD, None))
                self._add(end, "value", rule, workload, value)
        self._add(end, "source", False, 0)
        self._add(end, "api_trouble", 0.0)
        self._add(end, "watch_delay", 0)
        self._add(end, "spare")


#: What can happen, and how often at most.
KINDS: Final[dict[Callable[[Drawing, int], None], int]] = {
    Drawing.value: 40,
    Drawing.crash: 4,
    Drawing.crash_at: 6,
    Drawing.stop: 1,
    Drawing.source: 2,
    Drawing.api_trouble: 6,
    Drawing.watch_delay: 2,
    Drawing.cut: 4,
    Drawing.edit_softly: 3,
    Drawing.edit_meaning: 3,
    Drawing.suspend: 2,
    Drawing.remove_rule: 2,
    Drawing.change_workload: 4,
    Drawing.pause: 2,
}
