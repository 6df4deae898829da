"""The looks at the parts of a composite become one look at each identity."""

from collections.abc import Mapping, Sequence

from tocsin.core.criteria.composite import Composite
from tocsin.core.criteria.criterion import Criterion
from tocsin.core.identity import Identity
from tocsin.core.inventory import ObjectRef
from tocsin.core.looks import NOT_RETURNED, Look, PartLook
from tocsin.core.reduction import Reading
from tocsin.core.verdicts import Verdict


def combined(
    own: Composite,
    of_parts: Sequence[Mapping[Identity, Look]],
    bound: Mapping[ObjectRef, Criterion],
) -> dict[Identity, Look]:
    """One look at each identity that any part looked at; `of_parts` are in order of the parts.

    `bound` has what workloads made of `own` by parameters.
    """
    identities = dict.fromkeys(identity for looks in of_parts for identity in looks)
    found: dict[Identity, Look] = {}
    for identity in identities:
        criterion = bound.get(identity.workload, own) if identity.workload else own
        composite = criterion if isinstance(criterion, Composite) else own
        parts = tuple(
            PartLook(part.name, part.metric.unit, looks.get(identity) or _unseen(part.criterion))
            for part, looks in zip(composite.parts, of_parts, strict=True)
        )
        found[identity] = _one(composite, parts)
    return found


def _one(composite: Composite, parts: tuple[PartLook, ...]) -> Look:
    verdict = composite.combine({part.name: part.look.verdict for part in parts})
    if not verdict.observed:
        dark = [part for part in parts if not part.look.verdict.observed]
        said = "; ".join(f"{part.name}: {part.look.said}" for part in dark)
        no_data = all(part.look.no_data for part in dark)
        return Look(verdict, composite, said=said, no_data=no_data, parts=parts)
    met = [part.look for part in parts if part.look.verdict is Verdict.MET]
    labels = {
        name: value
        for look in reversed(met or [part.look for part in parts])
        for name, value in (look.reading.labels if look.reading else {}).items()
    }
    return Look(verdict, composite, Reading(float(len(met)), labels), parts=parts)


def _unseen(criterion: Criterion) -> Look:
    return Look(Verdict.UNKNOWN, criterion, said=NOT_RETURNED)
