"""What the watches have told of pods and revisions, kept to explain alerts; never to decide."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import structlog

from tocsin.core.context.context import Context, surround
from tocsin.core.context.onset import Onset
from tocsin.core.context.pods import PodFacts
from tocsin.core.context.rollouts import Replicas, of_stateful_set
from tocsin.core.context.templates import Revision
from tocsin.core.inventory import ObjectRef
from tocsin.engine.stripping import Stripper

_log = structlog.get_logger(__name__)

DEPLOYMENT: Final = "Deployment"
STATEFUL_SET: Final = "StatefulSet"
REPLICA_SET: Final = "ReplicaSet"
POD: Final = "Pod"
CONTROLLER_REVISION: Final = "ControllerRevision"

#: The latest revision and the one that it is compared with.
_TEMPLATES_KEPT: Final = 2


class Surroundings:
    """Facts by what owns them: pods by ReplicaSet or StatefulSet, revisions by workload.

    They are apart from the inventories, which a restarted container must not make anew.
    """

    def __init__(self) -> None:
        self._stripper = Stripper()
        self._replicas: dict[ObjectRef, Replicas | None] = {}
        self._revisions: dict[ObjectRef, dict[str, Revision]] = {}
        self._pods: dict[ObjectRef, dict[str, PodFacts]] = {}

    def saw(
        self,
        ref: ObjectRef,
        body: Mapping[str, Any],
        owner: ObjectRef | None,
        former: ObjectRef | None,
    ) -> None:
        """An object is there, or has changed; `former` is the owner that it had before.

        One that lacks what every such object has is left out: it explains nothing.
        """
        if former and former != owner:
            self.gone(ref, former)
        try:
            self._keep(ref, body, owner)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            _log.warning("object explains nothing", object=str(ref), error=repr(error))

    def gone(self, ref: ObjectRef, owner: ObjectRef | None) -> None:
        """An object, which `owner` owned, is no longer there."""
        self._replicas.pop(ref, None)
        if owner is None:
            return
        owned: dict[ObjectRef, dict[str, Any]] = self._pods if ref.kind == POD else self._revisions
        siblings = owned.get(owner, {})
        siblings.pop(ref.name, None)
        if not siblings:
            owned.pop(owner, None)

    def facts(self, workload: ObjectRef) -> tuple[Replicas | None, tuple[PodFacts, ...]]:
        """The counts and the pods of `workload`, as far as they are known."""
        revisions = list(self._revisions.get(workload, {}).values())
        return self._replicas.get(workload), tuple(self._pods_of(workload, revisions))

    def around(self, workload: ObjectRef, onset: datetime | None, now: datetime) -> Context | None:
        """The context of an alert of `workload` that became active at `onset`, as it is now.

        Without an onset, times are told from `now`. None if nothing is known of the workload; also
        if there is a bug: the alert is told without its context then.
        """
        try:
            return self._around(workload, onset, now)
        except Exception:  # noqa: BLE001  # an explanation that fails must not cost the notice
            _log.exception("no context", workload=str(workload))
            return None

    def _around(self, workload: ObjectRef, onset: datetime | None, now: datetime) -> Context | None:
        if workload not in self._replicas:
            return None
        revisions = list(self._revisions.get(workload, {}).values())
        if workload.kind == STATEFUL_SET:
            revisions = of_stateful_set(revisions)
        pods = self._pods_of(workload, revisions)
        return surround(
            self._replicas[workload], revisions, pods, Onset(onset or now, is_now=onset is None)
        )

    def _pods_of(self, workload: ObjectRef, revisions: list[Revision]) -> Iterator[PodFacts]:
        yield from self._pods.get(workload, {}).values()
        for revision in revisions:
            owner = ObjectRef(REPLICA_SET, workload.namespace, revision.name)
            yield from self._pods.get(owner, {}).values()

    def _keep(self, ref: ObjectRef, body: Mapping[str, Any], owner: ObjectRef | None) -> None:
        if ref.kind in (DEPLOYMENT, STATEFUL_SET):
            self._replicas[ref] = self._stripper.replicas(body)
        elif owner is None:
            return
        elif ref.kind == POD and owner.kind in (REPLICA_SET, STATEFUL_SET):
            facts = self._stripper.pod(body, owner)
            self._pods.setdefault(owner, {})[ref.name] = facts
        elif ref.kind == REPLICA_SET and owner.kind == DEPLOYMENT:
            self._keep_revision(owner, self._stripper.replica_set(body))
        elif ref.kind == CONTROLLER_REVISION and owner.kind == STATEFUL_SET:
            self._keep_revision(owner, self._stripper.controller_revision(body))

    def _keep_revision(self, workload: ObjectRef, revision: Revision | None) -> None:
        """Remember a revision; templates are large, and only the latest two are ever compared."""
        if revision is None:
            return
        revisions = self._revisions.setdefault(workload, {})
        revisions[revision.name] = revision
        latest = sorted(revisions.values(), key=lambda one: -one.number)
        for old in latest[_TEMPLATES_KEPT:]:
            if old.template:
                revisions[old.name] = replace(old, template=None)
