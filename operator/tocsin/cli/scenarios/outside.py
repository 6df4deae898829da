"""What stands around the notifier in a scenario: a clock, an API server, receivers, all played."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tocsin.cli.scenarios.language import Fault, ScenarioObject
from tocsin.core.notify.notification import Notification
from tocsin.core.notify.receivers import DeliveryError, Receipt, Receiver
from tocsin.ports import ConflictError, GoneError, Notice, UnavailableError


class Died(BaseException):
    """The operator dies here, as by kill -9."""


@dataclass
class PlayedClock:
    """A clock that stands where it is put."""

    time: datetime

    def now(self) -> datetime:
        """The time."""
        return self.time


@dataclass(frozen=True)
class Delivered:
    """What a receiver was told."""

    at: datetime
    receiver: str
    notification: Notification


@dataclass
class Faults:
    """The faults of a scenario, by when they count."""

    faults: Sequence[Fault]
    began: datetime
    clock: PlayedClock
    _met: dict[int, int] = field(default_factory=dict)

    def meet(self, fits: Callable[[Fault], bool]) -> Fault | None:
        """The fault that is met now, if there is one."""
        since = self.clock.now() - self.began
        for place, fault in enumerate(self.faults):
            over = fault.times is not None and self._met.get(place, 0) >= fault.times
            within = fault.from_ <= since and (fault.to is None or since < fault.to)
            if within and not over and fits(fault):
                self._met[place] = self._met.get(place, 0) + 1
                return fault
        return None


class PlayedReceivers:
    """Receivers that take everything, but for the faults."""

    def __init__(self, clock: PlayedClock, faults: Faults) -> None:
        self._clock = clock
        self._faults = faults
        self.delivered: list[Delivered] = []

    async def tell(self, receiver: Receiver, namespace: str, notification: Notification) -> Receipt:  # noqa: ARG002  # of the port
        """Take it, unless a fault is due."""
        fault = self._faults.meet(lambda one: one.receiver == receiver.name)
        if fault and fault.mode in ("Busy", "Refuses"):
            raise DeliveryError(
                f"{receiver.name} is not to be had",
                retry=fault.mode == "Busy",
                after=fault.retry_after,
            )
        self.delivered.append(Delivered(self._clock.now(), receiver.name, notification))
        if fault and fault.mode == "Lost":
            raise DeliveryError(f"{receiver.name} gave no answer", uncertain=True)
        if fault and fault.mode == "Dies":
            raise Died
        return Receipt(reference=f"ref-{receiver.name}")

    async def check(self, receiver: Receiver, namespace: str) -> None:
        """Scenarios have no Secrets."""

    async def beat(self, receiver: Receiver, namespace: str) -> None:
        """Scenarios have no dead man's switches."""


class PlayedRecorder:
    """Events are not looked at."""

    async def record(self, notice: Notice) -> None:
        """Recorded."""


class PlayedApi:
    """The API server as far as Tocsin's objects go: names, versions, and refused writes."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._version = 0
        self.objects: dict[tuple[str, str, str], dict[str, Any]] = {}

    async def create(self, kind: str, namespace: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make an object."""
        self._refuse()
        name = body["metadata"]["name"]
        if (kind, namespace, name) in self.objects:
            raise ConflictError(f"{kind} {name} is there already")
        metadata = {**body["metadata"], "namespace": namespace, "uid": f"uid-{self._next()}"}
        made = {**body, "metadata": {**metadata, "resourceVersion": self._next()}}
        made.pop("status", None)
        self.objects[kind, namespace, name] = made
        return made

    async def write_status(
        self, kind: str, namespace: str, name: str, resource_version: str, status: Mapping[str, Any]
    ) -> str:
        """Replace a status."""
        self._refuse()
        stored = self.objects.get((kind, namespace, name))
        if stored is None:
            raise GoneError(f"there is no {kind} {name}")
        if stored["metadata"]["resourceVersion"] != resource_version:
            raise ConflictError(f"{kind} {name} has changed")
        version = self._next()
        metadata = {**stored["metadata"], "resourceVersion": version}
        stored = {**stored, "metadata": metadata, "status": dict(status)}
        self.objects[kind, namespace, name] = stored
        return version

    async def delete(self, kind: str, namespace: str, name: str, uid: str) -> None:  # noqa: ARG002  # of the port
        """Delete an object."""
        self._refuse()
        self.objects.pop((kind, namespace, name), None)

    def apply(self, kind: str, one: ScenarioObject, now: datetime) -> dict[str, Any]:
        """A person applies an object; the object."""
        before = self.objects.get((kind, one.namespace, one.name), {}).get("metadata", {})
        metadata = {
            "name": one.name,
            "namespace": one.namespace,
            "uid": before.get("uid") or f"uid-{self._next()}",
            "creationTimestamp": before.get("creationTimestamp") or now.isoformat(),
            "generation": before.get("generation", 0) + 1,
            "resourceVersion": self._next(),
        }
        self.objects[kind, one.namespace, one.name] = {"metadata": metadata, "spec": one.spec}
        return self.objects[kind, one.namespace, one.name]

    def annotate(self, kind: str, namespace: str, name: str, **annotations: str) -> dict[str, Any]:
        """A person annotates an object; the object."""
        stored = self.objects[kind, namespace, name]
        named = {f"tocsin.dev/{key}": value for key, value in annotations.items()}
        metadata = {**stored["metadata"], "annotations": named, "resourceVersion": self._next()}
        self.objects[kind, namespace, name] = {**stored, "metadata": metadata}
        return self.objects[kind, namespace, name]

    def _refuse(self) -> None:
        if self._faults.meet(lambda fault: fault.mode == "NoWrites"):
            raise UnavailableError("the API server is not to be had")

    def _next(self) -> str:
        self._version += 1
        return str(self._version)
