"""The operator's own Lease (coordination.k8s.io/v1): read, written, and watched by itself.

The watch is of one object and on a connection of its own. It needs no right on the Leases of
others, and what it tells is sent by the same server as the watches of everything else.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import aiohttp
import orjson
from kubernetes.aio.client import ApiClient, CustomObjectsApi
from kubernetes.aio.client.exceptions import ApiException

from tocsin.adapters.kube.events import micro_time
from tocsin.adapters.kube.requests import Count, send
from tocsin.core.lease import NEVER, Lease
from tocsin.ports import GoneError, UnavailableError

_GROUP: Final = "coordination.k8s.io"
_KIND: Final = "leases"
#: A renewal that takes longer is worth less than the next one, in seconds.
TIMEOUT: Final = 5.0
#: The server ends a watch after so many seconds; the client a little later, if it does not.
_WATCH: Final = 300
#: Until when alerts were looked at, while that is earlier than the last renewal.
UNOBSERVED_SINCE: Final = "tocsin.dev/unobserved-since"
#: Where the pages of the holder are, for a standby that is asked for them.
ADDRESS: Final = "tocsin.dev/address"


class KubeLeases:
    """Keeps the Lease `namespace`/`name`; `watching` is the client for its watch alone."""

    def __init__(
        self, api: ApiClient, watching: ApiClient, count: Count, namespace: str, name: str
    ) -> None:
        self._objects = CustomObjectsApi(api)
        self._watched = CustomObjectsApi(watching)
        self._count = count
        self._kind = (_GROUP, "v1", namespace, _KIND)
        self._name = name
        # Labels and owners that others have put on it are kept.
        self._metadata: dict[str, Any] = {}

    async def read(self) -> Lease | None:
        """The Lease as it is stored; None if there is none.

        Raises:
            WriteError: the API server does not say.
        """
        request = self._objects.get_namespaced_custom_object(
            *self._kind, self._name, _request_timeout=TIMEOUT
        )
        try:
            return self._stored(await send(self._count, "get", _KIND, request))
        except GoneError:
            return None

    async def write(self, lease: Lease) -> Lease:
        """Store `lease` if it is still at its version, or make it; the Lease as it is now stored.

        Raises:
            WriteError: it is not stored.
        """
        if lease.version:
            body = lease_body(lease, self._name, self._metadata)
            request = self._objects.replace_namespaced_custom_object(
                *self._kind, self._name, body, _request_timeout=TIMEOUT
            )
            return self._stored(await send(self._count, "update", _KIND, request))
        body = lease_body(lease, self._name, {})
        request = self._objects.create_namespaced_custom_object(
            *self._kind, body, _request_timeout=TIMEOUT
        )
        return self._stored(await send(self._count, "create", _KIND, request))

    async def changes(self, silence: float) -> AsyncIterator[Lease | None]:
        """The Lease as it is, then as a watch tells of it, until that ends or is silent too long.

        None: there is none.

        Raises:
            WriteError: the watch was refused, or broke.
        """
        version, lease = await self._listed()
        yield lease
        request = self._watched.list_namespaced_custom_object_without_preload_content(
            *self._kind, **self._only(), resource_version=version, watch=True,
            timeout_seconds=_WATCH, _request_timeout=_WATCH + 30.0,
        )  # fmt: skip
        try:
            async with asyncio.timeout(TIMEOUT):
                response = await send(self._count, "watch", _KIND, _opened(request))
        except TimeoutError as error:
            raise UnavailableError("the API server does not answer the watch") from error
        try:
            while line := await _next_line(response.content, silence):
                event = _event(line)
                if event["type"] == "ERROR":  # its version is too old: begin with a list
                    return
                if event["type"] in ("ADDED", "MODIFIED"):
                    yield self._stored(event["object"])
                elif event["type"] == "DELETED":
                    yield None
        finally:
            response.close()

    async def _listed(self) -> tuple[str, Lease | None]:
        """The version from which a watch goes on, and the Lease if there is one."""
        request = self._watched.list_namespaced_custom_object(
            *self._kind, **self._only(), _request_timeout=TIMEOUT
        )
        listed = await send(self._count, "list", _KIND, request)
        version = str(_of_the_server(listed, "metadata")["resourceVersion"])
        items = listed.get("items") or ()
        return version, self._stored(items[0]) if items else None

    def _only(self) -> dict[str, Any]:
        return {"field_selector": f"metadata.name={self._name}"}

    def _stored(self, body: Any) -> Lease:
        self._metadata = dict(_of_the_server(body, "metadata"))
        return read_lease(body)


def lease_body(lease: Lease, name: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The object for `lease`, with the `metadata` that the stored one has."""
    kept = {key: value for key, value in metadata.items() if key != "managedFields"}
    annotations = dict(kept.get("annotations") or {})
    for name_of_ours in (UNOBSERVED_SINCE, ADDRESS):
        annotations.pop(name_of_ours, None)
    if lease.unobserved_since:
        annotations[UNOBSERVED_SINCE] = micro_time(lease.unobserved_since)
    if lease.address:
        annotations[ADDRESS] = lease.address
    version = {"resourceVersion": lease.version} if lease.version else {}
    return {
        "apiVersion": f"{_GROUP}/v1",
        "kind": "Lease",
        "metadata": {**kept, "name": name, "annotations": annotations, **version},
        "spec": {
            "holderIdentity": lease.holder,
            "leaseDurationSeconds": max(1, math.ceil(lease.duration.total_seconds())),
            "acquireTime": micro_time(lease.acquired_at),
            "renewTime": micro_time(lease.renewed_at),
            "leaseTransitions": lease.transitions,
        },
    }


def read_lease(body: Mapping[str, Any]) -> Lease:
    """What the object says; what it lacks, because somebody else made it, is as long ago as can be.

    Raises:
        UnavailableError: this is no Lease.
    """
    metadata, spec = _of_the_server(body, "metadata"), body.get("spec") or {}
    annotations = metadata.get("annotations") or {}
    renewed_at = _time(spec.get("renewTime")) or NEVER
    return Lease(
        holder=str(spec.get("holderIdentity") or ""),
        acquired_at=_time(spec.get("acquireTime")) or renewed_at,
        renewed_at=renewed_at,
        duration=timedelta(seconds=spec.get("leaseDurationSeconds") or 0),
        transitions=spec.get("leaseTransitions") or 0,
        unobserved_since=_time(annotations.get(UNOBSERVED_SINCE)),
        address=str(annotations.get(ADDRESS) or ""),
        version=str(metadata.get("resourceVersion", "")),
    )


async def _opened(request: Awaitable[aiohttp.ClientResponse]) -> aiohttp.ClientResponse:
    """The answer, which the client does not look at where it is to be read line by line."""
    response = await request
    if response.status >= 400:
        raise ApiException(response.status, response.reason, body=await response.text())
    return response


def _event(line: bytes) -> Mapping[str, Any]:
    try:
        event = orjson.loads(line)
    except ValueError:
        event = None
    if not isinstance(event, dict) or not {"type", "object"} <= event.keys():
        raise UnavailableError("what answers is not the API server")
    return event


async def _next_line(content: aiohttp.StreamReader, silence: float) -> bytes:
    """The next line; empty when the watch has ended."""
    try:
        async with asyncio.timeout(silence):
            return await content.readline()
    except TimeoutError as error:
        raise UnavailableError(f"the watch was silent for {silence:.0f} s") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise UnavailableError(f"the watch broke: {type(error).__name__} {error}") from error


def _of_the_server(body: Any, name: str) -> Mapping[str, Any]:
    part = body.get(name) if isinstance(body, Mapping) else None
    if not isinstance(part, Mapping):
        raise UnavailableError("what answers is not the API server")
    return part


def _time(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text else None
    except (TypeError, ValueError):  # edited by hand: as if it were not there
        return None
