"""Takes what kopf's watches tell, whole lists included, and hands it on in order.

kopf tells its handlers of one object at a time, each in a task of its own: they cannot know when a
list is over, nor that an object is gone which a later list no longer names. The stream below kopf's
queue knows both (docs/design/watches.md). What is taken here goes no further, so kopf keeps no
memory and no task for each object.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Set
from contextlib import aclosing, contextmanager
from typing import Any, Final, Protocol

import aiohttp
import structlog
from kopf._cogs.clients import errors, watching

from tocsin.handlers.streams import Streams

_log = structlog.get_logger(__name__)

#: How long a watch rests that was refused, in seconds.
PAUSE: Final = 5.0


class Observer(Protocol):
    """Who is told: the engine."""

    def saw(self, kind: str, body: Mapping[str, Any]) -> None:
        """An object is there, or has changed."""
        ...

    def gone(self, kind: str, namespace: str, name: str) -> None:
        """An object was deleted."""
        ...

    def listed(self, kind: str, namespace: str | None, names: Set[tuple[str, str]]) -> None:
        """A whole list was read; `names` has the (namespace, name) of all that it named."""
        ...


#: Told of each request: verb, kind, and the code it was answered with.
Count = Callable[[str, str, str], None]


@contextmanager
def tapped(observer: Observer, count: Count, streams: Streams) -> Iterator[None]:
    """While this lasts, the watches of kopf in this process speak to `observer`."""
    list_and_watch, watch = watching.continuous_watch, watching.watch_objs
    check = errors.check_response

    async def tap(*, resource: Any, namespace: Any, **rest: Any) -> AsyncIterator[Any]:
        stream: Any = list_and_watch(resource=resource, namespace=namespace, **rest)
        kind, listing = resource.kind, set[tuple[str, str]]()

        async def hand_on_until_listed() -> bool:
            """Whether a list has ended here, not the stream."""
            async for event in stream:
                if event is watching.Bookmark.LISTED:
                    return True
                if not isinstance(event, watching.Bookmark) and event["type"] != "BOOKMARK":
                    if event["type"] is None:
                        listing.add(_name(event["object"]))
                    _hand_on(observer, kind, event)
            return False

        try:
            async with aclosing(stream):
                while await streams.run(kind, hand_on_until_listed()):
                    count("list", resource.plural, "200")
                    _hand_on_list(observer, kind, namespace, frozenset(listing))
                    yield watching.Bookmark.LISTED
        except (errors.APIError, watching.WatchingError) as error:
            # kopf would kill the process: for a list that outlived its token, a CRD that is gone,
            # an error that etcd put into the stream. It starts anew once this returns.
            _log.warning("watch failed", kind=kind, error=repr(error))
            await asyncio.sleep(PAUSE)

    async def counted(*, resource: Any, **rest: Any) -> AsyncIterator[Any]:
        count("watch", resource.plural, "200")
        async for event in watch(resource=resource, **rest):
            yield event

    async def checked(response: aiohttp.ClientResponse) -> None:
        if response.status >= 400:  # kopf tries again within, and nobody would know
            verb = "watch" if "watch" in response.url.query else "list"
            count(verb, response.url.name, str(response.status))
        await check(response)

    watching.continuous_watch, watching.watch_objs = tap, counted
    errors.check_response = checked
    try:
        yield
    finally:
        watching.continuous_watch, watching.watch_objs = list_and_watch, watch
        errors.check_response = check


def _hand_on(observer: Observer, kind: str, event: Mapping[str, Any]) -> None:
    body = event["object"]
    try:
        if event["type"] == "DELETED":
            observer.gone(kind, *_name(body))
        else:
            observer.saw(kind, body)
    except Exception:  # noqa: BLE001  # one object must not end the watch of all others
        _log.exception("object not taken in", kind=kind, object=_name(body))


def _hand_on_list(
    observer: Observer, kind: str, namespace: str | None, names: Set[tuple[str, str]]
) -> None:
    try:
        observer.listed(kind, namespace, names)
    except Exception:  # noqa: BLE001  # as above; what is not listed keeps the operator unready
        _log.exception("list not taken in", kind=kind, namespace=namespace)


def _name(body: Mapping[str, Any]) -> tuple[str, str]:
    metadata = body.get("metadata") or {}
    return metadata.get("namespace", ""), metadata.get("name", "")
