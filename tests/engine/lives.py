"""Whole lives of one rule's alerts in the engine, step by step, and a simple account of each."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from hypothesis import strategies as st

from tests.engine.world import NAMESPACE, Told, World, rule
from tocsin.core.rules import RuleKey
from tocsin.core.samples import Failure, FailureKind, Samples
from tocsin.engine.record import Record

KEY: Final = RuleKey(NAMESPACE, "latency")
INTERVAL: Final = 5.0
WORKLOADS: Final = ("a", "b")
DOWN: Final = Failure(FailureKind.UNREACHABLE, "connection refused")

_VALUES = st.sampled_from([25.0, 12.0, 12.0, 7.0, 3.0, math.nan, None])
_ANSWERS = st.one_of(
    *[st.fixed_dictionaries(dict.fromkeys(WORKLOADS, _VALUES))] * 4,
    st.none(),  # the source fails
)
#: How long a rule waits before it fires.
FOR: Final = st.sampled_from(["0s", "5s", "10s", "12s"]).map(lambda span: {"for": span})
DATAPOINTS: Final = st.sampled_from([(1, 1), (2, 3), (3, 5)]).map(
    lambda pair: {"datapoints": {"matching": pair[0], "of": pair[1]}}
)
AT_ONCE: Final = st.just({"for": "0s"})
KEPT: Final = st.sampled_from(["0s", "5s", "15s"])
NOT_KEPT: Final = st.just("0s")


@dataclass(frozen=True)
class Step:
    """What happens in one step: an edit, a restart, then an evaluation on these values."""

    gap: int
    values: Mapping[str, float | None] | None
    replicas: int | None = 1
    limit: str | None = None
    spec: Mapping[str, Any] = field(default_factory=dict)
    restart: bool = False


def specs(
    waits: st.SearchStrategy[dict[str, Any]], kept: st.SearchStrategy[str]
) -> st.SearchStrategy[dict[str, Any]]:
    """Specs of the rule: all that may be edited, most of it as it is most often."""
    return st.builds(
        lambda wait, keep, missing, mode, own, recover: {
            **wait,
            "keepFiringFor": keep,
            "missingData": missing,
            "mode": mode,
            "parameters": {"limit": own},
            "criterion": {
                "threshold": {
                    "metric": {"prometheus": {"query": "q"}},
                    "above": "$limit",
                    "recoverBelow": recover,
                }
            },
        },
        waits,
        kept,
        st.sampled_from(["Unknown", "Unknown", "NotMet", "Met"]),
        st.sampled_from(["Active", "Active", "Shadow"]),
        st.sampled_from([10, 10, 11]),
        st.sampled_from([5, 5, 5, 6]),
    )


def schedules(of: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[list[Step]]:
    """Steps of a life whose first sets the rule's spec, and few others edit it."""
    step = st.builds(
        Step,
        gap=st.sampled_from([5, 5, 5, 5, 10, 15, 60]),
        values=_ANSWERS,
        replicas=st.sampled_from([1, 1, 1, 1, 1, 1, 0, None]),
        limit=st.sampled_from([None, None, None, "20", "fast"]),
        spec=st.one_of(st.just({}), st.just({}), st.just({}), of),
        restart=st.sampled_from([False, False, True]),
    )
    first = st.builds(Step, gap=st.just(5), values=_ANSWERS, spec=of)
    return st.builds(lambda one, more: [one, *more], first, st.lists(step, max_size=14))


class Account:
    """How long each workload has been met, kept by hand from the values that it was given."""

    def __init__(self) -> None:
        self.seen: dict[str, list[tuple[datetime, str]]] = {name: [] for name in WORKLOADS}
        self._held: str | None = None

    def take(self, step: Step, spec: Mapping[str, Any], now: datetime) -> None:
        """What is observed in one step."""
        for name in WORKLOADS:
            there = step.replicas if name == "a" else 1
            if not there:
                self.seen[name] = []
        if not step.replicas and step.replicas is None:
            self._held = None
        limit = self._limit(step, spec)
        for name in WORKLOADS:
            verdict = self._verdict(step, spec, name, limit)
            if verdict and (name != "a" or step.replicas):
                self.seen[name].append((now, verdict))

    def forget(self) -> None:
        """The rule asks something else."""
        self.seen = {name: [] for name in WORKLOADS}

    def may_fire(self, name: str, spec: Mapping[str, Any]) -> bool:
        """Whether the condition has held, on observed samples, for as long as `spec` says."""
        if "datapoints" in spec:
            points, run = spec["datapoints"], self._run(name)
            met = sum(verdict == "Met" for _, verdict in run[-points["of"] :])
            return met >= int(points["matching"])
        held, seen = 0.0, self.seen[name]
        for (at, verdict), (later, _) in zip(reversed(seen[:-1]), reversed(seen), strict=False):
            if verdict != "Met":
                break
            apart = (later - at).total_seconds()
            held += apart if apart <= 2 * INTERVAL else 0.0  # a gap moves the begin by itself
        return held >= float(spec["for"].removesuffix("s"))

    def last(self, name: str) -> str:
        """The last verdict on what was observed."""
        return self.seen[name][-1][1] if self.seen[name] else ""

    def _run(self, name: str) -> list[tuple[datetime, str]]:
        """The latest looks that are at most two intervals apart."""
        run = self.seen[name][-1:]
        for at, verdict in reversed(self.seen[name][:-1]):
            if (run[0][0] - at).total_seconds() > 2 * INTERVAL:
                break
            run.insert(0, (at, verdict))
        return run

    def _limit(self, step: Step, spec: Mapping[str, Any]) -> float:
        if step.replicas is not None:
            self._held = self._held if step.limit == "fast" else step.limit
        return float(self._held or spec["parameters"]["limit"])

    def _verdict(self, step: Step, spec: Mapping[str, Any], name: str, limit: float) -> str:
        if step.values is None:
            return ""
        value = step.values[name]
        if value is None or math.isnan(value):
            return {"Unknown": "", "NotMet": "NoData", "Met": "Met"}[spec["missingData"]]
        above = limit if name == "a" else float(spec["parameters"]["limit"])
        recover = min(above, spec["criterion"]["threshold"]["recoverBelow"])
        if value > above:
            return "Met"
        return "Deadband" if value > recover else "NotMet"


@dataclass(frozen=True)
class Lived:
    """What there was after one step, and the account of it."""

    step: Step
    spec: Mapping[str, Any]
    before: Mapping[str, Any]
    status: Mapping[str, Any]
    told: Sequence[Told]
    now: datetime
    may_fire: Mapping[str, bool]
    last: Mapping[str, str]
    record: Record


async def live(steps: Sequence[Step], *, restarts: bool = True) -> list[Lived]:
    """The life that `steps` make, with its restarts or without."""
    world, account = World(), Account()
    spec: Mapping[str, Any] = steps[0].spec
    _apply(world, spec)
    world.deploy("b")
    _place(world, steps[0])
    world.list_all()
    await world.tick(1)
    lived: list[Lived] = []
    for step in steps:
        before = world.status()
        if step.spec and step.spec != spec:
            if step.spec["criterion"] != spec["criterion"]:
                account.forget()
            spec = step.spec
            _apply(world, spec)
        _place(world, step)
        if step.restart and restarts:
            world.restart()
        _answer(world, step)
        await world.tick(step.gap - 1, by=step.gap - 1)
        account.take(step, spec, world.clock.now())
        await world.tick(1)  # what was decided is written
        record = world.book.get(KEY)
        assert record
        lived.append(
            Lived(
                step,
                spec,
                before,
                world.status(),
                world.take_told(),
                world.clock.now(),
                {name: account.may_fire(name, spec) for name in WORKLOADS},
                {name: account.last(name) for name in WORKLOADS},
                record,
            )
        )
    return lived


def _apply(world: World, spec: Mapping[str, Any]) -> None:
    body = rule()
    del body["spec"]["for"]
    body["spec"] |= spec
    world.apply(body)


def _place(world: World, step: Step) -> None:
    if step.replicas is not None:
        world.deploy("a", replicas=step.replicas, limit=step.limit)
    elif "a" in world.deployments:
        world.undeploy("a")


def _answer(world: World, step: Step) -> None:
    if step.values is None:
        world.source.answers["q"] = DOWN
    else:
        there = {name: value for name, value in step.values.items() if value is not None}
        world.source.answers["q"] = Samples(())
        world.value(**there)
