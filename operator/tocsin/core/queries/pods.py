"""What is asked of the metrics pages of a workload's own pods."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from tocsin.core.durations import format_duration
from tocsin.core.queries.home import Home


class Meaning(StrEnum):
    """What is made of series: what they say, how fast they grow, a quantile of a histogram."""

    VALUE = "Value"
    RATE = "Rate"
    QUANTILE = "Quantile"


@dataclass(frozen=True)
class PodsQuery:
    """Series of one name, on the pages of pods of the workloads at `home`.

    `port` is a number, or the name of a container's port. `matchers` have to be equal. `quantile`
    is from 0 to 1, and `series` then the histogram's name without `_bucket`.
    """

    port: int | str
    series: str
    matchers: tuple[tuple[str, str], ...] = ()
    path: str = "/metrics"
    meaning: Meaning = Meaning.VALUE
    quantile: float | None = None
    over: timedelta = timedelta(minutes=1)
    home: Home = field(default_factory=Home, metadata={"placed": True})

    def placed(self, home: Home) -> "PodsQuery":
        """The same for a rule that is at `home`."""
        return replace(self, home=home)

    @property
    def sample_name(self) -> str:
        """The name of the lines that are read."""
        return f"{self.series}_bucket" if self.meaning is Meaning.QUANTILE else self.series

    def __str__(self) -> str:
        matchers = ",".join(f'{name}="{value}"' for name, value in self.matchers)
        series = f"{self.series}{{{matchers}}}" if matchers else self.series
        said = {
            Meaning.VALUE: series,
            Meaning.RATE: f"rate of {series} over {format_duration(self.over)}",
            Meaning.QUANTILE: f"quantile {self.quantile} of {series} over "
            f"{format_duration(self.over)}",
        }[self.meaning]
        return f"{said} on :{self.port}{self.path} of each pod"
