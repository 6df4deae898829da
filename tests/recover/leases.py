"""The operator's Lease, as the model of the API server keeps it."""

from collections.abc import AsyncIterator
from dataclasses import replace

from tests.recover.apiserver import ApiServer
from tocsin.core.lease import Lease
from tocsin.ports import ConflictError


class Leases:
    """Keeps one Lease; a write that is based on an older one is refused."""

    def __init__(self, api: ApiServer) -> None:
        self._api = api
        self._lease: Lease | None = None
        self._version = 0

    async def read(self) -> Lease | None:
        """The Lease as it is stored."""
        return self._lease

    async def write(self, lease: Lease) -> Lease:
        """Store it, if it is still at its version."""

        def effect() -> Lease:
            if lease.version != (self._lease.version if self._lease else ""):
                raise ConflictError("409: the lease has been modified")
            self._version += 1
            self._lease = replace(lease, version=str(self._version))
            return self._lease

        return await self._api.through(self._api.draw("lease"), effect, self._touch)

    async def changes(self, silence: float) -> AsyncIterator[Lease | None]:
        """The Lease as it is: readiness is not what is looked at here."""
        yield self._lease

    def _touch(self) -> None:
        if self._lease:
            self._version += 1
            self._lease = replace(self._lease, version=str(self._version))
