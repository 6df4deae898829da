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
#: Scheme, user and password, host, path, and what may be a token.
_URI: Final = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*://)(?P<authority>[^/?#\s]*)(?P<path>[^?#\s]*)(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_LIMIT: Final = 200


def model_uri(annotations: Mapping[str, str], containers: Iterable[Mapping[str, Any]]) -> str:
    """The first URI of a model, like s3://models/fraud/v18; empty if there is none."""
    return next(filter(None, map(_bare, _candidates(annotations, containers))), "")


def _bare(text: str) -> str:
    """A URI without user, password, query and fragment.

    Empty for what is none, and where an @ comes late: the password may then have a slash in it,
    and there is no telling where it ends.
    """
    uri = _URI.fullmatch(text)
    if uri is None or "@" in uri["path"] + uri["rest"]:
        return ""
    host = uri["authority"].rpartition("@")[2]
    return (uri["scheme"] + host + uri["path"])[:_LIMIT]


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
