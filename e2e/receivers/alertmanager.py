"""A receiver of Alertmanager's webhooks, version 4, below /alertmanager/ with a name."""

import re
from collections import deque
from typing import Any, Final

from e2e.receivers import schema
from e2e.receivers.calls import Answer, Call, Json

_KEPT: Final = 2000
_TEXTS: Final = {"type": "object", "additionalProperties": {"type": "string"}}
_STATUS: Final = {"type": "string", "enum": ["firing", "resolved"]}
_TIME: Final = {"type": "string", "format": "date-time"}
_NEVER: Final = "0001-01-01T00:00:00Z"
_LABEL: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def _closed(**fields: Json) -> Json:
    return {"type": "object", "properties": fields, "required": [*fields],
            "additionalProperties": False}  # fmt: skip


_ALERT: Final = _closed(
    status=_STATUS, labels=_TEXTS, annotations=_TEXTS, startsAt=_TIME, endsAt=_TIME,
    generatorURL={"type": "string"},
    fingerprint={"type": "string", "pattern": "^[0-9a-f]{16}$"},
)  # fmt: skip
MESSAGE: Final = _closed(
    version={"type": "string", "const": "4"}, groupKey={"type": "string", "minLength": 1},
    truncatedAlerts={"type": "integer", "minimum": 0}, status=_STATUS,
    receiver={"type": "string", "minLength": 1}, groupLabels=_TEXTS, commonLabels=_TEXTS,
    commonAnnotations=_TEXTS, externalURL={"type": "string"},
    alerts={"type": "array", "items": _ALERT, "minItems": 1},
)  # fmt: skip


class Alertmanager:
    """Endpoints by name, each with what it was told."""

    def __init__(self) -> None:
        self._told: dict[str, deque[Json]] = {}

    def answer(self, call: Call) -> Answer:
        """Take a message, or say what is wrong with it."""
        if call.method != "POST" or not call.last:
            return Answer(404, {"error": "not found"}, "no such path")
        try:
            told = call.json()
        except ValueError as error:
            return Answer(400, {"error": f"no JSON: {error}"}, "no JSON")
        if wrong := schema.problems(MESSAGE, told) or _contradictions(told):
            return Answer(400, {"errors": wrong}, wrong[0], notes=tuple(wrong[1:]))
        message = {"at": round(call.at * 1000), "body": told}
        self._told.setdefault(call.last, deque(maxlen=_KEPT)).append(message)
        return Answer(200, {"status": "ok"}, told["status"])

    def state(self) -> Json:
        """What each endpoint was told, the latest of it."""
        return {name: list(told) for name, told in self._told.items()}


def _contradictions(told: Json) -> list[str]:
    """Where a message of the right form says two things that cannot both be."""
    alerts: list[Json] = told["alerts"]
    found = []
    fires = any(alert["status"] == "firing" for alert in alerts)
    if fires != (told["status"] == "firing") and not told["truncatedAlerts"]:
        found.append("/status: must be firing where an alert is, else resolved")
    if len({alert["fingerprint"] for alert in alerts}) < len(alerts):
        found.append("/alerts: two have one fingerprint")
    for common, part in (("commonLabels", "labels"), ("commonAnnotations", "annotations")):
        shared = _shared([alert[part] for alert in alerts])
        if told[common] != shared and not told["truncatedAlerts"]:
            found.append(f"/{common}: must be what all alerts share")
    if told["groupLabels"].items() - told["commonLabels"].items():
        found.append("/groupLabels: must be among the common labels")
    for number, alert in enumerate(alerts):
        found += [f"/alerts/{number}/{each}" for each in _alert_contradictions(alert)]
    return found


def _alert_contradictions(alert: Json) -> list[str]:
    found = [f"labels/{name}: no name of a label" for name in alert["labels"]
             if not _LABEL.fullmatch(name)]  # fmt: skip
    if not alert["labels"].get("alertname"):
        found.append("labels/alertname: is missing")
    if alert["status"] == "resolved" and alert["endsAt"] == _NEVER:
        found.append("endsAt: a resolved alert has ended")
    if alert["startsAt"] == _NEVER:
        found.append("startsAt: an alert has begun")
    return found


def _shared(parts: list[dict[str, Any]]) -> dict[str, Any]:
    first, *others = parts
    return {k: v for k, v in first.items() if all(other.get(k) == v for other in others)}
