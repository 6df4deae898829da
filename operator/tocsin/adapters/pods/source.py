"""Asks the pods of a rule's workloads for their metrics pages."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from tocsin.adapters.pods.lacking import BEGINS, names_on, why_nothing
from tocsin.adapters.pods.memory import Course, Growth, Memory
from tocsin.adapters.pods.pages import ACCEPT, Key, PageError, read_page
from tocsin.core.label_bounds import LabelBounds, bounded
from tocsin.core.metrics import Question
from tocsin.core.queries.pods import Meaning, PodsQuery
from tocsin.core.samples import Answer, Failure, FailureKind, Sample, Samples
from tocsin.core.statistics.histograms import Unreadable, classic
from tocsin.core.statistics.quantiles import quantile
from tocsin.ports import Fetcher, PodAddress, PodDirectory, TransportError

#: Pages of one question that are under way at once.
_AT_ONCE: Final = 16
_THREADS: Final = 2
#: Pods that are named in a message.
_NAMED: Final = 3
_USUAL: Final = LabelBounds()


@dataclass(frozen=True)
class PodsLimits:
    """What pods may take: seconds and bytes of a page, series of a page, and how many they are."""

    timeout: float = 5.0
    max_bytes: int = 2 * 1024 * 1024
    max_series: int = 1000
    max_pods: int = 200
    labels: LabelBounds = _USUAL


@dataclass(frozen=True)
class _Page:
    """What a pod's page has, and when it was asked for; or why it cannot be read.

    `names` are those on a page that can be read and has nothing.
    """

    pod: PodAddress
    at: float
    values: Mapping[Key, float]
    problem: str = ""
    late: bool = False
    names: frozenset[str] = frozenset()


class PodsSource:
    """Answers `PodsQuery`s; to be made while a loop runs, and closed.

    It connects to addresses that `directory` has, and to no others. `monotonic` tells a time in
    seconds that only goes forward.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        directory: PodDirectory,
        monotonic: Callable[[], float],
        limits: PodsLimits,
    ) -> None:
        self._fetcher = fetcher
        self._directory = directory
        self._monotonic = monotonic
        self._limits = limits
        self._memory = Memory()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="pages")

    async def ask(self, question: Question) -> Answer:
        """The series of all pods that can be read; it never raises for what pods do."""
        query = question.query
        if not isinstance(query, PodsQuery) or question.ago or question.span:
            said = "pods are asked by metric.pods, as of now"
            return Failure(FailureKind.QUERY_REJECTED, said)
        pods = self._directory.pods(query.home)
        if not pods:
            return Samples((), ("no pod of the rule's workloads runs",))
        if len(pods) > self._limits.max_pods:
            return Failure(
                FailureKind.TOO_LARGE,
                f"the rule's workloads have {len(pods)} pods, and at most {self._limits.max_pods} "
                "are asked: select fewer workloads, or have pods.maxPods raised",
            )
        pages = await self._pages(query, pods)
        unread = [page for page in pages if page.problem]
        if len(unread) == len(pages):
            late = all(page.late for page in unread)
            kind = FailureKind.TIMEOUT if late else FailureKind.UNREACHABLE
            return Failure(kind, f"no pod can be read: {_listed(unread)}")
        return self._answer(query, pages, unread)

    def close(self) -> None:
        """Read nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _answer(self, query: PodsQuery, pages: Sequence[_Page], unread: list[_Page]) -> Answer:
        courses = self._memory.courses(query, [page.pod.uid for page in pages])
        samples = list[Sample]()
        for page in pages:
            if not page.problem:
                samples += self._samples(query, page, courses[page.pod.uid])
        self._memory.keep_within(query)
        remarks = []
        if unread:
            of = f"{len(unread)} of {len(pages)} pods cannot be read"
            remarks.append(f"{of}: {_listed(unread)}")
        if not samples:
            begins = any(page.values for page in pages)
            names = [page.names for page in pages]
            remarks.append(BEGINS if begins else why_nothing(query, names))
        return Samples(tuple(samples), tuple(remarks))

    def _samples(self, query: PodsQuery, page: _Page, course: Course) -> Iterator[Sample]:
        for key, value in _meant(query, page, course):
            labels = _placed(dict(key), query, page.pod)
            yield Sample(bounded(labels, self._limits.labels), value)

    async def _pages(self, query: PodsQuery, pods: Sequence[PodAddress]) -> list[_Page]:
        gate = asyncio.Semaphore(_AT_ONCE)
        # Who hangs holds his place for the time limit; the others behind have as long once more.
        deadline = self._monotonic() + 2 * self._limits.timeout
        asked = (self._page(query, pod, gate, deadline) for pod in pods)
        return await asyncio.gather(*asked)

    async def _page(
        self, query: PodsQuery, pod: PodAddress, gate: asyncio.Semaphore, deadline: float
    ) -> _Page:
        async with gate:
            at = self._monotonic()
            left = deadline - at
            if left <= 0:
                said = "was not asked in time, since others hang"
                return _Page(pod, at, {}, said, late=True)
            try:
                values, names = await self._read(query, pod, min(left, self._limits.timeout))
            except PageError as error:
                return _Page(pod, at, {}, str(error))
            except TransportError as error:
                return _Page(pod, at, {}, _unasked(pod, error), late=error.late)
            return _Page(pod, at, values, names=names)

    async def _read(
        self,
        query: PodsQuery,
        pod: PodAddress,
        timeout: float,  # noqa: ASYNC109  # it is handed on to the transport
    ) -> tuple[Mapping[Key, float], frozenset[str]]:
        """The values on a pod's page, or the names on it where there are none.

        Raises:
            TransportError, PageError: there are none.
        """
        port = query.port if isinstance(query.port, int) else pod.port(query.port)
        if port is None:
            there = ", ".join(sorted(name for name, _ in pod.ports)) or "none"
            raise PageError(f"has no port called {query.port}; named are: {there}")
        host = f"[{pod.ip}]" if ":" in pod.ip else pod.ip
        response = await self._fetcher.fetch(
            "GET",
            f"http://{host}:{port}{query.path}",
            body=b"",
            headers={"accept": ACCEPT},
            timeout=timeout,
            limit=self._limits.max_bytes,
        )
        if response.status != 200:
            raise PageError(f"answered {response.status}: check port and path")
        if response.cut:
            raise PageError(f"answers more than {self._limits.max_bytes / 1024:.4g} KiB")
        loop, most = asyncio.get_running_loop(), self._limits.max_series
        values = await loop.run_in_executor(self._threads, read_page, query, response, most)
        if values:
            return values, frozenset()
        return values, await loop.run_in_executor(self._threads, names_on, query, response)


def _meant(query: PodsQuery, page: _Page, course: Course) -> Iterator[tuple[Key, float]]:
    """What the values of a page mean, by the labels of what they mean."""
    if query.meaning is Meaning.VALUE:
        yield from page.values.items()
        return
    grown = course.grow(dict(page.values), page.at, query.over.total_seconds())
    if query.meaning is Meaning.RATE:
        for key, growth in grown.items():
            yield key, growth.amount / growth.seconds
    elif grown:
        yield (), _quantile(grown, query.quantile or 0.0)


def _quantile(grown: Mapping[Key, Growth], share: float) -> float:
    """The quantile of all histograms of a pod together, of what they grew by."""
    buckets: dict[str, float] = {}
    for key, growth in grown.items():
        le = dict(key).get("le", "")
        buckets[le] = buckets.get(le, 0.0) + growth.amount
    counts = classic(buckets.items())
    return float("nan") if isinstance(counts, Unreadable) else quantile(counts, share)


def _placed(labels: dict[str, str], query: PodsQuery, pod: PodAddress) -> dict[str, str]:
    """`labels` with those of the pod; its own of the same name stay as Prometheus has them."""
    for name in ("namespace", "pod"):
        if name in labels:
            labels[f"exported_{name}"] = labels.pop(name)
    return labels | {"namespace": query.home.namespace, "pod": pod.name}


def _unasked(pod: PodAddress, error: TransportError) -> str:
    """What the transport says of an address, as said of the pod: "cannot be connected to: …"."""
    said = str(error)
    for host in (pod.ip, f"[{pod.ip}]"):
        said = said.removeprefix(f"{host} ")
    return said


def _listed(unread: Sequence[_Page]) -> str:
    """Like "scorer-1 answered 404: check port and path; scorer-2 …; 3 more"."""
    shown = [
        f"{page.pod.name}{'' if page.pod.ready else ' (not ready)'} {page.problem}"
        for page in unread[:_NAMED]
    ]
    more = len(unread) - _NAMED
    return "; ".join([*shown, *([f"{more} more"] if more > 0 else [])])
