"""kopf, set up to watch what the engine needs and to touch nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import kopf

from tocsin.core.serving import ServingKind
from tocsin.handlers.streams import Streams
from tocsin.handlers.tap import Count, Observer, tapped

#: (group, version, plural): one watch for each of the engine's kinds.
WATCHED: Final = (
    ("tocsin.dev", "v1alpha1", "mlalertrules"),
    ("tocsin.dev", "v1alpha1", "notificationroutes"),
    ("tocsin.dev", "v1alpha1", "alertsilences"),
    ("tocsin.dev", "v1alpha1", "mlincidents"),
    ("apps", "v1", "deployments"),
    ("apps", "v1", "statefulsets"),
    ("apps", "v1", "replicasets"),
    ("apps", "v1", "controllerrevisions"),
    ("", "v1", "pods"),
)

#: The same, where all namespaces are watched.
CLUSTER_WIDE: Final = (("", "v1", "namespaces"),)


async def watch(
    observer: Observer,
    count: Count,
    streams: Streams,
    *,
    namespaces: Sequence[str],
    identity: str,
    ready: asyncio.Event,
    also: Sequence[ServingKind] = (),
) -> None:
    """Keep the watches alive until cancelled; `ready` is set once kopf runs.

    `also` are kinds that this cluster has beside those that every cluster has.
    `streams` is given the lists and watches that run, to be cut from outside.
    """
    with tapped(observer, count, streams):
        await kopf.operator(
            registry=_registry(also, clusterwide=not namespaces),
            settings=_settings(),
            standalone=True,
            clusterwide=not namespaces,
            namespaces=tuple(namespaces),
            identity=identity,  # type: ignore[arg-type]  # a NewType of str, private to kopf
            ready_flag=ready,
        )


def _registry(also: Sequence[ServingKind], *, clusterwide: bool) -> kopf.OperatorRegistry:
    registry = kopf.OperatorRegistry()
    optional = ((one.group, one.version, one.plural) for one in also)
    for group, version, plural in (*WATCHED, *optional, *(CLUSTER_WIDE if clusterwide else ())):
        kopf.on.event(group, version, plural, registry=registry)(_watched)
    kopf.on.login(registry=registry)(_login_at_most_every(seconds=1))
    return registry


def _watched(**_: Any) -> None:
    """A handler makes kopf watch; the tap takes the events before they get here."""


def _login_at_most_every(seconds: float) -> Callable[..., Awaitable[kopf.ConnectionInfo | None]]:
    """A login that waits its turn: kopf asks again at once while a token is being rotated."""
    due = 0.0

    async def log_in(**kwargs: Any) -> kopf.ConnectionInfo | None:
        nonlocal due
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, due - loop.time()))
        due = loop.time() + seconds
        return kopf.login_with_service_account(**kwargs) or kopf.login_with_kubeconfig(**kwargs)

    return log_in


def _settings() -> kopf.OperatorSettings:
    settings = kopf.OperatorSettings()
    settings.scanning.disabled = True  # no look at CRDs and namespaces, no right needed for it
    settings.posting.enabled = False
    settings.watching.inactivity_timeout = 70
    settings.watching.server_timeout = 300
    settings.watching.client_timeout = 330
    settings.watching.connect_timeout = 10
    settings.networking.request_timeout = 30
    settings.networking.error_backoffs = _Endless()
    settings.process.ultimate_exiting_timeout = 3
    return settings


class _Endless:
    """Backoffs without an end: the operator outlives an absent API server."""

    def __iter__(self) -> Any:
        yield from (1, 1, 2, 3)
        while True:
            yield 5
