"""Kubernetes Events (events.k8s.io/v1): one object for the same thing said, counted up.

Note and eventTime cannot be changed: the note is part of the name, and what is said again counts
up the series of the Event that is there.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any, Final

from kubernetes.aio.client import ApiClient, CustomObjectsApi

from tocsin.adapters.kube.requests import TIMEOUT, Count, send
from tocsin.ports import ConflictError, GoneError, Notice, Regarded

_GROUP: Final = "events.k8s.io"
_CONTROLLER: Final = "tocsin.dev/operator"
_NOTE_BYTES: Final = 1024
_KIND: Final = "events"


class KubeEvents:
    """Records Events under the name of this process (`instance`)."""

    def __init__(self, api: ApiClient, count: Count, instance: str) -> None:
        self._objects = CustomObjectsApi(api)
        self._count = count
        self._instance = instance
        self._said: dict[str, int] = {}

    async def record(self, notice: Notice) -> None:
        """Create the Event, or count it up where it exists already.

        Raises:
            WriteError: it is not recorded.
        """
        body = event_body(notice, self._instance)
        try:
            await self._create(body)
        except ConflictError:
            await self._count_up(notice, body)

    async def _create(self, body: dict[str, Any]) -> None:
        request = self._objects.create_namespaced_custom_object(
            _GROUP, "v1", body["metadata"]["namespace"], _KIND, body, _request_timeout=TIMEOUT
        )
        await send(self._count, "create", _KIND, request)

    async def _count_up(self, notice: Notice, body: dict[str, Any]) -> None:
        name = body["metadata"]["name"]
        times = self._said.get(name, 1) + 1
        series = {"count": times, "lastObservedTime": micro_time(notice.at)}
        request = self._objects.patch_namespaced_custom_object(
            _GROUP,
            "v1",
            body["metadata"]["namespace"],
            _KIND,
            name,
            {"series": series},
            _content_type="application/merge-patch+json",
            _request_timeout=TIMEOUT,
        )
        try:
            await send(self._count, "patch", _KIND, request)
        except GoneError:  # it has expired in between
            self._said.pop(name, None)
            await self._create(body)
            return
        self._said.pop(name, None)  # what was said last stands last
        self._said[name] = times
        if len(self._said) > 10_000:
            self._said.pop(next(iter(self._said)))


def event_body(notice: Notice, instance: str) -> dict[str, Any]:
    """The Event object for `notice`."""
    regarding = notice.regarding
    # A rule and its workload may share their name, and are told the same; so are two rules.
    related = notice.related.uid if notice.related else ""
    said = [regarding.kind, regarding.uid, related, notice.reason, notice.note]
    digest = hashlib.sha256("\0".join(said).encode()).hexdigest()[:16]
    body: dict[str, Any] = {
        "apiVersion": f"{_GROUP}/v1",
        "kind": "Event",
        "metadata": {
            "name": f"{regarding.name[:236].rstrip('-.')}.{digest}",
            "namespace": regarding.namespace,
            "annotations": dict(notice.annotations),
        },
        "eventTime": micro_time(notice.at),
        "reportingController": _CONTROLLER,
        "reportingInstance": instance[:128],
        "action": notice.action,
        "reason": str(notice.reason),
        "regarding": _reference(regarding),
        "note": cut_note(notice.note),
        "type": "Warning" if notice.warning else "Normal",
    }
    if notice.related:
        body["related"] = _reference(notice.related)
    return body


def micro_time(time: datetime) -> str:
    """`time` as the API server reads it: exactly six digits of fraction."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def cut_note(note: str) -> str:
    """`note` within the server's limit, which counts bytes; what is cut is marked."""
    data = note.encode()
    if len(data) <= _NOTE_BYTES:
        return note
    return data[: _NOTE_BYTES - 3].decode(errors="ignore") + "…"


def _reference(regarded: Regarded) -> dict[str, str]:
    return {
        "apiVersion": regarded.api_version,
        "kind": regarded.kind,
        "namespace": regarded.namespace,
        "name": regarded.name,
        "uid": regarded.uid,
    }
