"""A receiver's own title and text, as Go templates; the usual ones are sent if they fail."""

from dataclasses import dataclass
from typing import Any, Final

from tocsin.adapters.receivers import wording
from tocsin.adapters.receivers.settings import Settings
from tocsin.adapters.receivers.texts import clean, clean_all, cut, one_line
from tocsin.core.notify.notification import AlertNotice, Notification
from tocsin.ports import Renderer

#: What templates of receivers can say; a renderer for them has to know these.
VARIABLES: Final = (
    "labels", "value", "threshold", "workload", "rule", "severity", "reason", "cluster",
    "namespace", "incident", "route", "group", "firing", "resolved", "silenced", "detail",
    "acknowledged", "alerts", "title", "text",
)  # fmt: skip
#: How many alerts a template sees.
_ALERTS: Final = 20
_TEXT: Final = 8192
_LABELS: Final = 8192


@dataclass(frozen=True)
class Words:
    """The title and text to be sent; `own_*` says that they are of the route's template."""

    title: str
    text: str
    own_title: bool = False
    own_text: bool = False
    warning: str = ""


def words(renderer: Renderer, settings: Settings, notification: Notification) -> Words:
    """Title and text of `notification`: those of the receiver's template, else the usual ones."""
    title, text = wording.title(notification), cut(wording.text(notification), _TEXT)
    template = settings.part("template")
    own_title, own_text = template.text("title"), template.text("text")
    if not own_title and not own_text:
        return Words(title, text)
    values = _values(notification, title, text)
    problems: list[str] = []

    def render(name: str, source: str) -> str:
        rendered = renderer.render(source, values) if source else None
        if rendered and rendered.problem:
            problems.append(f"{template.where}.{name}: {rendered.problem}")
            return ""
        return rendered.text.strip() if rendered else ""

    rendered_title, rendered_text = render("title", own_title), render("text", own_text)
    return Words(
        one_line(rendered_title, wording.TITLE) or title,
        clean(rendered_text, _TEXT) or text,
        bool(rendered_title),
        bool(rendered_text),
        "; ".join(f"{problem}; the usual one is sent" for problem in problems),
    )


def _values(notification: Notification, title: str, text: str) -> dict[str, Any]:
    alerts = [_alert(notice) for notice in notification.alerts[:_ALERTS]]
    first = alerts[0] if alerts else _NOTHING
    shared = ("labels", "value", "threshold", "workload", "rule")
    return {
        **{name: first[name] for name in shared},
        "severity": str(notification.severity),
        "reason": str(notification.reason),
        "cluster": notification.cluster,
        "namespace": notification.namespace,
        "incident": notification.incident,
        "route": notification.route,
        "group": dict(notification.group),
        "firing": notification.firing_count,
        "resolved": notification.resolved_count,
        "silenced": notification.silenced_count,
        "detail": clean(notification.detail, wording.SUMMARY),
        "acknowledged": wording.acknowledged(notification),
        "alerts": alerts,
        "title": title,
        "text": text,
    }


_NOTHING: Final[dict[str, Any]] = {
    "labels": {},
    "value": "",
    "threshold": "",
    "workload": {"kind": "", "namespace": "", "name": ""},
    "rule": {"namespace": "", "name": ""},
}


def _alert(notice: AlertNotice) -> dict[str, Any]:
    workload = notice.workload
    return {
        "labels": clean_all(notice.labels, _LABELS),
        "annotations": clean_all(notice.annotations, _LABELS),
        "links": clean_all(notice.links, _LABELS),
        "actions": [one_line(action, wording.SUMMARY) for action in notice.actions[:20]],
        "changes": list(wording.changed(notice)),
        "severity": str(notice.severity),
        "summary": one_line(notice.summary, wording.SUMMARY),
        "description": clean(notice.description, 4096),
        "value": one_line(notice.value, 64),
        "threshold": one_line(notice.threshold, 64),
        "firing": notice.resolved_at is None,
        "ended": wording.ended(notice),
        "version": one_line(notice.version, 256),
        "explain": one_line(notice.explain, 2048),
        "workload": {
            "kind": workload.kind if workload else "",
            "namespace": notice.namespace,
            "name": workload.name if workload else "",
        },
        "rule": {"namespace": notice.rule.namespace, "name": notice.rule.name},
    }
