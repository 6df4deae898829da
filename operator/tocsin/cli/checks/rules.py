"""What can be wrong with one MLAlertRule, beside its YAML."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from tocsin.api.queries import check_syntax
from tocsin.api.v1alpha1.cloudwatchmetric import USUAL_SOURCE
from tocsin.api.v1alpha1.metrics import DEFAULT_SOURCE
from tocsin.api.v1alpha1.parse import parse_rule
from tocsin.cli.checks.remarks import Remark, of_problems, of_template, with_namespace
from tocsin.cli.report import Severity
from tocsin.core.rules import Rule, Texts
from tocsin.engine.wording import templates, unknown_part
from tocsin.ports import Renderer

#: The source that is asked where a rule names none, by the field that asks it.
_USUAL: Final = {"prometheus": DEFAULT_SOURCE, "promql": DEFAULT_SOURCE, "cloudWatch": USUAL_SOURCE}
_PROMQL: Final = ("prometheus", "promql")


@dataclass(frozen=True)
class RuleCheck:
    """Checks rules; `sources` are the names that there are, None if that is not known."""

    renderer: Renderer
    default_interval: timedelta
    sources: Collection[str] | None = None

    def remarks(self, body: Mapping[str, Any]) -> Iterator[Remark]:
        """All that is wrong with the rule `body`, each field's first mistake first."""
        parsed = parse_rule(
            with_namespace(body), default_interval=self.default_interval, strict=True
        )
        yield from of_problems(() if isinstance(parsed, Rule) else parsed, body)
        for field, template in templates(_texts(body.get("spec"))):
            yield from of_template(self.renderer, field, template)
            if isinstance(parsed, Rule) and (unknown := unknown_part(parsed, template)):
                yield Remark(field, unknown)
        for field, kind, metric in _metrics(body.get("spec"), "spec"):
            if kind in _PROMQL:
                yield from _query(f"{field}.query", metric.get("query"))
            yield from self._source(field, metric, _USUAL[kind])

    def _source(self, field: str, metric: Mapping[str, Any], usual: str) -> Iterator[Remark]:
        if self.sources is None:
            return
        reference = metric.get("sourceRef")
        name = reference.get("name") if isinstance(reference, Mapping) else usual
        if isinstance(name, str) and name not in self.sources:
            known = ", ".join(sorted(self.sources)) or "none: set `sources` in the chart's values"
            message = f'there is no source "{name}"; known: {known}'
            yield Remark(f"{field}.sourceRef.name", message)


def _query(field: str, query: object) -> Iterator[Remark]:
    found = check_syntax(query) if isinstance(query, str) else None
    if found is None:
        return
    problem, certain = found
    if certain:
        yield Remark(field, f"this is not PromQL: {problem}")
    else:
        doubt = f"this may not be PromQL: {problem}; a newer Prometheus may know better"
        yield Remark(field, doubt, Severity.WARNING)


def _texts(spec: object) -> Texts:
    """The texts that can be checked, also where other fields are broken."""
    if not isinstance(spec, Mapping):
        return Texts()
    actions = spec.get("actions")
    return Texts(
        summary=_text(spec.get("summary")),
        description=_text(spec.get("description")),
        labels=_named(spec.get("labels")),
        annotations=_named(spec.get("annotations")),
        links=_named(spec.get("links")),
        actions=tuple(map(_text, actions)) if isinstance(actions, list) else (),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _named(value: object) -> Mapping[str, str]:
    return {k: _text(v) for k, v in value.items()} if isinstance(value, Mapping) else {}


def _metrics(value: object, field: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """What asks a source that has a name, wherever in the spec it stands, and of which kind."""
    if isinstance(value, Mapping):
        for name, child in value.items():
            if name in _USUAL and isinstance(child, Mapping):
                yield f"{field}.{name}", name, child
            else:
                yield from _metrics(child, f"{field}.{name}")
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _metrics(child, f"{field}[{index}]")
