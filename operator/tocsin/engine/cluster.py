"""What the watches have told of the cluster: workloads and owners, stripped on arrival."""

from collections.abc import Collection, Mapping, Set
from datetime import datetime
from typing import Any, Final

from tocsin.core.context.context import Context
from tocsin.core.context.pods import PodFacts
from tocsin.core.context.rollouts import Replicas
from tocsin.core.inventory import Inventory, ObjectRef, Workload
from tocsin.core.parameters import ANNOTATION_PREFIX
from tocsin.core.queries.home import Home
from tocsin.core.rules import WorkloadSelector
from tocsin.core.serving import BY_KIND
from tocsin.engine.podaddresses import PodAddresses
from tocsin.engine.serving import READERS
from tocsin.engine.serving.inferenceservice import PART_OF
from tocsin.engine.serving.rayservice import RAY_CLUSTER, clusters
from tocsin.engine.surroundings import (
    CONTROLLER_REVISION,
    DEPLOYMENT,
    POD,
    REPLICA_SET,
    STATEFUL_SET,
    Surroundings,
)
from tocsin.ports import PodAddress, Regarded

WORKLOAD_KINDS: Final = (DEPLOYMENT, STATEFUL_SET)
OWNED_KINDS: Final = (POD, REPLICA_SET, CONTROLLER_REVISION)
#: The groups of the kinds that are watched; others may use the same names.
_GROUPS: Final = {
    **{one.kind: one.group for one in BY_KIND.values()},
    REPLICA_SET: "apps",
    CONTROLLER_REVISION: "apps",
    POD: "",
}


class Cluster:
    """The inventories of all namespaces; a snapshot is made anew only after a change."""

    def __init__(self) -> None:
        self._workloads: dict[str, dict[ObjectRef, Workload]] = {}
        self._owners: dict[str, dict[ObjectRef, ObjectRef | None]] = {}
        self._snapshots: dict[str, Inventory] = {}
        self._surroundings = Surroundings()
        self._addresses = PodAddresses()

    def saw(self, kind: str, body: Mapping[str, Any]) -> None:
        """An object is there, or has changed."""
        ref = _ref(kind, body)
        metadata = body["metadata"]
        if reader := READERS.get(kind):
            workload = Workload(
                ref,
                metadata.get("uid", ""),
                dict(metadata.get("labels") or {}),
                reader.wanted(body),
                _parameters(metadata),
            )
            workloads = self._workloads.setdefault(ref.namespace, {})
            if workloads.get(ref) != workload:
                workloads[ref] = workload
                self._snapshots.pop(ref.namespace, None)
        owner = _controller(kind, ref.namespace, metadata)
        former = self._owners.get(ref.namespace, {}).get(ref)
        self._belongs(ref, owner)
        for name in clusters(body) if kind == "RayService" else ():
            self._belongs(ObjectRef(RAY_CLUSTER, ref.namespace, name), ref)
        if kind == POD:
            self._addresses.saw(ref, body)
        self._surroundings.saw(ref, body, owner, former)

    def _belongs(self, ref: ObjectRef, owner: ObjectRef | None) -> None:
        owners = self._owners.setdefault(ref.namespace, {})
        if ref not in owners or owners[ref] != owner:
            owners[ref] = owner
            if ref.kind != CONTROLLER_REVISION:  # it owns nothing
                self._snapshots.pop(ref.namespace, None)

    def gone(self, ref: ObjectRef) -> None:
        """An object is no longer there."""
        self._workloads.get(ref.namespace, {}).pop(ref, None)
        owner = self._owners.get(ref.namespace, {}).pop(ref, None)
        self._snapshots.pop(ref.namespace, None)
        if ref.kind == POD:
            self._addresses.gone(ref)
        self._surroundings.gone(ref, owner)

    def listed(self, kind: str, namespace: str | None, names: Set[tuple[str, str]]) -> None:
        """A whole list of `kind` was read: what it does not name is gone, even unannounced.

        `names` has (namespace, name) of what is there; `namespace` None means all of them.
        """
        spaces = [namespace] if namespace is not None else list(self._owners)
        for space in spaces:
            known = [ref for ref in self._owners.get(space, {}) if ref.kind == kind]
            for ref in known:
                if (ref.namespace, ref.name) not in names:
                    self.gone(ref)

    @property
    def namespaces(self) -> tuple[str, ...]:
        """The namespaces in which there are workloads."""
        return tuple(sorted(space for space, there in self._workloads.items() if there))

    def inventory(self, namespace: str) -> Inventory:
        """What is known of `namespace` now, as a value that does not change."""
        if namespace not in self._snapshots:
            self._snapshots[namespace] = Inventory(
                dict(self._workloads.get(namespace, {})), dict(self._owners.get(namespace, {}))
            )
        return self._snapshots[namespace]

    def selected(self, home: Home) -> Collection[ObjectRef]:
        """The workloads at `home`, in order of their names."""
        selector = WorkloadSelector(home.kinds, home.selector)
        return self.inventory(home.namespace).selected(selector).keys()

    def pods(self, home: Home) -> list[PodAddress]:
        """The pods of the workloads at `home` that can be asked, in order of their names."""
        inventory, selected = self.inventory(home.namespace), self.selected(home)
        return [
            address
            for address in self._addresses.within(home.namespace)
            if any(
                owner in selected
                for owner in inventory.owners_of(ObjectRef(POD, home.namespace, address.name))
            )
        ]

    def context(self, ref: ObjectRef, onset: datetime | None, now: datetime) -> Context | None:
        """What surrounds an alert of `ref` since `onset`; without an onset, as seen from `now`.

        None if nothing is known of `ref`.
        """
        return self._surroundings.around(ref, onset, now)

    def facts(self, ref: ObjectRef) -> tuple[Replicas | None, tuple[PodFacts, ...]]:
        """The counts and the pods of a workload, as far as they are known."""
        return self._surroundings.facts(ref)

    def regarded(self, ref: ObjectRef) -> Regarded | None:
        """`ref` as Events refer to it, if it is there."""
        workload = self._workloads.get(ref.namespace, {}).get(ref)
        uid = workload.uid if workload else ""
        if not workload:
            return None
        version = BY_KIND[ref.kind].api_version
        return Regarded(version, ref.kind, ref.namespace, ref.name, uid)


def _ref(kind: str, body: Mapping[str, Any]) -> ObjectRef:
    metadata = body["metadata"]
    return ObjectRef(kind, metadata.get("namespace", ""), metadata["name"])


def _parameters(metadata: Mapping[str, Any]) -> dict[str, str]:
    annotations = metadata.get("annotations") or {}
    return {k: v for k, v in annotations.items() if k.startswith(ANNOTATION_PREFIX)}


def _controller(kind: str, namespace: str, metadata: Mapping[str, Any]) -> ObjectRef | None:
    service = (metadata.get("labels") or {}).get(PART_OF)
    if kind == DEPLOYMENT and service:  # its controller may be Knative, which is not watched
        return ObjectRef("InferenceService", namespace, service)
    for owner in metadata.get("ownerReferences") or ():
        if owner.get("controller"):
            return ObjectRef(_kind(owner), namespace, owner["name"])
    return None


def _kind(owner: Mapping[str, Any]) -> str:
    """Its kind; of one that only bears the name of a kind that is watched, with its group."""
    kind, group = owner["kind"], owner.get("apiVersion", "").rpartition("/")[0]
    ours = group in ("", _GROUPS.get(kind, group))
    return str(kind) if ours else f"{kind}.{group}"
