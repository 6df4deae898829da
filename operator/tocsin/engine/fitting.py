"""What of a list fits into an object that may only be so large."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

#: What JSON may make of one character, and what an entry has beside its labels.
_BYTES_A_CHARACTER = 6
_BESIDE_LABELS = 2048


def that_fit(entries: Sequence[Mapping[str, Any]], room: int) -> list[Mapping[str, Any]]:
    """The first of `entries` that take at most `room` bytes as JSON."""
    if sum(map(_at_most, entries)) <= room:  # nearly always, and quick to see
        return list(entries)
    fitting = []
    for entry in entries:
        room -= len(json.dumps(entry).encode())
        if room < 0:
            break
        fitting.append(entry)
    return fitting


def _at_most(entry: Mapping[str, Any]) -> int:
    labels: Mapping[str, str] = entry.get("labels") or {}
    return _BESIDE_LABELS + _BYTES_A_CHARACTER * sum(len(n) + len(v) for n, v in labels.items())
