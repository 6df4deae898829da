"""`criterion.absence`: for how long, and which causes count."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Final

from pydantic import Field

from tocsin.api.v1alpha1.criteria.spec import CriterionSpec
from tocsin.api.v1alpha1.markers import Unique
from tocsin.api.v1alpha1.types import Within
from tocsin.core.amounts import Amount
from tocsin.core.criteria.absence import Absence, Cause

_USUAL: Final = frozenset({Cause.NO_TRAFFIC, Cause.TARGET_GONE})

AbsenceWindow = Annotated[timedelta, Within(timedelta(), timedelta(hours=8760))]


class AbsenceSpec(CriterionSpec):
    """A workload that should serve and does not.

    `metric` is a number that is more than 0 while a workload serves, as a rate of its requests.
    """

    window: AbsenceWindow | None = None
    """For how long nothing has to be served before the alert fires: a duration from 0s to 8760h,
    beside the rule's `for`. Default: `0s`. In a composite it is left out: the rule's `for` says it.
    Example: `5m`."""

    causes: Annotated[list[Cause], Field(min_length=1, max_length=3), Unique()] | None = None
    """Which causes alert: NoTraffic (the series is there, and not more than 0), TargetGone (there
    was a series an hour ago, and there is none now), NeverSeen (there was none then either).
    Default: `[NoTraffic, TargetGone]`. Example: `[TargetGone, NeverSeen]`."""

    def to_core(self, parameters: Mapping[str, Amount], namespace: str) -> Absence:
        """The causes."""
        return Absence(frozenset(self.causes) if self.causes else _USUAL)
