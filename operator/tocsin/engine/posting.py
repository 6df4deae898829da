"""Statuses of routes and silences on their way: written when they differ, at most once a second."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import structlog

from tocsin.engine.agenda import Agenda, Item, Task
from tocsin.engine.backoff import delay_after
from tocsin.ports import Clock, ConflictError, GoneError, ObjectWriter, RefusedError, WriteError

_log = structlog.get_logger(__name__)

_AT_MOST_EVERY: Final = timedelta(seconds=1)
_AFTER_REFUSAL: Final = timedelta(minutes=1)


#: From the status that an object has to the one that it should have.
Compose = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class Place(NamedTuple):
    """Which object."""

    kind: str
    namespace: str
    name: str


@dataclass
class _Post:
    uid: str
    version: str
    written: Mapping[str, Any]
    status: Mapping[str, Any] = field(default_factory=dict)
    compose: Compose | None = None
    sent: Mapping[str, Any] | None = None
    written_at: datetime | None = None
    failed_writes: int = 0


class Poster:
    """Brings the statuses that others compose to the API server, each composed when it is due."""

    def __init__(self, writer: ObjectWriter, agenda: Agenda, clock: Clock) -> None:
        self._writer = writer
        self._agenda = agenda
        self._clock = clock
        self._posts: dict[Place, _Post] = {}

    def saw(self, kind: str, body: Mapping[str, Any]) -> None:
        """The watch tells of an object: what it holds is what there is."""
        metadata, stored = body["metadata"], body.get("status") or {}
        place = Place(kind, metadata["namespace"], metadata["name"])
        post = self._posts.get(place)
        if post is None or post.uid != metadata["uid"]:
            version = metadata["resourceVersion"]
            self._posts[place] = _Post(metadata["uid"], version, stored, stored)
            return
        version = metadata["resourceVersion"]
        if version.isdigit() and post.version.isdigit() and int(version) < int(post.version):
            return
        post.version = version
        if stored != post.sent:  # else it is our own write
            post.written = stored
        elif post.sent is not None:
            post.written = post.sent
        self._plan(place, post)

    def gone(self, kind: str, namespace: str, name: str) -> None:
        """An object is no longer there."""
        self._posts.pop(Place(kind, namespace, name), None)

    def want(self, place: Place, compose: Compose) -> None:
        """Have an object's status be what `compose` makes of it by the time that it is written."""
        post = self._posts.get(place)
        if post:
            post.compose = compose
            self._plan(place, post)

    async def post(self, place: Place) -> None:
        """Write the status of an object; what fails for now is due again."""
        post = self._posts.get(place)
        if post and post.compose:
            post.status, post.compose = post.compose(post.status), None
        if post is None or post.status == post.written:
            return
        status = post.sent = post.status
        try:
            version = await self._writer.write_status(
                place.kind, place.namespace, place.name, post.version, status
            )
        except GoneError:
            return
        except WriteError as error:
            self._retry(place, post, error)
            return
        if not (post.version.isdigit() and version.isdigit() and int(version) < int(post.version)):
            post.version, post.written = version, status
        post.failed_writes, post.written_at = 0, self._clock.now()
        self._plan(place, post)

    def _plan(self, place: Place, post: _Post) -> None:
        if (post.compose or post.status != post.written) and not post.failed_writes:
            now = self._clock.now()
            due = now
            if post.written_at:  # a clock may be set back
                due = max(now, min(now, post.written_at) + _AT_MOST_EVERY)
            self._agenda.put_by(Item(Task.POST, place), due)

    def _retry(self, place: Place, post: _Post, error: WriteError) -> None:
        post.failed_writes += 1
        delay = delay_after(post.failed_writes)
        if isinstance(error, RefusedError):
            delay = _AFTER_REFUSAL
            _log.error("status refused", object="/".join(place), error=str(error))
        elif not isinstance(error, ConflictError):  # else the watch tells of the newer version
            _log.warning("status not written", object="/".join(place), error=str(error))
        self._agenda.put(Item(Task.POST, place), self._clock.now() + delay)
