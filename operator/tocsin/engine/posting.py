"""Statuses of routes and silences on their way: written when they differ, at most once a second."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import structlog

from tocsin.engine.agenda import Agenda, Item, Task
from tocsin.engine.backoff import delay_after
from tocsin.engine.contest import Contest, stands
from tocsin.engine.version import Version
from tocsin.ports import Clock, ConflictError, GoneError, ObjectWriter, RefusedError, WriteError

_log = structlog.get_logger(__name__)

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
    """`written` is the status that is stored as far as is known, `sent` what was to be last."""

    uid: str
    written: Mapping[str, Any]
    version: Version = field(default_factory=Version)
    compose: Compose | None = None
    sent: Mapping[str, Any] | None = None
    written_at: datetime | None = None
    failed_writes: int = 0
    contest: Contest = field(default_factory=Contest)


class Poster:
    """Brings the statuses that others compose to the API server, each composed when it is due."""

    def __init__(self, writer: ObjectWriter, agenda: Agenda, clock: Clock) -> None:
        self._writer = writer
        self._agenda = agenda
        self._clock = clock
        self._posts: dict[Place, _Post] = {}

    def saw(self, kind: str, body: Mapping[str, Any]) -> None:
        """The watch tells of an object: what somebody else has written there is put right."""
        metadata, stored = body["metadata"], body.get("status") or {}
        place = Place(kind, metadata["namespace"], metadata["name"])
        post = self._posts.get(place)
        if post is None or post.uid != metadata["uid"]:
            post = self._posts[place] = _Post(metadata["uid"], stored)
        if not post.version.saw(metadata["resourceVersion"]) or stands(post.written, stored):
            return
        if post.sent is not None and stands(post.sent, stored):  # its answer is late, or lost
            post.written = post.sent
            return
        post.written, post.contest = stored, post.contest.again(self._clock.now())
        self._plan(place, post)

    def gone(self, kind: str, namespace: str, name: str) -> None:
        """An object is no longer there."""
        place = Place(kind, namespace, name)
        self._posts.pop(place, None)
        self._agenda.drop(Item(Task.POST, place))

    def want(self, place: Place, compose: Compose) -> None:
        """Have an object's status be what `compose` makes of it by the time that it is written."""
        if post := self._posts.get(place):
            post.compose = compose
            self._plan(place, post)

    async def post(self, place: Place) -> None:
        """Write the status of an object if it differs; what fails for now is due again."""
        post = self._posts.get(place)
        if post is None or post.compose is None:
            return
        status = post.compose(post.sent or post.written)
        if status == post.written:
            post.failed_writes = 0
            return
        post.sent = status
        try:
            version = await self._writer.write_status(
                place.kind, place.namespace, place.name, post.version.current, status
            )
        except GoneError:  # its deletion comes through the watch
            post.failed_writes = 0
        except WriteError as error:
            if self._posts.get(place) is post:  # else deleted, and perhaps made again, meanwhile
                self._retry(place, post, error)
        else:
            if post.version.wrote(version):  # else somebody has written over it since
                post.written = status
            post.failed_writes, post.written_at = 0, self._clock.now()

    def _plan(self, place: Place, post: _Post) -> None:
        if post.failed_writes:  # it is due anyway
            return
        now, rest = self._clock.now(), post.contest.rest
        wait = rest - (now - post.written_at) if post.written_at else timedelta()
        due = now + min(max(wait, timedelta()), rest)  # also if the clock went back
        self._agenda.put_by(Item(Task.POST, place), due)

    def _retry(self, place: Place, post: _Post, error: WriteError) -> None:
        post.failed_writes += 1
        delay = delay_after(post.failed_writes)
        if isinstance(error, RefusedError):  # a bug of ours, or a right that is missing: be loud
            delay = _AFTER_REFUSAL
            _log.error("status refused", object="/".join(place), error=str(error))
        elif isinstance(error, ConflictError):
            post.version.conflicts()
        else:
            _log.warning("status not written", object="/".join(place), error=str(error))
        self._agenda.put(Item(Task.POST, place), self._clock.now() + delay)
