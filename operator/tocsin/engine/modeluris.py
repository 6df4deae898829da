"""Where a workload has its model from: a URI in well-known places, without its credentials."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tocsin.engine.arguments import named_arguments

_ANNOTATIONS: Final = (
    "tocsin.dev/model-uri",
    "internal.serving.kserve.io/storage-initializer-sourceuri",
)
_VARIABLE: Final = re.compile(r"(?:\w+_)?(?:MODEL|STORAGE)_?URI")
_ARGUMENT: Final = re.compile(r"--(?:model|storage)[-_]?uri", re.IGNORECASE)
_KSERVE_LOADER: Final = "storage-initializer"
#: Scheme and path; what stands before an @ (a password may have a slash) or behind a ? is secret.
_URI: Final = re.compile(
    r"([a-z][a-z0-9+.-]*://)(?:[^/?#]*:.*@|[^/?#]*@)?([^?#\s]*)", re.IGNORECASE | re.DOTALL
)
_LIMIT: Final = 200


def model_uri(annotations: Mapping[str, str], containers: Iterable[Mapping[str, Any]]) -> str:
    """The first URI of a model, like s3://models/fraud/v18; empty if there is none."""
    for text in _candidates(annotations, containers):
        if found := _URI.match(text):
            return (found[1] + found[2])[:_LIMIT]
    return ""


def _candidates(
    annotations: Mapping[str, str], containers: Iterable[Mapping[str, Any]]
) -> Iterator[str]:
    yield from (annotations[name] for name in _ANNOTATIONS if name in annotations)
    for container in containers:
        for variable in container.get("env") or ():
            if _VARIABLE.fullmatch(variable["name"]):
                yield variable.get("value") or ""
        arguments = container.get("args") or ()
        for name, value in named_arguments(arguments):
            if _ARGUMENT.fullmatch(name):
                yield value
        if container["name"] == _KSERVE_LOADER:
            yield from arguments[:1]
