"""Where pods can be asked for their metrics: kept of what watches tell, for `metric.pods`."""

from collections.abc import Iterator, Mapping
from typing import Any

import structlog

from tocsin.core.inventory import ObjectRef
from tocsin.engine.sharing import Shared
from tocsin.ports import PodAddress

_log = structlog.get_logger(__name__)


class PodAddresses:
    """Addresses of pods that run, by namespace and name."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, PodAddress]] = {}
        self._shared = Shared()

    def saw(self, ref: ObjectRef, body: Mapping[str, Any]) -> None:
        """A pod is there, or has changed. One that makes no sense has no address."""
        try:
            address = self._address(body)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            _log.warning("pod has no address", object=str(ref), error=repr(error))
            address = None
        if address is None:
            self.gone(ref)
        else:
            self._known.setdefault(ref.namespace, {})[ref.name] = address

    def gone(self, ref: ObjectRef) -> None:
        """A pod is not there any more, or cannot be asked."""
        there = self._known.get(ref.namespace, {})
        there.pop(ref.name, None)
        if not there:
            self._known.pop(ref.namespace, None)

    def within(self, namespace: str) -> Iterator[PodAddress]:
        """Those of `namespace`, in order of their names."""
        for _, address in sorted(self._known.get(namespace, {}).items()):
            yield address

    def _address(self, body: Mapping[str, Any]) -> PodAddress | None:
        """Where a pod is; a pod in its node's network has an address that is not its own."""
        metadata, spec, status = body["metadata"], body.get("spec") or {}, body.get("status") or {}
        ip = status.get("podIP")
        if not ip or status.get("phase") != "Running" or metadata.get("deletionTimestamp"):
            return None
        if spec.get("hostNetwork"):
            return None
        conditions = {one["type"]: one["status"] for one in status.get("conditions") or ()}
        named = tuple(
            (str(port["name"]), int(port["containerPort"]))
            for container in spec.get("containers") or ()
            for port in container.get("ports") or ()
            if port.get("name") and port.get("protocol", "TCP") == "TCP"
        )
        uid = str(metadata.get("uid", ""))
        ready = conditions.get("Ready") == "True"
        return PodAddress(metadata["name"], uid, str(ip), ready, self._shared.one(named))
