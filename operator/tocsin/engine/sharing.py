"""Equal values held once: most containers of 10,000 pods are alike."""

from collections.abc import Hashable
from typing import Final, TypeVar

_Value = TypeVar("_Value", bound=Hashable)
_LIMIT: Final = 20_000


class Shared:
    """Gives the same object for equal values; what it forgets costs memory, nothing else."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Hashable] = {}

    def one(self, value: _Value) -> _Value:
        """The value that was first seen of those equal to `value`."""
        if len(self._known) >= _LIMIT:
            self._known.clear()
        known = self._known.setdefault(value, value)
        return known if type(known) is type(value) else value
