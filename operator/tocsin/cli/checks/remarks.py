"""What can be wrong with an object of any kind, beside its YAML."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from tocsin.api.manifests.envelope import envelope_problems
from tocsin.api.problems import Problems
from tocsin.cli.report import Severity
from tocsin.ports import Renderer

_HELM: Final = re.compile(r"\.(Values|Release|Chart|Capabilities|Files)\b")
_USUAL_NAMESPACE: Final = "default"


@dataclass(frozen=True)
class Remark:
    """A field of an object, what is wrong with it, and whether it only may be."""

    field: str
    message: str
    severity: Severity = Severity.ERROR


class Check(Protocol):
    """Checks the objects of one kind."""

    def remarks(self, body: Mapping[str, Any]) -> Iterator[Remark]:
        """All that is wrong with the object `body`, each field's first mistake first."""
        ...


def of_problems(problems: Problems, body: Mapping[str, Any]) -> Iterator[Remark]:
    """The `problems` of parsing `body`, and what is wrong around its spec."""
    told = {problem.field for problem in problems}
    for problem in problems:
        yield Remark(problem.field, problem.message)
    for problem in envelope_problems(body):
        if problem.field not in told:
            yield Remark(problem.field, problem.message)


def of_template(renderer: Renderer, field: str, template: str) -> Iterator[Remark]:
    """What is wrong with a text that may be a template."""
    if problem := renderer.check(template):
        yield Remark(field, problem)
    elif "{{" in template and (found := _HELM.search(template)):
        unrendered = f"{found[0]} is Helm's: check what `helm template` prints"
        yield Remark(field, unrendered, Severity.WARNING)


def with_namespace(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """A file may leave the namespace to `kubectl -n`."""
    metadata = body.get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("namespace") is not None:
        return body
    return {**body, "metadata": {**metadata, "namespace": _USUAL_NAMESPACE}}


def namespace_of(body: Mapping[str, Any]) -> str | None:
    """The namespace of `body`: the operator may live there, for all that a file says."""
    metadata = body.get("metadata")
    namespace = metadata.get("namespace") if isinstance(metadata, Mapping) else None
    return namespace if isinstance(namespace, str) else None
