"""A small world around the engine: one namespace, time that is stepped, nothing that sleeps."""

import asyncio
import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import yaml

from tests.engine.fakes import (
    CountingMeter,
    FakeApi,
    FakeEvents,
    FakeObjects,
    FakeReceivers,
    FakeSource,
    SteppedClock,
)
from tocsin.adapters.templates import GoTemplates
from tocsin.api.settings import Settings
from tocsin.core.rules import RuleKey
from tocsin.core.samples import Sample, Samples
from tocsin.engine.assembly import Outside, build_engine
from tocsin.engine.kinds import WATCHED_KINDS
from tocsin.engine.record import KIND
from tocsin.engine.times import write_time
from tocsin.ports import Notice, Renderer

NAMESPACE = "fraud"
#: What an alert of the one Deployment is told on.
ON_BOTH = ["MLAlertRule/latency", "Deployment/scorer"]
#: Hops of the event loop in which everything that waits for nobody has ended.
_HOPS = 30

RULE = """
metadata: {name: latency, namespace: fraud}
spec:
  severity: high
  interval: 5s
  for: 10s
  workloads: {kinds: [Deployment]}
  criterion:
    threshold: {metric: {prometheus: {query: q}}, above: 10, recoverBelow: 5}
"""


def rule_named(name: str, **spec: Any) -> dict[str, Any]:
    """The rule above under another name, with other fields in its spec."""
    body: dict[str, Any] = yaml.safe_load(RULE)
    body["metadata"]["name"] = name
    body["spec"] |= spec
    return body


def rule(**spec: Any) -> dict[str, Any]:
    """The rule above, with other fields in its spec."""
    return rule_named("latency", **spec)


def asking(query: str, **threshold: Any) -> dict[str, Any]:
    """A criterion that asks something else."""
    return {"threshold": {"metric": {"prometheus": {"query": query}}, "above": 10} | threshold}


@dataclass(frozen=True)
class Told:
    """An Event, in short."""

    reason: str
    on: str
    note: str


class World:
    """An engine, its surroundings, and what a test does to them."""

    def __init__(
        self,
        sources: Mapping[str, FakeSource] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.settings = {"clusterName": "test", "evaluation": {"offset": "0s"}, **(settings or {})}
        self.clock = SteppedClock()
        self.source = FakeSource()
        self.sources = dict(sources or {"default": self.source})
        self.api = FakeApi(self.clock)
        self.events = FakeEvents()
        self.kept = FakeObjects()
        self.receivers = FakeReceivers()
        self.meter = CountingMeter()
        self.renderer: Renderer = GoTemplates()
        self.held_back = False  # set by tests in which queries wait for the next second
        self.deployments: dict[str, dict[str, Any]] = {}
        self.objects: dict[tuple[str, str], dict[str, Any]] = {}
        self._build()

    def _build(self) -> None:
        self.engine, self.book = build_engine(
            Settings.model_validate(self.settings),
            Outside(
                clock=self.clock,
                sources=dict(self.sources),
                writer=self.api,
                objects=self.kept,
                recorder=self.events,
                receivers=self.receivers,
                renderer=self.renderer,
                meter=self.meter,
            ),
        )

    def list_all(self, *kinds: str) -> None:
        """The watches have read all lists."""
        rules = {(key.namespace, key.name) for key in self.api.rules}
        there = {KIND: rules, "Deployment": {(NAMESPACE, name) for name in self.deployments}}
        for kind, name in self.objects:
            there.setdefault(kind, set()).add((NAMESPACE, name))
        for kind, namespace, name in self.kept.objects:
            there.setdefault(kind, set()).add((namespace, name))
        for kind in kinds or WATCHED_KINDS:
            self.engine.listed(kind, None, there.get(kind, set()))

    def restart(self, lived_until: datetime | Literal["now"] | None = "now") -> None:
        """A new process: it knows what the Lease says and what the watches tell, rules first.

        `lived_until` is what the Lease says; None: there is no Lease.
        """
        self._build()
        self.book.lived_until = self.clock.now() if lived_until == "now" else lived_until
        for body in self.api.rules.values():
            self.engine.saw(KIND, body)
        for body in self.deployments.values():
            self.engine.saw("Deployment", body)
        for (kind, _), body in self.objects.items():
            self.engine.saw(kind, body)
        self.kept.changed = list(self.kept.objects)
        self._watch_kept()
        self.list_all()

    def apply(self, written: str | Mapping[str, Any] = RULE) -> RuleKey:
        """kubectl apply of a rule, as YAML or as what it says."""
        body = yaml.safe_load(written) if isinstance(written, str) else written
        stored = self.api.store(body)
        self.engine.saw(KIND, stored)
        return RuleKey(stored["metadata"]["namespace"], stored["metadata"]["name"])

    def delete(self, name: str = "latency") -> None:
        """kubectl delete of a rule."""
        del self.api.rules[RuleKey(NAMESPACE, name)]
        self.engine.gone(KIND, NAMESPACE, name)

    def annotate(self, name: str = "latency", **annotations: str) -> None:
        """A rule has these annotations of `tocsin.dev/`, and no others."""
        stored = self.api.rules[RuleKey(NAMESPACE, name)]
        named = {f"tocsin.dev/{key}": value for key, value in annotations.items()}
        metadata = {"namespace": NAMESPACE, "name": name, "annotations": named}
        body = self.api.store({"metadata": metadata, "spec": stored["spec"]})
        self.engine.saw(KIND, body)

    def deploy(
        self, name: str = "scorer", model: str = "m", *, replicas: int = 1, limit: str | None = None
    ) -> None:
        """kubectl apply of a Deployment; `limit` sets the parameter of the rule latency."""
        metadata = {
            "name": name,
            "namespace": NAMESPACE,
            "uid": f"uid-{name}",
            "annotations": {} if limit is None else {"param.tocsin.dev/latency.limit": limit},
        }
        labels = {"tocsin.dev/model": model}
        body = {"metadata": metadata | {"labels": labels}, "spec": {"replicas": replicas}}
        self.deployments[name] = body
        self.engine.saw("Deployment", body)

    def see(self, kind: str, *bodies: dict[str, Any]) -> None:
        """The watch tells of these objects."""
        for body in bodies:
            self.objects[kind, body["metadata"]["name"]] = body
            self.engine.saw(kind, body)

    def undeploy(self, name: str = "scorer") -> None:
        """kubectl delete of a Deployment."""
        del self.deployments[name]
        self.engine.gone("Deployment", NAMESPACE, name)

    def value(self, query: str = "q", /, **values: float) -> None:
        """From now on `query` returns these values, by Deployment."""
        samples = (
            Sample({"namespace": NAMESPACE, "deployment": name, "version": "v1"}, value)
            for name, value in values.items()
        )
        self.source.answers[query] = Samples(tuple(samples))

    async def tick(self, seconds: int = 5, by: int = 1) -> None:
        """So much time passes, second by second, or in longer steps."""
        for _ in range(seconds // by):
            self.clock.step(by)
            await self.work()

    async def work(self) -> None:
        """Everything that is due now is done, but for what hangs; the watch tells what changed."""
        while True:
            self.engine.start_due()
            if not self._something_waits():
                await self.engine.settle()
            for _ in range(_HOPS):
                await asyncio.sleep(0)
            for key in self._take_changed():
                self.engine.saw(KIND, self.api.rules[key])
            self._watch_kept()
            due = self.engine._agenda.next_due()
            if due is None or due > self.clock.now() or self.engine.unlisted:
                return

    def _something_waits(self) -> bool:
        """Whether a query hangs, or one waits for time to pass: then not everything settles."""
        return any(source.hangs for source in self.sources.values()) or self.held_back

    def put(self, kind: str, name: str, **body: Any) -> None:
        """kubectl apply, annotate or edit of an object of one of our kinds but rules."""
        metadata = {"namespace": NAMESPACE, "name": name} | body.pop("metadata", {})
        if (kind, metadata["namespace"], name) not in self.kept.objects:
            metadata |= {"creationTimestamp": write_time(self.clock.now())}
        self.kept.put(kind, {"metadata": metadata, **body})
        self._watch_kept()

    def drop(self, kind: str, name: str, namespace: str = NAMESPACE) -> None:
        """kubectl delete of such an object."""
        self.kept.drop(kind, namespace, name)
        self._watch_kept()

    def all_of(self, kind: str) -> list[dict[str, Any]]:
        """The objects of a kind that the API server holds, by name."""
        return [body for key, body in sorted(self.kept.objects.items()) if key[0] == kind]

    def _watch_kept(self) -> None:
        changed, self.kept.changed = self.kept.changed, []
        for kind, namespace, name in changed:
            body = self.kept.objects.get((kind, namespace, name))
            if body is None:
                self.engine.gone(kind, namespace, name)
            else:
                self.engine.saw(kind, copy.deepcopy(body))

    def _take_changed(self) -> list[RuleKey]:
        changed, self.api.changed = self.api.changed, []
        return [key for key in changed if key in self.api.rules]

    def status(self, name: str = "latency") -> dict[str, Any]:
        """The status that the API server holds."""
        return dict(self.api.rules[RuleKey(NAMESPACE, name)]["status"])

    def condition(self, kind: str, name: str = "latency") -> dict[str, Any]:
        """One condition of a rule."""
        conditions: list[dict[str, Any]] = self.status(name)["conditions"]
        return next((one for one in conditions if one["type"] == kind), {})

    def take_told(self) -> list[Told]:
        """The Events since the last time that this was asked."""
        told, self.events.notices = self.events.notices, []
        return [_in_short(notice) for notice in told]


def _in_short(notice: Notice) -> Told:
    on = notice.regarding
    return Told(str(notice.reason), f"{on.kind}/{on.name}", notice.note)


async def started(*, firing: bool = False, for_: str = "10s", **spec: Any) -> World:
    """A world with one Deployment and one rule, quiet or firing, of which all is told."""
    world = World()
    world.deploy()
    world.apply(rule(**{"for": for_}, **spec))
    world.list_all()
    world.value(scorer=12 if firing else 3)
    await world.tick(20 if firing else 5)
    world.take_told()
    assert world.status()["state"] == ("Firing" if firing else "Inactive")
    return world
