"""Which events PagerDuty takes, and what it says of the others."""

import re
from datetime import datetime
from typing import Any, Final

from e2e.receivers.calls import Json

_SEVERITIES: Final = ("critical", "error", "warning", "info")
_ACTIONS: Final = ("trigger", "acknowledge", "resolve")
_KEY: Final = re.compile(r"[0-9A-Za-z]*")
_EVENT: Final = frozenset(
    (
        "routing_key", "event_action", "dedup_key", "payload", "images", "links", "client",
        "client_url",
    )
)  # fmt: skip
_PAYLOAD: Final = frozenset(
    (
        "summary", "source", "severity", "timestamp", "component", "group", "class",
        "custom_details",
    )
)  # fmt: skip


def problems(event: Any) -> list[str]:
    """What is wrong with an event; empty if nothing is."""
    if not isinstance(event, dict):
        return ["Event is not an object"]
    found = _key_problems(event)
    action = event.get("event_action")
    if action not in _ACTIONS:
        found.append("'event_action' is missing or must be one of: " + ", ".join(_ACTIONS))
    key = event.get("dedup_key")
    if key is not None and (not isinstance(key, str) or len(key) > 255):
        found.append("Length of 'dedup_key' is incorrect (should be at most 255 characters)")
    if action in ("acknowledge", "resolve") and not key:
        found.append("'dedup_key' is missing or blank")
    if action == "trigger":
        found += _payload_problems(event, "summary", "source", "severity")
    return found + _list_problems(event)


def change_problems(event: Any) -> list[str]:
    """What is wrong with a change event; empty if nothing is."""
    if not isinstance(event, dict):
        return ["Event is not an object"]
    return _key_problems(event) + _payload_problems(event, "summary") + _list_problems(event)


def notes(event: Json) -> tuple[str, ...]:
    """What is taken and thrown away without a word."""
    payload = event.get("payload")
    inner = payload.keys() - _PAYLOAD if isinstance(payload, dict) else ()
    unknown = [*sorted(event.keys() - _EVENT), *(f"payload.{name}" for name in sorted(inner))]
    return tuple(f"{name} is no field and is ignored" for name in unknown)


def _key_problems(event: Json) -> list[str]:
    key = event.get("routing_key")
    if not key or not isinstance(key, str):
        return ["'routing_key' is missing or blank"]
    found = []
    if len(key) != 32:
        found.append("Length of 'routing_key' is incorrect (should be 32 characters)")
    if not _KEY.fullmatch(key):
        found.append("'routing_key' cannot contain non-alphanumeric characters.")
    return found


def _payload_problems(event: Json, *needed: str) -> list[str]:
    payload = event.get("payload")
    if not isinstance(payload, dict):
        return ["'payload' is missing or blank"]
    found = []
    for name in needed:
        value = payload.get(name)
        if not isinstance(value, str) or not value.strip():
            found.append(f"'payload.{name}' is missing or blank")
    if len(str(payload.get("summary", ""))) > 1024:
        found.append("Length of 'payload.summary' is incorrect (should be at most 1024 characters)")
    severity = payload.get("severity")
    if "severity" in needed and severity and severity not in _SEVERITIES:
        found.append(
            "'payload.severity' is invalid (must be one of: critical, warning, error, info)"
        )
    if "timestamp" in payload and not _is_time(payload["timestamp"]):
        found.append("'payload.timestamp' is not a valid ISO 8601 time")
    found += [
        f"'payload.{name}' must be a string"
        for name in ("component", "group", "class")
        if not isinstance(payload.get(name, ""), str)
    ]
    if not isinstance(payload.get("custom_details", {}), dict | str):
        found.append("'payload.custom_details' must be an object")
    return found


def _list_problems(event: Json) -> list[str]:
    found = []
    for name, needed in (("links", "href"), ("images", "src")):
        items = event.get(name, [])
        if not isinstance(items, list):
            found.append(f"'{name}' must be an array")
            continue
        for number, item in enumerate(items):
            url = item.get(needed) if isinstance(item, dict) else None
            if not str(url).startswith(("https://", "http://")):
                found.append(f"'{name}[{number}].{needed}' is missing or not a valid URL")
            if isinstance(item, dict) and not isinstance(item.get("text", ""), str):
                found.append(f"'{name}[{number}].text' must be a string")
    if not isinstance(event.get("client", ""), str):
        found.append("'client' must be a string")
    return found


def _is_time(value: Any) -> bool:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True
