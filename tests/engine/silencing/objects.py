"""The API server, as far as objects of the operator's own kinds go."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

from tests.engine.fakes import SteppedClock
from tocsin.api.v1alpha1.silencestatus import AlertSilenceStatus
from tocsin.engine.times import write_time
from tocsin.ports import ConflictError, GoneError

Place = tuple[str, str]


class FakeObjects:
    """AlertSilences by namespace and name; `told` is what the watch tells of next."""

    def __init__(self, clock: SteppedClock) -> None:
        self.clock = clock
        self.stored: dict[Place, dict[str, Any]] = {}
        self.writes: list[tuple[str, dict[str, Any]]] = []
        self.faults: list[Exception] = []
        self.told: list[Callable[[], None]] = []
        self.saw: Callable[[Mapping[str, Any]], None] = lambda _: None
        self.gone: Callable[[str, str], None] = lambda *_: None
        self._numbers = 0

    def store(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """kubectl apply: a new object, or another spec of an old one; the watch tells at once."""
        place = (body["metadata"]["namespace"], body["metadata"]["name"])
        old = self.stored.get(place)
        metadata = {
            "uid": f"uid-{self._next()}",
            "generation": 1,
            "creationTimestamp": write_time(self.clock.now()),
        }
        if old:
            metadata = old["metadata"]
            if old["spec"] != body["spec"]:
                metadata = metadata | {"generation": metadata["generation"] + 1}
        self.stored[place] = {
            "metadata": metadata | body["metadata"] | {"resourceVersion": self._next()},
            "spec": copy.deepcopy(body["spec"]),
            "status": old["status"] if old else {},
        }
        self.saw(self.stored[place])
        return self.stored[place]

    def remove(self, namespace: str, name: str) -> None:
        """kubectl delete; the watch tells at once."""
        del self.stored[namespace, name]
        self.gone(namespace, name)

    async def create(self, kind: str, namespace: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        self._fail()
        name = body["metadata"]["name"]
        if (namespace, name) in self.stored:
            raise ConflictError("AlreadyExists")
        saw, self.saw = self.saw, lambda _: None  # the answer comes first
        stored = self.store({**body, "metadata": {**body["metadata"], "namespace": namespace}})
        self.saw = saw
        self.told.append(lambda: self.saw(stored))
        return copy.deepcopy(stored)

    async def write_status(
        self, kind: str, namespace: str, name: str, resource_version: str, status: Mapping[str, Any]
    ) -> str:
        self._fail()
        stored = self.stored.get((namespace, name))
        if stored is None:
            raise GoneError("not found")
        if stored["metadata"]["resourceVersion"] != resource_version:
            raise ConflictError("the object has been modified")
        AlertSilenceStatus.model_validate(status, extra="forbid")
        version = self._next()
        written = {
            **stored,
            "metadata": stored["metadata"] | {"resourceVersion": version},
            "status": copy.deepcopy(dict(status)),
        }
        self.stored[namespace, name] = written
        self.writes.append((name, dict(status)))
        self.told.append(lambda: self.saw(written))
        return version

    async def delete(self, kind: str, namespace: str, name: str, uid: str) -> None:
        self._fail()
        stored = self.stored.get((namespace, name))
        if stored is None:
            raise GoneError("not found")
        if stored["metadata"]["uid"] != uid:
            raise ConflictError("another uid")
        del self.stored[namespace, name]
        self.told.append(lambda: self.gone(namespace, name))

    def _fail(self) -> None:
        if self.faults:
            raise self.faults.pop(0)

    def _next(self) -> str:
        self._numbers += 1
        return str(self._numbers)
