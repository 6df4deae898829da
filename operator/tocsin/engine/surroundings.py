"""What the watches have told of pods and revisions, kept to explain alerts."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import structlog

from tocsin.core.context.context import Context, surround
from tocsin.core.context.onset import Onset
from tocsin.core.context.pods import PodFacts
from tocsin.core.context.rollouts import Replicas, of_stateful_set, together
from tocsin.core.context.templates import Revision
from tocsin.core.inventory import ObjectRef
from tocsin.engine.serving import READERS
from tocsin.engine.serving.rayservice import RAY_CLUSTER
from tocsin.engine.serving.rayservice import clusters as clusters_of
from tocsin.engine.stripping import Stripper

_log = structlog.get_logger(__name__)

DEPLOYMENT: Final = "Deployment"
STATEFUL_SET: Final = "StatefulSet"
ROLLOUT: Final = "Rollout"
REPLICA_SET: Final = "ReplicaSet"
POD: Final = "Pod"
CONTROLLER_REVISION: Final = "ControllerRevision"

#: The latest revision and the one that it is compared with.
_TEMPLATES_KEPT: Final = 2


class Surroundings:
    """Facts by what owns them: pods by ReplicaSet or StatefulSet, revisions by workload.

    A workload may consist of others, its parts: an InferenceService of Deployments.
    They are apart from the inventories, which a restarted container must not make anew.
    """

    def __init__(self) -> None:
        self._stripper = Stripper()
        self._replicas: dict[ObjectRef, Replicas | None] = {}
        self._revisions: dict[ObjectRef, dict[str, Revision]] = {}
        self._pods: dict[ObjectRef, dict[str, PodFacts]] = {}
        self._parts: dict[ObjectRef, set[ObjectRef]] = {}

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
        self._parts.pop(ref, None)
        if owner is None:
            return
        self._parts.get(owner, set()).discard(ref)
        owned: dict[ObjectRef, dict[str, Any]] = self._pods if ref.kind == POD else self._revisions
        siblings = owned.get(owner, {})
        siblings.pop(ref.name, None)
        if not siblings:
            owned.pop(owner, None)

    def facts(self, workload: ObjectRef) -> tuple[Replicas | None, tuple[PodFacts, ...]]:
        """The counts and the pods of `workload`, as far as they are known."""
        return self._counts(workload), tuple(self._pods_of(workload))

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
        parts = self._parts.get(workload, ())
        rolled = next(iter(parts)) if len(parts) == 1 else workload
        revisions = list(self._revisions.get(rolled, {}).values())
        if rolled.kind == STATEFUL_SET:
            revisions = of_stateful_set(revisions)
        pods, since = self._pods_of(workload), Onset(onset or now, is_now=onset is None)
        return surround(self._counts(workload), revisions, pods, since)

    def _counts(self, workload: ObjectRef) -> Replicas | None:
        """Those of its parts, where they are counted; else its own."""
        own, parts = self._replicas.get(workload), self._parts.get(workload, ())
        counted = [counts for part in parts if (counts := self._replicas.get(part))]
        return together(own, counted) if own and counted else own

    def _pods_of(self, workload: ObjectRef) -> Iterator[PodFacts]:
        yield from self._pods.get(workload, {}).values()
        for name in self._revisions.get(workload, {}):
            owner = ObjectRef(REPLICA_SET, workload.namespace, name)
            yield from self._pods.get(owner, {}).values()
        for part in self._parts.get(workload, ()):
            yield from self._pods_of(part)

    def _keep(self, ref: ObjectRef, body: Mapping[str, Any], owner: ObjectRef | None) -> None:
        if reader := READERS.get(ref.kind):
            self._replicas[ref] = reader.replicas(body)
            if ref.kind == "RayService":
                clusters = (ObjectRef(RAY_CLUSTER, ref.namespace, one) for one in clusters_of(body))
                self._parts[ref] = set(clusters)
            if owner and owner.kind in READERS:
                self._parts.setdefault(owner, set()).add(ref)
        elif owner is None:
            return
        elif ref.kind == POD and owner.kind in (REPLICA_SET, STATEFUL_SET, RAY_CLUSTER):
            facts = self._stripper.pod(body, owner)
            self._pods.setdefault(owner, {})[ref.name] = facts
        elif ref.kind == REPLICA_SET and owner.kind in (DEPLOYMENT, ROLLOUT):
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
