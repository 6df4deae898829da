"""From a stored NotificationRoute to the core's Route, or to all that is wrong with it."""

from collections.abc import Iterator, Mapping
from typing import Any

from tocsin.api.problems import Problem, Problems
from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.notificationroute import NO_SUCH_RECEIVER, NotificationRouteSpec
from tocsin.api.v1alpha1.scope import Namespaces, scope
from tocsin.api.v1alpha1.stored import Metadata, read_stored
from tocsin.core.notify.routes import GroupField, OnFailure, Route, RouteKey, Timing


class _StoredRoute(Schema):
    metadata: Metadata
    spec: NotificationRouteSpec


def parse_route(
    body: Mapping[str, Any],
    *,
    default: Timing,
    own_namespace: str | None,
    namespaces: Namespaces | None = None,
    strict: bool = False,
) -> Route | Problems:
    """The route that `body`, a NotificationRoute as JSON, declares; else all its problems.

    `default` has the times of the operator's settings, `own_namespace` is where it runs, and
    `namespaces` has the labels of namespaces by name (None: they are not known). Unknown fields
    are problems only if `strict`. Raises nothing, whatever the JSON.
    """
    stored, problems = read_stored(body, _StoredRoute, "nroute", strict=strict)
    if stored is None:
        return tuple(dict.fromkeys(problems))
    spec, metadata = stored.spec, stored.metadata
    problems += _failure_problems(spec)
    try:
        counts_in = scope(
            spec.namespace_selector,
            metadata.namespace,
            own_namespace=own_namespace,
            known=namespaces,
        )
    except ValueError as error:
        problems.append(Problem("spec.namespaceSelector", str(error)))
    if problems:
        return tuple(problems)
    groups = (GroupField.WORKLOAD,) if spec.group_by is None else _groups(spec)
    return Route(
        key=RouteKey(metadata.namespace, metadata.name),
        selector=spec.selector.to_core(counts_in),
        group_by=groups,
        timing=_timing(spec, default),
        receivers=tuple(one.to_core() for one in spec.receivers),
        fallback=bool(spec.fallback),
        on_failure=_on_failure(spec),
        suspended=bool(spec.suspend),
    )


def _groups(spec: NotificationRouteSpec) -> tuple[GroupField | str, ...]:
    return tuple(one.to_core() for one in spec.group_by or ())


def _on_failure(spec: NotificationRouteSpec) -> OnFailure | None:
    declared = spec.on_failure
    return OnFailure(declared.after, tuple(declared.notify)) if declared else None


def _timing(spec: NotificationRouteSpec, default: Timing) -> Timing:
    """The times of `spec`; 0s is one too."""
    wait, interval, repeat = spec.group_wait, spec.group_interval, spec.repeat_interval
    return Timing(
        default.group_wait if wait is None else wait,
        default.group_interval if interval is None else interval,
        default.repeat_interval if repeat is None else repeat,
    )


def _failure_problems(spec: NotificationRouteSpec) -> Iterator[Problem]:
    names = {one.name for one in spec.receivers if one.heartbeat is None}
    named = spec.on_failure.notify if spec.on_failure else []
    for name in named:
        if name not in names:
            yield Problem("spec.onFailure.notify", f'"{name}": {NO_SUCH_RECEIVER}')
