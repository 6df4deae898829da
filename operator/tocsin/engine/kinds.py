"""The kinds of objects that the engine is told of."""

from collections.abc import Iterable, Sequence
from typing import Final

from tocsin.engine.cluster import OWNED_KINDS, WORKLOAD_KINDS
from tocsin.engine.namespaces import NAMESPACE
from tocsin.engine.notifying.desk import Desk
from tocsin.engine.record import KIND

#: What must have been listed once before anything is decided.
WATCHED_KINDS: Final = (KIND, *WORKLOAD_KINDS, *OWNED_KINDS, *Desk.KINDS, NAMESPACE)


def to_be_listed(kinds: Iterable[str], spaces: Sequence[str | None]) -> set[tuple[str, str | None]]:
    """Each of `kinds` in each of the namespaces that are watched (None: all of them at once)."""
    return {
        (kind, space)
        for kind in kinds
        for space in spaces
        if kind != NAMESPACE or space is None  # namespaces are in no namespace
    }


#: What a leader writes as well as reads: who begins to lead has them listed anew, because what the
#: leader before wrote last may still be on its way through a watch.
WRITTEN_KINDS: Final = (*Desk.KINDS, KIND)
