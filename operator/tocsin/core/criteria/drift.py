"""Drift: the values of features are distributed otherwise than they were."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Final

from tocsin.core.amounts import Amount, Unit, format_amount
from tocsin.core.criteria.features import read_features
from tocsin.core.durations import format_duration
from tocsin.core.feature import Feature
from tocsin.core.metrics import STORED_SOURCE, Question
from tocsin.core.queries.stored import StoredQuery
from tocsin.core.reduction import Lacking, Reading, Reduce, named
from tocsin.core.samples import Sample
from tocsin.core.statistics.aligning import Pair
from tocsin.core.statistics.chisquared import compare_by_chi_squared
from tocsin.core.statistics.comparing import Comparison, Finding
from tocsin.core.statistics.ks import compare_by_ks
from tocsin.core.statistics.multiple import adjusted
from tocsin.core.statistics.psi import compare_by_psi
from tocsin.core.verdicts import Outcome, Verdict

#: Below so many values on a side nothing is said: PSI alone would cry wolf.
LEAST: Final = 200
_NAMED: Final = 5
#: How the one feature is called whose series have no label for it, where the query has no name.
NAMELESS: Final = "its value"


class Method(StrEnum):
    """How distributions are compared."""

    PSI = "PSI"
    KS = "KS"
    CHI_SQUARED = "ChiSquared"


@dataclass(frozen=True)
class Drift:
    """Met when any feature has drifted; a value is the largest statistic of those.

    `limit` is that of the index for PSI, and the significance for the others: the share of
    evaluations without drift that it may cost to find one, over all features together
    (Benjamini-Hochberg). `categories` is the label of series that count categories, where they are
    no buckets of histograms. The baseline is as of `ago`, or `stored`. `nameless` is how series
    without `feature_label` are called.
    """

    method: Method
    limit: float
    ago: timedelta | None = None
    stored: StoredQuery | None = None
    feature_label: str = "feature"
    categories: str = ""
    nameless: str = NAMELESS

    judges_silence: ClassVar[bool] = False
    reads_histograms: ClassVar[bool] = True

    @property
    def agos(self) -> tuple[timedelta, ...]:
        """Now, and as of the baseline if it is not stored."""
        return (timedelta(),) if self.ago is None else (timedelta(), self.ago)

    @property
    def beside(self) -> tuple[Question, ...]:
        """The stored baseline."""
        return (Question(STORED_SOURCE, self.stored),) if self.stored else ()

    @property
    def _against(self) -> str:
        if self.stored:
            return f"the baseline {self.stored.name}"
        return f"{format_duration(self.ago or timedelta())} ago"

    def read(
        self, samples: tuple[tuple[Sample, ...], ...], how: Reduce, unit: Unit | None
    ) -> Reading | Lacking:
        """All features compared; the labels are those that all samples of now share."""
        now, before = samples
        if not before:
            return Lacking(f"there is nothing to compare with: {self._against}")
        found = read_features(self.feature_label, self.categories, before, now, self._compare())
        if isinstance(found, Lacking):
            return found
        called = [one if one.name else replace(one, name=self.nameless) for one in found]
        features = tuple(self._together(called))
        if why := _undecided(features):
            return Lacking(why)
        drifted = [one for one in features if one.drifted]
        value = max(one.statistic for one in drifted or _judged(features))
        return Reading(value, _shared(now), features=features)

    def verdict(self, reading: Reading) -> Verdict:
        """Whether any feature has drifted."""
        drifted = any(one.drifted for one in reading.features)
        return Verdict.MET if drifted else Verdict.NOT_MET

    def judge(self, reading: Reading, unit: Unit | None) -> Outcome:
        """The verdict with the drifted features, the worst first, or what is largest of all."""
        drifted = [one for one in reading.features if one.drifted]
        limit = self.limit if self.method is Method.PSI else None
        if drifted:
            shown = "; ".join(f"{one.name}: {one.reason}" for one in drifted[:_NAMED])
            more = f" and {len(drifted) - _NAMED} more" if len(drifted) > _NAMED else ""
            count = f"{len(drifted)} of {len(reading.features)} features drifted"
            return Outcome(Verdict.MET, f"{count}: {shown}{more}", limit)
        judged = _judged(reading.features)
        worst = max(judged, key=lambda one: one.statistic)
        same = f"none of {len(judged)} features drifted, {worst.name} the most: {worst.reason}"
        return Outcome(Verdict.NOT_MET, same, limit)

    def described(self, unit: Unit | None) -> str:
        """When it is met: "when the PSI of a feature is above 0.2 against 7d ago"."""
        against = f"against {self._against}"
        if self.method is Method.PSI:
            return f"when the PSI of a feature is above {format_amount(self.limit, None)} {against}"
        test = "KS" if self.method is Method.KS else "chi-squared"
        return f"when a feature differs by {test} (p < {format_amount(self.limit, None)}) {against}"

    def recovery(self, unit: Unit | None) -> str:
        """What ends it."""
        return "features that are distributed as before"

    def with_amounts(self, amounts: Mapping[str, Amount], unit: Unit | None) -> "Drift":
        """The same with another limit, named `limit`.

        Raises:
            ValueError: the limit is none; see `limit_of`.
        """
        return replace(self, limit=limit_of(self.method, amounts["limit"])) if amounts else self

    def contradiction(self, unit: Unit | None) -> str:
        """None: any limit leaves values that are good."""
        return ""

    def _compare(self) -> Callable[[Pair], Comparison]:
        match self.method:
            case Method.PSI:
                return lambda pair: compare_by_psi(pair, self.limit, least=LEAST)
            case Method.KS:
                return lambda pair: compare_by_ks(pair, self.limit, least=LEAST)
            case Method.CHI_SQUARED:
                return lambda pair: compare_by_chi_squared(pair, self.limit, least=LEAST)

    def _together(self, features: list[Feature]) -> Iterator[Feature]:
        """The features, the worst first; of many tests only those that many tests bear out."""
        ps = [one.p for one in features if one.p is not None]
        of_many = iter(adjusted(ps))
        believed = (
            one if one.p is None else _believed(one, next(of_many), self.limit) for one in features
        )
        return iter(sorted(believed, key=lambda one: (not one.drifted, -one.statistic, one.name)))


def limit_of(method: Method, amount: Amount) -> float:
    """The limit that an amount means.

    Raises:
        ValueError: it is not more than 0, or no share below 1 where it is a significance.
    """
    limit = amount.in_base(Unit.RATIO if amount.suffix == "%" else None)
    if method is Method.PSI:
        if limit <= 0:
            raise ValueError('a PSI is more than 0: write "0.2"')
    elif not 0 < limit < 0.5:
        raise ValueError('a significance is a share between 0 and 0.5: write "0.01" or 1%')
    return limit


def _believed(feature: Feature, p: float, significance: float) -> Feature:
    if not feature.drifted or p < significance:
        return feature
    reason = f"{feature.reason}, which may be chance among so many features (p {p:.2g})"
    return replace(feature, finding=Finding.SAME, reason=reason)


def _judged(features: tuple[Feature, ...]) -> list[Feature]:
    return [one for one in features if one.finding in (Finding.SAME, Finding.DRIFTED)]


def _undecided(features: tuple[Feature, ...]) -> str:
    """Why nothing can be said: no feature drifted, and one cannot be compared, or most are rare.

    A few rare features beside others that are the same say nothing, and keep nothing open.
    """
    if any(one.drifted for one in features):
        return ""
    unlike = next((one for one in features if one.finding is None), None)
    if unlike:
        return f"{unlike.name}: {unlike.reason}"
    few = [one for one in features if one.finding is Finding.TOO_FEW]
    if 2 * len(few) >= len(features):
        return f"{few[0].name}: {few[0].reason}"
    return ""


def _shared(samples: tuple[Sample, ...]) -> Mapping[str, str]:
    first, *others = samples
    return {
        name: value
        for name, value in named(first.labels).items()
        if all(other.labels.get(name) == value for other in others)
    }
