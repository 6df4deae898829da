"""From the objects that watches tell to the facts that are kept of them; the rest is forgotten."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tocsin.core.context.pods import ContainerFacts, PodFacts, Termination
from tocsin.core.context.templates import ContainerTemplate, Pairs, Revision, Template
from tocsin.core.inventory import ObjectRef
from tocsin.engine.arguments import named_arguments
from tocsin.engine.modeluris import model_uri
from tocsin.engine.sharing import Shared
from tocsin.engine.times import read_time

Body = Mapping[str, Any]

VERSION_LABELS: Final = ("tocsin.dev/version", "app.kubernetes.io/version")
#: Who numbers the revisions of ReplicaSets, in annotations below this name.
_OWNERS: Final = ("deployment.kubernetes.io", "rollout.argoproj.io")
_STATEFUL_POD: Final = "controller-revision-hash"
_MAIN_CONTAINER: Final = "kubectl.kubernetes.io/default-container"
_RESTARTED: Final = "kubectl.kubernetes.io/restartedAt"
#: Whose messages are kept: others change by the minute, or may quote what was to be run.
_TELLING: Final = frozenset(
    ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError")
)
_MESSAGE_LIMIT: Final = 200


class Stripper:
    """Strips bodies; a mark of a value is good within this process and cannot be turned back."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._shared = Shared()

    def replica_set(self, body: Body) -> Revision | None:
        """A ReplicaSet as a revision of its Deployment or Rollout; None if it says not which."""
        metadata = body["metadata"]
        annotations = metadata.get("annotations") or {}
        numbers = ((domain, str(annotations.get(f"{domain}/revision", ""))) for domain in _OWNERS)
        domain, number = next(((d, n) for d, n in numbers if n.isdecimal()), ("", ""))
        if not number:
            return None
        return Revision(
            name=metadata["name"],
            number=int(number),
            created_at=read_time(metadata["creationTimestamp"]),
            reused=bool(annotations.get(f"{domain}/revision-history")),
            template=self._template((body.get("spec") or {}).get("template") or {}),
        )

    def controller_revision(self, body: Body) -> Revision:
        """A ControllerRevision of a StatefulSet; whether it is used again shows in the others."""
        metadata = body["metadata"]
        spec = (body.get("data") or {}).get("spec") or {}
        return Revision(
            name=metadata["name"],
            number=int(body["revision"]),
            created_at=read_time(metadata["creationTimestamp"]),
            template=self._template(spec.get("template") or {}),
        )

    def pod(self, body: Body, owner: ObjectRef) -> PodFacts:
        """A pod of `owner`, a ReplicaSet or StatefulSet."""
        metadata, status = body["metadata"], body.get("status") or {}
        spec = body.get("spec") or {}
        started = status.get("startTime") or metadata["creationTimestamp"]
        conditions = {one["type"]: one for one in status.get("conditions") or ()}
        reason, message = _pods_own(status, conditions)
        stateful = owner.kind == "StatefulSet"
        labels = metadata.get("labels") or {}
        ready = conditions.get("Ready") or {}
        since = ready.get("lastTransitionTime") or started
        return PodFacts(
            name=metadata["name"],
            revision=self._shared.one(labels.get(_STATEFUL_POD, "") if stateful else owner.name),
            phase=self._shared.one(status.get("phase", "")),
            ready=ready.get("status") == "True",
            started_at=read_time(started),
            node=self._shared.one(spec.get("nodeName") or ""),
            ending=bool(metadata.get("deletionTimestamp")),
            reason=reason,
            message=message,
            containers=self._shared.one(tuple(self._containers(spec, status))),
            unready_since=None if ready.get("status") == "True" else read_time(since),
        )

    def _containers(self, spec: Body, status: Body) -> Iterator[ContainerFacts]:
        known = {one["name"]: one for one in _all(status, "initContainerStatuses",
                                                   "containerStatuses")}  # fmt: skip
        for container in _all(spec, "initContainers", "containers"):
            now = known.get(container["name"], {})
            waiting = (now.get("state") or {}).get("waiting") or {}
            reason = waiting.get("reason") or ""
            message = waiting.get("message") or "" if reason in _TELLING else ""
            limits = (container.get("resources") or {}).get("limits") or {}
            facts = ContainerFacts(
                name=container["name"],
                image=container.get("image", ""),
                memory_limit=str(limits.get("memory", "")),
                restarts=now.get("restartCount", 0),
                waiting=reason,
                message=message[:_MESSAGE_LIMIT],
                termination=_termination(now),
            )
            yield self._shared.one(facts)

    def _template(self, template: Body) -> Template:
        metadata, spec = template.get("metadata") or {}, template.get("spec") or {}
        annotations = metadata.get("annotations") or {}
        labels = metadata.get("labels") or {}
        containers = [self._container(one) for one in _all(spec, "initContainers", "containers")]
        first = next((one["name"] for one in spec.get("containers") or ()), "")
        version = next((labels[name] for name in VERSION_LABELS if labels.get(name)), "")
        restarted = annotations.get(_RESTARTED, "")
        return Template(
            containers=tuple(containers),
            main=annotations.get(_MAIN_CONTAINER, first),
            version=version,
            model_uri=model_uri(annotations, list(_all(spec, "containers", "initContainers"))),
            restarted=self._mark(restarted) if restarted else "",
        )

    def _container(self, container: Body) -> ContainerTemplate:
        command = container.get("command")
        return self._shared.one(
            ContainerTemplate(
                name=container["name"],
                image=container.get("image", ""),
                command=self._mark(command) if command else "",
                arguments=self._marked(named_arguments(container.get("args") or ())),
                env=self._marked(
                    (one["name"], one.get("value") or one.get("valueFrom") or "")
                    for one in container.get("env") or ()
                ),
                env_from=tuple(_references(container.get("envFrom") or ())),
                resources=tuple(_resources(container.get("resources") or {})),
            )
        )

    def _marked(self, pairs: Iterable[tuple[str, object]]) -> Pairs:
        one = self._shared.one  # two revisions have most pairs in common, all workloads the names
        return tuple(one((one(name), self._mark(value))) for name, value in pairs)

    def _mark(self, value: object) -> str:
        spelled = json.dumps(value, sort_keys=True).encode()
        return hashlib.blake2b(spelled, key=self._key, digest_size=8).hexdigest()


def _all(body: Body, *fields: str) -> Iterator[Body]:
    for field in fields:
        yield from body.get(field) or ()


def _pods_own(status: Body, conditions: Mapping[str, Body]) -> tuple[str, str]:
    """What is wrong with a pod as a whole: it was evicted, or no node takes it."""
    if status.get("reason"):
        return str(status["reason"]), str(status.get("message") or "")[:_MESSAGE_LIMIT]
    scheduled = conditions.get("PodScheduled") or {}
    if scheduled.get("status") == "False" and scheduled.get("reason") == "Unschedulable":
        return "Unschedulable", str(scheduled.get("message") or "")[:_MESSAGE_LIMIT]
    return "", ""


def _termination(status: Body) -> Termination | None:
    """How a container ended last; an init container that did its work is no trouble."""
    ended = (status.get("state") or {}).get("terminated")
    if ended and ended.get("exitCode") == 0 and not status.get("restartCount"):
        return None
    ended = ended or (status.get("lastState") or {}).get("terminated")
    if not ended:
        return None
    finished = read_time(ended["finishedAt"]) if ended.get("finishedAt") else None
    return Termination(ended.get("reason") or "", ended.get("exitCode") or 0, finished)


def _references(sources: Iterable[Body]) -> Iterator[str]:
    kinds = {"secretRef": "Secret", "configMapRef": "ConfigMap"}
    for source in sources:
        for field, kind in kinds.items():
            if source.get(field):
                yield f"{kind} {source[field].get('name', '')}"


def _resources(resources: Body) -> Iterator[tuple[str, str]]:
    for field, word in (("limits", "limit"), ("requests", "request")):
        for name, amount in (resources.get(field) or {}).items():
            yield f"{name} {word}", str(amount)
