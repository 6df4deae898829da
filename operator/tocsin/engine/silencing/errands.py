"""What can be due about silences; each is the key of an item of the agenda."""

from dataclasses import dataclass
from enum import StrEnum

from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.silences import SilenceKey
from tocsin.engine.agenda import Item, Task


class Errand(StrEnum):
    """What is to be done."""

    TURN = "turn"  # it starts, stops or ends, or is about to
    CLEAR = "clear"  # it is old
    DECIDE = "decide"  # on the annotation of an object


@dataclass(frozen=True)
class SilenceItem:
    """An errand, and the silence or the annotated object that it is about."""

    errand: Errand
    of: SilenceKey | ObjectRef

    def __str__(self) -> str:
        return f"{self.errand} {self.of}"


def item(errand: Errand, of: SilenceKey | ObjectRef) -> Item:
    """The agenda's item for `errand`."""
    return Item(Task.SILENCE, SilenceItem(errand, of))
