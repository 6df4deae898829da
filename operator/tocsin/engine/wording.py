"""What is said of an alert: the rule's texts, with the alert's values put in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import thread_time
from typing import Any, Final

from tocsin.core.alerts import Alert
from tocsin.core.amounts import format_amount
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.durations import as_of, format_duration
from tocsin.core.rules import Rule, Texts
from tocsin.core.verdicts import Verdict
from tocsin.ports import Renderer

_PART: Final = re.compile(r"\$parts\.(\w+)")


@dataclass(frozen=True)
class Wording:
    """An alert in words; `problems` says which templates failed, and how."""

    summary: str
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    actions: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def check_texts(renderer: Renderer, rule: Rule) -> tuple[str, ...]:
    """What is wrong with the templates of `rule` before any value is known, field by field."""
    found = (
        (where, renderer.check(template) or unknown_part(rule, template))
        for where, template in templates(rule.texts)
    )
    return tuple(f"{where}: {problem}" for where, problem in found if problem)


def unknown_part(rule: Rule, template: str) -> str:
    """Which part a template names that `rule` does not have, if it does."""
    names = sorted(part.name for part in rule.parts if part.name)
    for found in _PART.finditer(template):
        if found[1] not in names:
            has = f"there are: {', '.join(names)}" if names else "only a composite has parts"
            return f"there is no part {found[1]}; {has}"
    return ""


def word(renderer: Renderer, rule: Rule, alert: Alert, value: float | None = None) -> Wording:
    """`alert` in words, with its own value or another one, such as that of its recovery.

    A template that fails takes nothing with it: a failed summary becomes a plain sentence, and
    any other text is left out.
    """
    shown = alert.value if value is None else value
    values = _values(rule, alert, shown)
    problems: list[str] = []
    until = thread_time() + renderer.seconds

    too_long = (
        f"left out, the texts before it took more than {renderer.seconds * 1000:g}ms of processor "
        f"time (limits.textTime)"
    )

    def render(where: str, template: str) -> str:
        if "{{" not in template:
            return template
        if thread_time() > until:
            problems.append(f"{where}: {too_long}")
            return ""
        rendered = renderer.render(template, values)
        if rendered.problem:
            problems.append(f"{where}: {rendered.problem}")
        return rendered.text

    def render_all(where: str, templates: Mapping[str, str]) -> dict[str, str]:
        return {name: render(f"{where}.{name}", text) for name, text in templates.items()}

    texts = rule.texts
    summary = render("spec.summary", texts.summary) if texts.summary else ""
    return Wording(
        summary=_dated(rule, summary) or plain_summary(rule, alert, shown),
        description=render("spec.description", texts.description),
        labels=render_all("spec.labels", texts.labels),
        annotations=render_all("spec.annotations", texts.annotations),
        links=render_all("spec.links", texts.links),
        actions=tuple(render(f"spec.actions[{i}]", text) for i, text in enumerate(texts.actions)),
        problems=tuple(problems),
    )


def shows_value(rule: Rule) -> bool:
    """Whether an alert's summary changes with its value: else it says what was, not what is."""
    template = rule.texts.summary
    return "$value" in template if template else isinstance(rule.criterion, Threshold)


def with_context(text: str, alert: Alert) -> str:
    """`text`, and what surrounded the last transition of `alert`."""
    return f"{text}; {alert.context}" if alert.context else text


def summary_of(renderer: Renderer, rule: Rule, alert: Alert) -> str:
    """Only the summary of `alert`, as `word` has it."""
    template = rule.texts.summary
    text = renderer.render(template, _values(rule, alert, alert.value)).text if template else ""
    return _dated(rule, text) or plain_summary(rule, alert, alert.value)


def _dated(rule: Rule, text: str) -> str:
    """A rendered summary, with as of when its value is, unless its template says that itself."""
    text = text.strip()
    says = not text or "$labelDelay" in rule.texts.summary
    return text if says else text + as_of(rule.label_delay)


class Words:
    """What was last said of a rule's leading alert: it changes only with rule or transition."""

    def __init__(self) -> None:
        self._rule: Rule | None = None
        self._mistakes: tuple[str, ...] = ()
        self._alert: Alert | None = None
        self._wording = Wording("")

    def mistakes(self, renderer: Renderer, rule: Rule) -> tuple[str, ...]:
        """What is wrong with the templates of `rule` before any value is known."""
        if rule is not self._rule:
            self._rule, self._alert = rule, None
            self._mistakes = check_texts(renderer, rule)
        return self._mistakes

    def of(self, renderer: Renderer, rule: Rule, alert: Alert) -> Wording:
        """`alert` in words."""
        if rule is not self._rule or self._alert is None or _shown(alert) != _shown(self._alert):
            self._wording = word(renderer, rule, alert)
            self._alert = alert if rule is self._rule else None
        return self._wording


def _shown(alert: Alert) -> tuple[object, ...]:
    return (
        alert.id,
        alert.value,
        alert.threshold,
        alert.labels,
        alert.baseline,
        alert.parts,
        alert.features,
    )


def plain(rule: Rule, alert: Alert, value: float | None = None) -> Wording:
    """`alert` in a sentence that takes no time."""
    return Wording(plain_summary(rule, alert, alert.value if value is None else value))


def plain_summary(rule: Rule, alert: Alert, value: float) -> str:
    """A sentence that needs no template: rule, workload, value and limit, or what was seen."""
    if alert.reason and not isinstance(rule.criterion, Threshold):
        return f"{rule.key.name}: {alert.identity}: {alert.reason}"
    unit = rule.unit
    limit = "" if alert.threshold is None else f" (limit {format_amount(alert.threshold, unit)})"
    shown = f"{format_amount(value, unit)}{limit}{as_of(rule.label_delay)}"
    return f"{rule.key.name}: {alert.identity} is at {shown}"


def labels_of(renderer: Renderer, rule: Rule, alert: Alert) -> dict[str, str]:
    """The labels that `rule` gives its alert; one whose template fails is left out."""
    values: dict[str, Any] = {}
    labels = {}
    for name, text in rule.texts.labels.items():
        if "{{" in text:
            values = values or _values(rule, alert, alert.value)
            text = renderer.render(text, values).text  # noqa: PLW2901  # as it is shown
        if text:
            labels[name] = text
    return labels


def templates(texts: Texts) -> list[tuple[str, str]]:
    """All texts that are templates, each with its field."""
    named = {"labels": texts.labels, "annotations": texts.annotations, "links": texts.links}
    return [
        ("spec.summary", texts.summary),
        ("spec.description", texts.description),
        *(
            (f"spec.{k}.{name}", text)
            for k, texts_ in named.items()
            for name, text in texts_.items()
        ),
        *((f"spec.actions[{i}]", text) for i, text in enumerate(texts.actions)),
    ]


def _values(rule: Rule, alert: Alert, value: float) -> dict[str, Any]:
    """The variables of templates, as `VARIABLES` of the renderer lists them."""
    workload = alert.identity.workload
    return {
        "labels": dict(alert.labels),
        "value": value,
        "threshold": alert.threshold,
        "baseline": alert.baseline,
        "labelDelay": format_duration(rule.label_delay) if rule.label_delay else "",
        "parts": {
            part.name: {
                "met": part.verdict is Verdict.MET,
                "value": part.value,
                "threshold": part.threshold,
                "baseline": part.baseline,
                "reason": part.reason,
            }
            for part in alert.parts
        },
        "features": [
            {"name": one.name, "statistic": one.statistic, "p": one.p} for one in alert.features
        ],
        "workload": {
            "kind": workload.kind if workload else "",
            "namespace": workload.namespace if workload else rule.key.namespace,
            "name": workload.name if workload else "",
        },
        "rule": {"namespace": rule.key.namespace, "name": rule.key.name},
        "severity": str(rule.severity),
    }
