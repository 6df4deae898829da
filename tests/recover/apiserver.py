"""A model of the API server: versions, generations, the status subresource, Events, and faults."""

import asyncio
import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from tests.recover.clockwork import SECOND, Clockwork
from tocsin.adapters.kube.events import event_body
from tocsin.ports import ConflictError, GoneError, Notice, UnavailableError, WriteError

RULE = "MLAlertRule"
WORKLOAD = "Deployment"
ROUTE = "NotificationRoute"
SILENCE = "AlertSilence"
INCIDENT = "MLIncident"
KINDS = (RULE, WORKLOAD, ROUTE, SILENCE, INCIDENT)
NAMESPACE = "fraud"

T = TypeVar("T")


class Trouble(StrEnum):
    """What can go wrong with a request that changes something."""

    NONE = "none"
    BUSY = "429: not done"
    DOWN = "503: not done"
    LOST = "done, but the answer is lost"
    LATE = "given up by the client, and done after that"
    SLOW = "done and answered, after a while"
    OVERTAKEN = "somebody else changes the object first"


@dataclass(frozen=True)
class Change:
    """What a watch tells: the object as it was then; `body` None: it was deleted."""

    name: str
    body: Mapping[str, Any] | None


class ApiServer:
    """Objects by kind and name, all in one namespace; bodies are replaced, never changed.

    `draw` says what goes wrong with the next request of a kind, and how slow it is.
    """

    def __init__(self, clockwork: Clockwork, draw: Callable[[str], tuple[Trouble, int]]) -> None:
        self.objects: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in KINDS}
        self.changes: dict[str, list[Change]] = {kind: [] for kind in KINDS}
        self.events: dict[str, int] = {}
        self.on_change: Callable[[str], None] = lambda kind: None
        self._clockwork = clockwork
        self.draw = draw
        self._version = 0

    def apply(self, kind: str, name: str, spec: Mapping[str, Any], **labels: str) -> None:
        """Make an object, or give it another spec and labels; its status stays."""
        old = self.objects[kind].get(name)
        metadata: dict[str, Any] = {"namespace": NAMESPACE, "name": name, "labels": labels}
        if old:
            generation = old["metadata"]["generation"] + (old["spec"] != spec)
            metadata |= {"uid": old["metadata"]["uid"], "generation": generation}
            metadata |= {"creationTimestamp": old["metadata"]["creationTimestamp"]}
        else:
            metadata |= self._birth()
        status = old["status"] if old else {}
        self._store(kind, {"metadata": metadata, "spec": copy.deepcopy(spec), "status": status})

    def delete(self, kind: str, name: str) -> None:
        """Delete an object, if it is there."""
        if self.objects[kind].pop(name, None):
            self._version += 1
            self._tell(kind, Change(name, None))

    async def write(
        self, name: str, version: str, status: Mapping[str, Any], done: Callable[[str], None]
    ) -> str:
        """Replace the status of a rule; `done` is told its uid if and when that happens."""

        def effect() -> str:
            body = self.objects[RULE].get(name)
            if body is None:
                raise GoneError("404: there is no such rule")
            if body["metadata"]["resourceVersion"] != version:
                raise ConflictError("409: the object has been modified")
            after = self._store(RULE, {**body, "status": copy.deepcopy(dict(status))})
            done(after["metadata"]["uid"])
            return str(after["metadata"]["resourceVersion"])

        return await self.through(self.draw("status"), effect, lambda: self._touch(name))

    async def create(
        self, kind: str, body: Mapping[str, Any], done: Callable[[dict[str, Any]], None]
    ) -> dict[str, Any]:
        """Make an object; `done` is told it if and when that happens. A status is not stored."""

        def effect() -> dict[str, Any]:
            name = body["metadata"]["name"]
            if name in self.objects[kind]:
                raise ConflictError("409: there is one already")
            metadata = {**body["metadata"], "namespace": NAMESPACE, **self._birth()}
            spec = copy.deepcopy(body["spec"])
            made = self._store(kind, {"metadata": metadata, "spec": spec, "status": {}})
            done(made)
            return made

        return await self.through(self.draw("incident"), effect, lambda: None)

    async def write_status(
        self,
        kind: str,
        name: str,
        version: str,
        status: Mapping[str, Any],
        done: Callable[[dict[str, Any]], None],
    ) -> str:
        """Replace the status of an object; `done` is told it if and when that happens."""

        def effect() -> str:
            body = self.objects[kind].get(name)
            if body is None:
                raise GoneError("404: there is no such object")
            if body["metadata"]["resourceVersion"] != version:
                raise ConflictError("409: the object has been modified")
            after = self._store(kind, {**body, "status": copy.deepcopy(dict(status))})
            done(after)
            return str(after["metadata"]["resourceVersion"])

        return await self.through(self.draw("incident"), effect, lambda: self._touch(name, kind))

    async def remove(self, kind: str, name: str, uid: str) -> None:
        """Delete an object, if it is still that one."""

        def effect() -> None:
            body = self.objects[kind].get(name)
            if body is None or body["metadata"]["uid"] != uid:
                raise GoneError("404: there is no such object")
            self.delete(kind, name)

        await self.through(self.draw("incident"), effect, lambda: None)

    def annotate(self, kind: str, name: str, **annotations: str) -> None:
        """A person annotates an object, if it is there."""
        if body := self.objects[kind].get(name):
            kept = body["metadata"].get("annotations", {})
            metadata = {**body["metadata"], "annotations": {**kept, **annotations}}
            self._store(kind, {**body, "metadata": metadata})

    async def record(self, notice: Notice, done: Callable[[str, int, bool], None]) -> None:
        """Create an Event or count it up; `done` is told its name, its count, and if it answers."""
        trouble = self.draw("event")
        answers = trouble[0] not in (Trouble.LOST, Trouble.LATE)

        def effect() -> None:
            name = event_body(notice, "operator")["metadata"]["name"]
            self.events[name] = self.events.get(name, 0) + 1
            done(name, self.events[name], answers)

        await self.through(trouble, effect, lambda: None)

    async def through(
        self, drawn: tuple[Trouble, int], effect: Callable[[], T], overtake: Callable[[], None]
    ) -> T:
        """One request: its effect, unless and until the trouble that was drawn says otherwise."""
        trouble, ms = drawn
        match trouble:
            case Trouble.BUSY | Trouble.DOWN:
                raise UnavailableError(trouble)
            case Trouble.LOST:
                _ignoring(effect)
                raise UnavailableError(trouble)
            case Trouble.LATE:
                self._clockwork.later(2 * ms, lambda: _ignoring(effect))
                await self._clockwork.sleep(ms)
                raise UnavailableError(trouble)
            case Trouble.SLOW:
                return await self._slowly(effect, ms)
            case Trouble.OVERTAKEN:
                overtake()
        return effect()

    async def _slowly(self, effect: Callable[[], T], ms: int) -> T:
        """The effect comes halfway, whether or not the one who asked for it is still alive."""
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def act() -> None:
            try:
                result = effect()
            except WriteError as error:
                if not answer.done():
                    answer.set_exception(error)
            else:
                if not answer.done():
                    answer.set_result(result)

        self._clockwork.later(ms // 2, act)
        await self._clockwork.sleep(ms)
        return await answer

    def _birth(self) -> dict[str, Any]:
        made = self._clockwork.now().isoformat(timespec="seconds")
        return {"uid": f"uid-{self._version}", "generation": 1, "creationTimestamp": made}

    def _touch(self, name: str, kind: str = RULE) -> None:
        if name in self.objects[kind]:
            self._store(kind, dict(self.objects[kind][name]))

    def _store(self, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self._version += 1
        stored = {
            **body,
            "metadata": {**body["metadata"], "resourceVersion": str(self._version)},
        }
        name = stored["metadata"]["name"]
        self.objects[kind][name] = stored
        self._tell(kind, Change(name, stored))
        return stored

    def _tell(self, kind: str, change: Change) -> None:
        self.changes[kind].append(change)
        self.on_change(kind)


def _ignoring(effect: Callable[[], object]) -> None:
    try:
        effect()
    except WriteError:
        return  # it did not happen, and nobody hears of it


#: How long a request takes at most that is slow.
SLOWEST = 4 * SECOND
