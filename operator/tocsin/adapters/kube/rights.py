"""Which rights are missing: asked of the API server, for which no right is needed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kubernetes.aio.client import (
    ApiClient,
    AuthorizationV1Api,
    V1ResourceAttributes,
    V1SelfSubjectAccessReview,
    V1SelfSubjectAccessReviewSpec,
)

from tocsin.adapters.kube.requests import TIMEOUT, Count, send
from tocsin.core.serving import ServingKind
from tocsin.ports import WriteError

#: (group, resource, verbs): all that the operator does in what it watches.
RIGHTS: Final = (
    ("tocsin.dev", "mlalertrules", ("list", "watch")),
    ("tocsin.dev", "mlalertrules/status", ("patch",)),
    ("tocsin.dev", "notificationroutes", ("list", "watch")),
    ("tocsin.dev", "notificationroutes/status", ("patch",)),
    ("tocsin.dev", "alertsilences", ("list", "watch", "create", "delete")),
    ("tocsin.dev", "alertsilences/status", ("patch",)),
    ("tocsin.dev", "mlincidents", ("list", "watch", "create", "delete")),
    ("tocsin.dev", "mlincidents/status", ("patch",)),
    ("", "pods", ("list", "watch")),
    ("apps", "replicasets", ("list", "watch")),
    ("apps", "controllerrevisions", ("list", "watch")),
    ("apps", "deployments", ("list", "watch")),
    ("apps", "statefulsets", ("list", "watch")),
    ("events.k8s.io", "events", ("create", "patch")),
)

#: What it does where it watches all namespaces.
CLUSTER_WIDE: Final = (("", "namespaces", ("list", "watch")),)

#: Verbs on the operator's own Lease; to make one cannot be allowed by name.
ON_THE_LEASE: Final = ("get", "update", "list", "watch")


#: Verbs on rules in its own namespace; an apply that makes a rule is a patch that needs create.
ON_OWN_RULES: Final = ("create", "patch")


@dataclass(frozen=True)
class Own:
    """The operator's namespace, the name of its Lease there, and whether it applies rules there."""

    namespace: str
    lease: str
    rules: bool


async def missing_rights(
    api: ApiClient,
    count: Count,
    namespaces: Iterable[str | None],
    own: Own,
    also: Iterable[ServingKind] = (),
) -> list[str]:
    """The rights that this process lacks, like "list pods in namespace fraud".

    `also` are kinds that are watched as this cluster has them.
    """
    reviews = AuthorizationV1Api(api)
    rights = (*RIGHTS, *((one.group, one.plural, ("list", "watch")) for one in also))
    wanted = [*_in_what_is_watched(namespaces, rights), *_on_the_lease(own), *_on_own_rules(own)]
    return [right for right, attributes in wanted if not await _allowed(reviews, count, attributes)]


def _in_what_is_watched(
    namespaces: Iterable[str | None], rights: Sequence[tuple[str, str, tuple[str, ...]]]
) -> Iterator[tuple[str, V1ResourceAttributes]]:
    for namespace in namespaces:
        where = f"in namespace {namespace}" if namespace else "in all namespaces"
        for group, resource, verbs in (*rights, *(() if namespace else CLUSTER_WIDE)):
            name, _, part = resource.partition("/")
            for verb in verbs:
                attributes = V1ResourceAttributes(
                    group=group,
                    resource=name,
                    subresource=part or None,
                    verb=verb,
                    namespace=namespace,
                )
                yield f"{verb} {resource} {where}", attributes


def _on_the_lease(own: Own) -> Iterator[tuple[str, V1ResourceAttributes]]:
    for verb in ("create", *ON_THE_LEASE):
        name = own.lease if verb in ON_THE_LEASE else None
        attributes = V1ResourceAttributes(
            group="coordination.k8s.io",
            resource="leases",
            verb=verb,
            namespace=own.namespace,
            name=name,
        )
        which = f"lease {name}" if name else "leases"
        yield f"{verb} {which} in namespace {own.namespace}", attributes


def _on_own_rules(own: Own) -> Iterator[tuple[str, V1ResourceAttributes]]:
    for verb in ON_OWN_RULES if own.rules else ():
        attributes = V1ResourceAttributes(
            group="tocsin.dev", resource="mlalertrules", verb=verb, namespace=own.namespace
        )
        yield f"{verb} mlalertrules in namespace {own.namespace}", attributes


async def _allowed(
    reviews: AuthorizationV1Api, count: Count, attributes: V1ResourceAttributes
) -> bool:
    review = V1SelfSubjectAccessReview(
        spec=V1SelfSubjectAccessReviewSpec(resource_attributes=attributes)
    )
    request = reviews.create_self_subject_access_review(review, _request_timeout=TIMEOUT)
    try:
        answer = await send(count, "create", "selfsubjectaccessreviews", request)
    except WriteError:
        return True  # nothing is known: the watches will tell
    return bool(answer.status and answer.status.allowed)
