"""A status that somebody else has written: is ours still there, and who was it?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from tocsin.engine.backoff import delay_after

_MANAGER: Final = "tocsin"
_IN_A_ROW: Final = timedelta(minutes=1)
#: So often a status is put right at once. Who writes it again after that is no mistake.
PATIENCE: Final = 3


@dataclass(frozen=True)
class Contest:
    """How often in a row somebody has written over a status, and when that was last."""

    times: int = 0
    last: datetime | None = None

    def again(self, now: datetime) -> "Contest":
        """Somebody has written over it once more."""
        in_a_row = self.last is not None and abs(now - self.last) <= _IN_A_ROW
        return Contest(self.times + 1 if in_a_row else 1, now)

    @property
    def rest(self) -> timedelta:
        """How long to wait between two writes: 1 s, and longer for each one beyond patience."""
        return delay_after(1 + max(0, self.times - PATIENCE))


def stands(ours: object, stored: object) -> bool:
    """Whether all of `ours` is in `stored`; what others have put beside it does not matter."""
    if isinstance(ours, Mapping) and isinstance(stored, Mapping):
        return all(key in stored and stands(value, stored[key]) for key, value in ours.items())
    if (mine := _by_type(ours)) is not None and (theirs := _by_type(stored)) is not None:
        return stands(mine, theirs)
    return ours == stored


def others(metadata: Mapping[str, Any]) -> str:
    """Who else has written the status, as the API server tells them apart."""
    fields: Sequence[Mapping[str, Any]] = metadata.get("managedFields") or ()
    names = {
        str(one.get("manager"))
        for one in fields
        if one.get("subresource") == "status" and one.get("manager") != _MANAGER
    }
    return ", ".join(sorted(names)) or "somebody else"


def _by_type(value: object) -> Mapping[str, object] | None:
    """A list whose entries are told apart by their type: the only kind that others may add to."""
    if isinstance(value, list) and all(isinstance(v, Mapping) and "type" in v for v in value):
        return {str(one["type"]): one for one in value}
    return None
