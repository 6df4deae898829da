"""What the operator could know and when, read off the journal: a reference of the checker's own.

It shares no code with the engine: specs are read as they were written, verdicts are three lines.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tests.recover.apiserver import NAMESPACE, RULE, WORKLOAD
from tests.recover.clockwork import SECOND
from tests.recover.journal import (
    Answered,
    Began,
    Changed,
    Died,
    Entry,
    Journal,
    Recorded,
    Saw,
    Wrote,
)

MET, BETWEEN, WELL, NOTHING = "Met", "Between", "NotMet", "Nothing"
_SECONDS: Final = {"s": SECOND, "m": 60 * SECOND}

#: What the operator knows of a workload; of none it knows anything until it was told.
THERE, OTHERS, AT_REST, GONE = "there", "not selected", "scaled to zero", "gone"
UNTOLD = "untold"


def duration(text: str) -> int:
    """A duration of a spec, in milliseconds."""
    return int(text[:-1]) * _SECONDS[text[-1]]


def verdict(spec: Mapping[str, Any], value: float | None) -> str:
    """What a criterion says of a value."""
    threshold = spec["criterion"]["threshold"]
    if value is None:
        return NOTHING
    if value > threshold["above"]:
        return MET
    return BETWEEN if value > threshold.get("recoverBelow", threshold["above"]) else WELL


def alert_id(rule: str, workload: str) -> str:
    """The id of an alert: the first digits of a digest of its rule's and its workload's place."""
    parts = (NAMESPACE, rule, WORKLOAD, NAMESPACE, workload)
    spelled = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(spelled.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Known:
    """What the operator was told of a rule: this is what it goes by. No spec: it is gone."""

    at: int
    life: int
    uid: str
    spec: Mapping[str, Any]

    @property
    def meaning(self) -> str:
        """What alerts do not outlive a change of."""
        return json.dumps([self.uid, self.spec.get("criterion")])

    @property
    def suspended(self) -> bool:
        """Whether it is not to be evaluated."""
        return bool(self.spec.get("suspend"))


@dataclass(frozen=True)
class Look:
    """One answer, as it concerns one workload of one rule.

    `sure`: the operator decided on it. Otherwise it died, or the rule changed under the query.
    """

    at: int
    answered: int
    life: int
    verdict: str
    known: Known
    epoch: int
    sure: bool


class Observed:
    """Everything that the operator was told, by rule and workload, in order."""

    def __init__(self, journal: Journal) -> None:
        self.looks: dict[tuple[str, str], list[Look]] = defaultdict(list)
        self.rules: dict[str, list[Known]] = defaultdict(list)
        self.workloads: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        self.changes: dict[tuple[str, str], list[Changed]] = defaultdict(list)
        self.writes: dict[str, list[Wrote]] = defaultdict(list)
        self.events: list[Recorded] = []
        self.answered: dict[tuple[str, int], int] = {}
        self.born: dict[str, int] = {}
        self.names: dict[str, tuple[str, str]] = {}
        self.deaths = {entry.life: entry.at for entry in journal if isinstance(entry, Died)}
        self._now: dict[str, str] = {}
        self._edited: dict[str, int] = {}
        self._epochs: dict[str, int] = defaultdict(int)
        for entry in journal:
            self._take(entry)
        rules, workloads = (
            [name for other, name in self.changes if other == kind] for kind in (RULE, WORKLOAD)
        )
        self.names = {alert_id(r, w): (r, w) for r in rules for w in workloads}

    def of_rule(self, rule: str) -> Iterator[tuple[str, list[Look]]]:
        """The looks at each workload of a rule."""
        return ((w, looks) for (r, w), looks in self.looks.items() if r == rule)

    def held(self, rule: str, workload: str, last: Look) -> int:
        """For how long the condition may at most have been seen to hold until `last`."""
        total, after = 0, last
        looks = self.looks[rule, workload]
        for look in reversed(looks[: looks.index(last)]):
            other_epoch = look.life == last.life and look.epoch != last.epoch
            if other_epoch or look.known.meaning != last.known.meaning:
                break
            if look.verdict == MET:
                gap = after.at - look.at
                total += gap if gap <= 2 * duration(last.known.spec["interval"]) else 0
                after = look
            elif look.verdict != NOTHING and self._remembered(rule, look, last):
                break
        return total

    def _remembered(self, rule: str, look: Look, last: Look) -> bool:
        """Whether the process of `last` can know of `look`: it died with who wrote nothing more."""
        if look.life == last.life:
            return look.sure
        written = (w for w in self.writes[look.known.uid] if w.life == look.life)
        return look.sure and any(wrote.sent >= look.answered for wrote in written)

    def _take(self, entry: Entry) -> None:
        match entry:
            case Began():
                self._begin(entry)
            case Changed():
                self.changes[entry.kind, entry.name].append(entry)
            case Saw() if entry.kind == RULE:
                self._saw_rule(entry)
            case Saw() if entry.kind == WORKLOAD:
                self._saw_workload(entry)
            case Answered():
                self._answered(entry)
            case Wrote():
                self.writes[entry.uid].append(entry)
            case Recorded():
                self.events.append(entry)

    def _begin(self, entry: Began) -> None:
        for name in self._now:
            self.workloads[name].append((entry.at, entry.life, UNTOLD))
        self._now.clear()

    def _saw_rule(self, entry: Saw) -> None:
        known, name = self.rules[entry.name], entry.name
        before = known[-1] if known else None
        if entry.body is None:
            known.append(Known(entry.at, entry.life, "", {}))
            self._epochs[name] += 1
            return
        uid = entry.body["metadata"]["uid"]
        now = Known(entry.at, entry.life, uid, entry.body["spec"])
        if before and (before.uid, before.spec, before.life) == (now.uid, now.spec, now.life):
            return  # only its status is new
        known.append(now)
        self.born.setdefault(uid, entry.at)
        self._edited[name] = entry.at
        if not before or before.meaning != now.meaning or now.suspended:
            self._epochs[name] += 1

    def _saw_workload(self, entry: Saw) -> None:
        state = GONE
        if entry.body:
            serves = entry.body["metadata"]["labels"]["serves"] == "yes"
            awake = entry.body["spec"]["replicas"] > 0
            state = OTHERS if not serves else THERE if awake else AT_REST
        self._now[entry.name] = state
        self.workloads[entry.name].append((entry.at, entry.life, state))

    def _answered(self, entry: Answered) -> None:
        rule = entry.query.removeprefix("q-")
        known = self.rules[rule][-1]
        self.answered[rule, entry.asked] = entry.at
        if not known.spec:
            return  # deleted while its query was under way
        overtaken = entry.asked < entry.at and self._edited[rule] >= entry.asked
        sure = not overtaken and self.deaths.get(entry.life) != entry.at
        for workload, state in self._now.items():
            if state == THERE:
                value = entry.values.get(workload) if entry.values is not None else None
                look = Look(
                    entry.asked, entry.at, entry.life, verdict(known.spec, value), known,
                    self._epochs[rule], sure,
                )  # fmt: skip
                self.looks[rule, workload].append(look)
