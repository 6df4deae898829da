"""What the operator writes of its own: incidents, and the statuses of routes and silences."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tests.recover.apiserver import INCIDENT
from tests.recover.journal import Stored
from tocsin.api.v1alpha1.incidents import FIRST_STATUS

if TYPE_CHECKING:
    from tests.recover.process import Process


class Objects:
    """The port of one process; what comes to stand is written down."""

    def __init__(self, process: "Process") -> None:
        self._process = process

    async def create(self, kind: str, namespace: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make an object in the one namespace that there is."""
        note = self._note(kind)
        await self._process.check_write("incident")
        return await self._process.world.api.create(kind, body, note)

    async def write_status(
        self, kind: str, namespace: str, name: str, resource_version: str, status: Mapping[str, Any]
    ) -> str:
        """Replace the status of an object."""
        api, note = self._process.world.api, self._note(kind)
        await self._process.check_write("incident")
        return await api.write_status(kind, name, resource_version, status, note)

    async def delete(self, kind: str, namespace: str, name: str, uid: str) -> None:
        """Delete an object."""
        await self._process.check_write("incident")
        await self._process.world.api.remove(kind, name, uid)

    def _note(self, kind: str) -> Any:
        process = self._process
        sent = process.world.clockwork.ms

        def done(body: Mapping[str, Any]) -> None:
            if kind != INCIDENT:
                return
            at, metadata = process.world.clockwork.ms, body["metadata"]
            first = metadata.get("annotations", {}).get(FIRST_STATUS, "{}")
            status = body["status"] or json.loads(first)  # until there is one
            process.world.journal.add(
                Stored(at, process.life, metadata["name"], metadata["uid"], sent, status)
            )

        return done
