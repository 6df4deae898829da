"""Which rights are missing: asked of the API server, for which no right is needed."""

from collections.abc import Iterable
from typing import Final

from kubernetes.aio.client import (
    ApiClient,
    AuthorizationV1Api,
    V1ResourceAttributes,
    V1SelfSubjectAccessReview,
    V1SelfSubjectAccessReviewSpec,
)

from tocsin.adapters.kube.requests import TIMEOUT, Count, send
from tocsin.ports import WriteError

#: (group, resource, verbs): all that the operator does.
RIGHTS: Final = (
    ("tocsin.dev", "mlalertrules", ("list", "watch")),
    ("tocsin.dev", "mlalertrules/status", ("patch",)),
    ("", "pods", ("list", "watch")),
    ("apps", "replicasets", ("list", "watch")),
    ("apps", "deployments", ("list", "watch")),
    ("apps", "statefulsets", ("list", "watch")),
    ("events.k8s.io", "events", ("create", "patch")),
)


async def missing_rights(
    api: ApiClient, count: Count, namespaces: Iterable[str | None]
) -> list[str]:
    """The rights that this process lacks, like "list pods in namespace fraud"."""
    reviews = AuthorizationV1Api(api)
    missing: list[str] = []
    for namespace in namespaces:
        where = f" in namespace {namespace}" if namespace else " in all namespaces"
        for group, resource, verbs in RIGHTS:
            missing += [
                f"{verb} {resource}{where}"
                for verb in verbs
                if not await _allowed(reviews, count, group, resource, verb, namespace)
            ]
    return missing


async def _allowed(
    reviews: AuthorizationV1Api,
    count: Count,
    group: str,
    resource: str,
    verb: str,
    namespace: str | None,
) -> bool:
    name, _, part = resource.partition("/")
    wanted = V1ResourceAttributes(
        group=group, resource=name, subresource=part or None, verb=verb, namespace=namespace
    )
    review = V1SelfSubjectAccessReview(
        spec=V1SelfSubjectAccessReviewSpec(resource_attributes=wanted)
    )
    request = reviews.create_self_subject_access_review(review, _request_timeout=TIMEOUT)
    try:
        answer = await send(count, "create", "selfsubjectaccessreviews", request)
    except WriteError:
        return True  # nothing is known: the watches will tell
    return bool(answer.status and answer.status.allowed)
