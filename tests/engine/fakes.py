"""What stands around the engine in its tests: a clock that is stepped, and outside systems."""

import asyncio
import copy
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tocsin.api.v1alpha1 import MLAlertRuleStatus
from tocsin.core.metrics import Question
from tocsin.core.notify.notification import Notification
from tocsin.core.notify.receivers import DeliveryError, Receipt, Receiver
from tocsin.core.rules import RuleKey
from tocsin.core.samples import Answer, Samples
from tocsin.ports import ConflictError, GoneError, Notice

START = datetime(2026, 1, 31, 12, tzinfo=UTC)


class SteppedClock:
    """A clock that stands still until it is stepped."""

    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time

    def step(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class FakeSource:
    """Answers with what it was given, by query, or with nothing; `hangs` makes it wait."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    hangs: bool = False
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, question: Question) -> Answer:
        self.asked.append(str(question.query))
        if self.hangs:
            await self.released.wait()
        return self.answers.get(str(question.query), Samples(()))


class FakeApi:
    """The API server, as far as rules go: versions, statuses, and faults on demand."""

    def __init__(self, clock: SteppedClock) -> None:
        self.clock = clock
        self.rules: dict[RuleKey, dict[str, Any]] = {}
        self.writes: list[tuple[RuleKey, datetime]] = []
        self.attempts: list[tuple[RuleKey, datetime]] = []
        self.faults: list[Exception] = []
        self.changed: list[RuleKey] = []
        self.meanwhile: Callable[[], object] | None = None  # happens once, during a write
        self.afterwards: Callable[[], object] | None = None  # once, before the answer arrives
        self._version = 0

    def store(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Apply `body`: a new object, or another spec of an old one."""
        key = RuleKey(body["metadata"]["namespace"], body["metadata"]["name"])
        old = self.rules.get(key)
        metadata: dict[str, Any] = (
            old["metadata"] if old else {"uid": f"uid-{self._next()}", "generation": 1}
        )
        if old and old["spec"] != body["spec"]:
            metadata = metadata | {"generation": metadata["generation"] + 1}
        self.rules[key] = {
            "metadata": metadata | body["metadata"] | {"resourceVersion": self._next()},
            "spec": copy.deepcopy(body["spec"]),
            "status": old["status"] if old else {},
        }
        return self.rules[key]

    def touch(self, key: RuleKey) -> None:
        """Somebody else changes the object, and the watch is late to tell."""
        self.rules[key]["metadata"] = self.rules[key]["metadata"] | {
            "resourceVersion": self._next()
        }

    async def write(self, rule: RuleKey, resource_version: str, status: Mapping[str, Any]) -> str:
        self.attempts.append((rule, self.clock.now()))
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        if self.faults:
            raise self.faults.pop(0)
        if rule not in self.rules:
            raise GoneError("not found")
        if self.rules[rule]["metadata"]["resourceVersion"] != resource_version:
            raise ConflictError("the object has been modified")
        MLAlertRuleStatus.model_validate(status, extra="forbid")  # the server knows no other fields
        self.touch(rule)
        self.rules[rule]["status"] = copy.deepcopy(dict(status))
        self.writes.append((rule, self.clock.now()))
        self.changed.append(rule)
        version = str(self.rules[rule]["metadata"]["resourceVersion"])
        afterwards, self.afterwards = self.afterwards, None
        if afterwards:
            afterwards()
        return version

    def _next(self) -> str:
        self._version += 1
        return str(self._version)


class FakeEvents:
    """Keeps what is recorded; fails with `faults` first."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.faults: list[Exception] = []

    async def record(self, notice: Notice) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.notices.append(notice)


class CountingMeter:
    """Counts what the engine counts."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.answers: Counter[tuple[str, str]] = Counter()
        self.waited: Counter[str] = Counter()
        self.skipped = 0

    def evaluated(self, outcome: str, seconds: float) -> None:
        self.outcomes[outcome] += 1

    def missed(self, count: int) -> None:
        self.skipped += count

    def answered(self, source: str, outcome: str, samples: int) -> None:
        self.answers[source, outcome] += 1

    def held_back(self, namespace: str) -> None:
        self.waited[namespace] += 1


class FakeObjects:
    """The API server as far as objects go that the operator makes itself, or people do.

    `faults` are raised first, `refuses` for ever; `changed` is what the watch tells of next.
    """

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.faults: list[Exception] = []
        self.refuses: Exception | None = None
        self.changed: list[tuple[str, str, str]] = []
        self.written = 0
        self._version = 0

    def put(self, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """kubectl apply, or edit: what `body` says of metadata, and all else that it has."""
        metadata = body["metadata"]
        key = (kind, metadata["namespace"], metadata["name"])
        old = self.objects.get(key, {})
        known = old.get("metadata") or {"uid": f"uid-{self._next()}", "generation": 0}
        edited = old.get("spec") != body.get("spec", old.get("spec"))
        generation = known["generation"] + (edited or not old)
        self.objects[key] = {
            **old,
            **copy.deepcopy(dict(body)),
            "metadata": known
            | metadata
            | {"resourceVersion": self._next(), "generation": generation},
        }
        self.changed.append(key)
        return self.objects[key]

    def drop(self, kind: str, namespace: str, name: str) -> None:
        """kubectl delete."""
        del self.objects[kind, namespace, name]
        self.changed.append((kind, namespace, name))

    async def create(self, kind: str, namespace: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        self._fail()
        name = body["metadata"]["name"]
        if (kind, namespace, name) in self.objects:
            raise ConflictError(name)
        made = {**body, "metadata": {**body["metadata"], "namespace": namespace}}
        return copy.deepcopy(self.put(kind, made))

    async def write_status(
        self, kind: str, namespace: str, name: str, resource_version: str, status: Mapping[str, Any]
    ) -> str:
        self._fail()
        stored = self.objects.get((kind, namespace, name))
        if stored is None:
            raise GoneError(name)
        if stored["metadata"]["resourceVersion"] != resource_version:
            raise ConflictError(name)
        self.put(kind, {"metadata": {"namespace": namespace, "name": name}, "status": status})
        self.written += 1
        return str(self.objects[kind, namespace, name]["metadata"]["resourceVersion"])

    async def delete(self, kind: str, namespace: str, name: str, uid: str) -> None:
        self._fail()
        stored = self.objects.get((kind, namespace, name))
        if stored is None or stored["metadata"]["uid"] != uid:
            raise GoneError(name)
        self.drop(kind, namespace, name)

    def _fail(self) -> None:
        if self.faults:
            raise self.faults.pop(0)
        if self.refuses:
            raise self.refuses

    def _next(self) -> str:
        self._version += 1
        return str(self._version)


class FakeReceivers:
    """Receivers that take everything, but those in `failing`, and once `faults` are over."""

    def __init__(self) -> None:
        self.told: list[tuple[Receiver, Notification]] = []
        self.tried: list[tuple[Receiver, Notification]] = []
        self.failing: dict[str, Exception] = {}
        self.faults: list[Exception] = []  # one for each of the next notifications
        self.beats: list[Receiver] = []
        self.lacking: dict[str, DeliveryError] = {}  # what a check finds, by receiver
        self.checks = 0
        self.meanwhile: Callable[[], object] | None = None  # happens once, during a notification

    async def tell(self, receiver: Receiver, namespace: str, notification: Notification) -> Receipt:
        self.tried.append((receiver, notification))
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        await asyncio.sleep(0)
        if self.faults:
            raise self.faults.pop(0)
        if receiver.name in self.failing:
            raise self.failing[receiver.name]
        self.told.append((receiver, notification))
        return Receipt()

    async def check(self, receiver: Receiver, namespace: str) -> None:
        self.checks += 1
        if receiver.name in self.lacking:
            raise self.lacking[receiver.name]

    async def beat(self, receiver: Receiver, namespace: str) -> None:
        self.beats.append(receiver)
