"""Stored baselines out of ConfigMaps: each read by its name, and kept for a short time."""

from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from typing import Final

from kubernetes.aio.client import ApiClient

from tocsin.adapters.kube.reading import read_core
from tocsin.adapters.kube.requests import TIMEOUT, Count, send
from tocsin.api.baseline import StoredBaseline, read_baseline
from tocsin.core.metrics import Question
from tocsin.core.queries.stored import StoredQuery
from tocsin.core.samples import Answer, Failure, FailureKind, Sample, Samples
from tocsin.core.statistics.histograms import Counts
from tocsin.ports import GoneError, WriteError

#: Seconds for which what was read is used without asking again.
KEPT_FOR: Final = 60.0
_MOST_KEPT: Final = 256


class KubeBaselines:
    """Answers a `StoredQuery` with the counts in its ConfigMap.

    `monotonic` tells a time in seconds that only goes forward.
    """

    def __init__(self, api: ApiClient, count: Count, monotonic: Callable[[], float]) -> None:
        self._api = api
        self._count = count
        self._monotonic = monotonic
        self._kept: dict[StoredQuery, tuple[float, Answer]] = {}

    async def ask(self, question: Question) -> Answer:
        """The counts by feature, as cumulative buckets or by category; it never raises."""
        query = question.query
        if not isinstance(query, StoredQuery):
            return Failure(FailureKind.QUERY_REJECTED, f"this is no stored baseline: {query}")
        until, answer = self._kept.get(query, (0.0, None))
        if answer is None or self._monotonic() >= until:
            answer = await self._read(query)
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            if isinstance(answer, Samples):
                self._kept[query] = (self._monotonic() + KEPT_FOR, answer)
        return answer

    async def _read(self, query: StoredQuery) -> Answer:
        request = read_core(
            self._api, "ConfigMap", "configmaps", query.namespace, query.name, TIMEOUT
        )
        try:
            found = await send(self._count, "get", "configmaps", request)
        except GoneError:
            made = "make it by `tocsin baseline FILE`"
            return Failure(FailureKind.QUERY_REJECTED, f"{query} does not exist: {made}")
        except WriteError as error:
            return Failure(FailureKind.UNREACHABLE, f"{query} cannot be read: {error}")
        stored = read_baseline(found.get("data") or {})
        if stored.problems:
            return Failure(FailureKind.QUERY_REJECTED, f"{query}: {_said(stored)}")
        return Samples(tuple(_samples(query, stored)))


def _said(stored: StoredBaseline) -> str:
    first, more = stored.problems[:3], len(stored.problems) - 3
    return "; ".join(map(str, first)) + (f"; and {more} more" if more > 0 else "")


def _samples(query: StoredQuery, stored: StoredBaseline) -> Iterator[Sample]:
    for name, feature in stored.features.items():
        label = {query.feature_label: name}
        if isinstance(feature, Counts):
            edges = (*map(str, feature.edges), "+Inf")
            for le, total in zip(edges, accumulate(feature.counts), strict=True):
                yield Sample({**label, "le": le}, total)
        else:
            yield from _categories(query, label, feature)


def _categories(
    query: StoredQuery, label: Mapping[str, str], counts: Mapping[str, float]
) -> Iterator[Sample]:
    for category, count in counts.items():
        yield Sample({**label, query.category_label: category}, float(count))
