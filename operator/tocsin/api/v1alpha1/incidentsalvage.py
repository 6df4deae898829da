"""What can still be read of an incident into which somebody has written."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tocsin.api.problems import Problems
from tocsin.api.v1alpha1.incidents import read_incident
from tocsin.core.notify.incidents import Incident

#: Fields of the status of which each entry is read for itself, and what tells entries apart.
_LISTS: Final = {"members": ("id",), "told": ("name", "destination"), "timeline": ()}


def salvage_incident(body: Mapping[str, Any]) -> Incident | Problems:
    """The incident that `body` holds, without what cannot be read of its status: each field, and
    each alert and receiver, is read for itself. Its spec has to be whole, else all its problems.

    Raises nothing, whatever the JSON.
    """
    bare = {name: value for name, value in body.items() if name != "status"}
    incident, status = read_incident(bare), body.get("status")
    if not isinstance(incident, Incident) or not isinstance(status, Mapping):
        return incident
    kept: dict[str, Any] = {}
    for name, value in status.items():
        if name in _LISTS and isinstance(value, list):
            kept[name] = list(_entries(bare, name, value))
        elif _reads(bare, {name: value}):
            kept[name] = value
    return read_incident({**bare, "status": kept})


def _entries(bare: Mapping[str, Any], name: str, entries: list[Any]) -> Iterator[Any]:
    seen = set()
    for one in entries:
        if not _reads(bare, {name: [one]}):
            continue
        identity = tuple(str(one[field]) for field in _LISTS[name])
        if identity and identity in seen:
            continue
        seen.add(identity)
        yield one


def _reads(bare: Mapping[str, Any], status: Mapping[str, Any]) -> bool:
    return isinstance(read_incident({**bare, "status": status}), Incident)
