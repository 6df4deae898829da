"""A stored object against its model: what every kind's parser begins with."""

import re
from collections.abc import Mapping
from typing import Final, Literal, TypeVar

from pydantic import ValidationError

from tocsin.api.problems import Problem, problems_of
from tocsin.api.v1alpha1.base import Schema

Model = TypeVar("Model", bound=Schema)

_MAPS: Final = frozenset({"labels", "annotations", "links", "matchLabels", "parameters"})
_INDEX: Final = re.compile(r"\[\d+\]")


class Metadata(Schema):
    """What is read of an object's metadata."""

    name: str
    namespace: str


def read_stored(
    body: object, model: type[Model], short: str, *, strict: bool
) -> tuple[Model | None, list[Problem]]:
    """`body`, an object as JSON, as a `model` of its parts, or all that is wrong.

    `short` is what kubectl calls the kind, for messages. Unknown fields are problems only if
    `strict`. Raises nothing, whatever the JSON.
    """

    def explain(field: str) -> str:
        """Where the field is described; entries of a map have no description of their own."""
        names = [part for part in _INDEX.sub("", field).split(".") if part]
        known = next((place for place, name in enumerate(names, 1) if name in _MAPS), len(names))
        return f" (see `kubectl explain {'.'.join([short, *names[:known]])}`)"

    extra: Literal["forbid", "ignore"] = "forbid" if strict else "ignore"
    try:
        return model.model_validate(_known(body, model), extra=extra, by_name=False), []
    except ValidationError as error:
        return None, list(problems_of(error, explain))


def at(value: object, path: str) -> object:
    """What stands at `path`, as in `spec.criterion`; None if nothing does."""
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def _known(body: object, model: type[Schema]) -> object:
    """What the models describe: strictness is not about all of Kubernetes."""
    if not isinstance(body, Mapping):
        return body
    known = {key: body[key] for key in model.model_fields if key in body}
    metadata = known.get("metadata")
    if isinstance(metadata, Mapping):
        known["metadata"] = {k: metadata[k] for k in ("name", "namespace") if k in metadata}
    return known
