"""From a stored AlertSilence to the core's Silence, or to all that is wrong with it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from tocsin.api.problems import Problem, Problems
from tocsin.api.v1alpha1.alertsilence import (
    ENDS_BEFORE_START,
    LONGEST,
    NO_END,
    NO_MOST,
    TWO_ENDS,
    AlertSilenceSpec,
)
from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.scope import Namespaces, scope
from tocsin.api.v1alpha1.status import UNVERIFIED
from tocsin.api.v1alpha1.stored import Metadata, at, read_stored
from tocsin.api.v1alpha1.types import read_time
from tocsin.core.notify.silences import Silence, SilenceKey

BY_ANNOTATION: Final = "tocsin.dev/by"
_TOO_LONG: Final = f"it lasts more than {LONGEST.days} days: choose an earlier end, and renew it"


class _StoredSilence(Schema):
    metadata: Metadata
    spec: AlertSilenceSpec


def parse_silence(
    body: Mapping[str, Any],
    *,
    own_namespace: str | None,
    namespaces: Namespaces | None = None,
    strict: bool = False,
) -> Silence | Problems:
    """The silence that `body`, an AlertSilence as JSON, declares; else all its problems.

    `own_namespace` is where the operator runs, `namespaces` has the labels of namespaces by name
    (None: they are not known). When it was created, by whom, and whether it has ended before its
    time is read too. Unknown fields are problems only if `strict`. Raises nothing, whatever the
    JSON.
    """
    stored, problems = read_stored(body, _StoredSilence, "asil", strict=strict)
    if stored is None:
        return tuple(dict.fromkeys(problems))
    spec, metadata = stored.spec, stored.metadata
    created = _time_at(body, "metadata.creationTimestamp")
    start = spec.starts_at or created
    end = spec.ends_at or (start + spec.duration if start and spec.duration else None)
    problems += _end_problems(spec, start)
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
    return Silence(
        key=SilenceKey(metadata.namespace, metadata.name),
        selector=spec.selector.to_core(counts_in),
        starts_at=start or datetime.fromtimestamp(0, UTC),  # nobody has stored it yet
        ends_at=end,
        comment=spec.comment,
        by=_by(body),
        until_resolved=bool(spec.until_resolved),
        suspended=bool(spec.suspend),
        ended_at=_time_at(body, "status.endedAt"),
        schedule=spec.schedule.to_core() if spec.schedule else None,
    )


def _end_problems(spec: AlertSilenceSpec, start: datetime | None) -> Iterator[Problem]:
    """What is wrong with its end; that it lies before the creation is no mistake, but the end."""
    ends = spec.ends_at is not None or spec.duration is not None
    if spec.ends_at and spec.duration:
        yield Problem("spec.duration", TWO_ENDS)
    if not ends and not spec.schedule:
        yield Problem("spec", NO_END)
    if not ends and spec.until_resolved:
        yield Problem("spec.untilResolved", NO_MOST)
    if spec.starts_at and spec.ends_at and spec.ends_at <= spec.starts_at:
        yield Problem("spec.endsAt", ENDS_BEFORE_START)
    elif start and spec.ends_at and not spec.schedule and spec.ends_at - start > LONGEST:
        yield Problem("spec.endsAt", _TOO_LONG)


def _by(body: Mapping[str, Any]) -> str:
    annotations = at(body, "metadata.annotations")
    by = annotations.get(BY_ANNOTATION) if isinstance(annotations, Mapping) else None
    return by if isinstance(by, str) and by else UNVERIFIED


def _time_at(body: Mapping[str, Any], path: str) -> datetime | None:
    try:
        return read_time(at(body, path))
    except ValueError:
        return None
