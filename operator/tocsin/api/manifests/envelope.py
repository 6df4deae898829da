"""What is around a spec: fields of every Kubernetes object."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import ValidationError

from tocsin.api.problems import Problem, problems_of
from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.forms import OBJECT_LABEL_KEY, ObjectLabelValue, ObjectName
from tocsin.api.v1alpha1.markers import Names


class _Metadata(Schema):
    namespace: ObjectName | None = None
    labels: Annotated[dict[str, ObjectLabelValue], Names(OBJECT_LABEL_KEY)] | None = None
    annotations: dict[str, str] | None = None
    # The rest is for the API server and for parse_rule; here it only has to be known.
    name: Any = None
    generate_name: Any = None
    finalizers: Any = None
    owner_references: Any = None
    uid: Any = None
    resource_version: Any = None
    generation: Any = None
    creation_timestamp: Any = None
    deletion_timestamp: Any = None
    deletion_grace_period_seconds: Any = None
    managed_fields: Any = None
    self_link: Any = None


class _Object(Schema):
    api_version: Any = None
    kind: Any = None
    metadata: _Metadata = _Metadata()
    spec: Any = None
    status: Any = None


def envelope_problems(body: object) -> Iterator[Problem]:
    """Unknown fields beside and in `metadata`, and labels and annotations that are refused.

    Helm and GitOps tools drop unknown fields without a word; kubectl refuses them.
    """
    try:
        _Object.model_validate(body, extra="forbid", by_name=False)
    except ValidationError as error:
        yield from problems_of(error)
