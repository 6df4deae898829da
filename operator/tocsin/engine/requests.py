"""What people ask of a rule by annotation: `tocsin.dev/resolve` ends alerts by their ids."""

from collections.abc import Collection, Mapping
from typing import Any, Final

RESOLVE: Final = "tocsin.dev/resolve"
#: So much of the annotation is read, and remembered as handled.
_LIMIT: Final = 1024


def resolve_asked(metadata: Mapping[str, Any]) -> str:
    """The value of the annotation, or nothing."""
    text = (metadata.get("annotations") or {}).get(RESOLVE)
    return str(text).strip()[:_LIMIT] if text else ""


def ids_in(text: str) -> tuple[str, ...]:
    """The ids that it names, separated by commas or spaces, each once."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))


def unknown_message(unknown: Collection[str], active: Collection[str]) -> str:
    """What to tell where ids name no alert of the rule."""
    named = ", ".join(sorted(unknown)[:5])
    there = ", ".join(sorted(active)[:5]) or "none"
    return f"the annotation {RESOLVE} names no alert of this rule: {named}; active are: {there}"
