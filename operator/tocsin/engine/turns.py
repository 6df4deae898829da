"""Whose query is next: the slots of a source, given to namespaces in turn."""

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, TypeVar

from tocsin.api.settings import Settings
from tocsin.core.budgets import Budget

_SECOND: Final = timedelta(seconds=1)

Question = TypeVar("Question", bound=Hashable)


@dataclass(frozen=True)
class Pool:
    """How many queries are asked of a source at once, in all and for one namespace.

    A quarter of the slots, at least one, is kept for namespaces that hold none: a few with slow
    queries, each within its share, would otherwise hold all. `patience` is how long a query waits
    for one of them to end.
    """

    slots: int = 8
    share: int = 4
    patience: timedelta = timedelta(seconds=10)

    @property
    def kept(self) -> int:
        """The slots that a namespace which holds one already does not take."""
        return max(1, self.slots // 4) if self.share < self.slots else 0


class Rations:
    """How many queries each namespace may still ask in this second, of all sources together."""

    def __init__(self, per_second: int) -> None:
        self.per_second = per_second
        self._every = _SECOND / per_second
        self._budgets: dict[str, Budget] = {}

    def available(self, namespace: str, now: datetime) -> bool:
        """Whether `namespace` may ask now."""
        return self._budget(namespace, now).spend() is not None

    def take(self, namespace: str, now: datetime) -> None:
        """`namespace` asks now, which it may."""
        spent = self._budget(namespace, now).spend()
        if spent:
            self._budgets[namespace] = spent

    def charge(self, namespace: str, queries: int, now: datetime) -> None:
        """An answer for `namespace` was as much work as so many queries more."""
        if queries:
            self._budgets[namespace] = self._budget(namespace, now).charged(queries)

    def due(self, namespace: str, now: datetime) -> datetime:
        """When `namespace` may ask next; at least a millisecond from now, if not now."""
        due = self._budget(namespace, now).next_token(self._every)
        return max(due, now + timedelta(milliseconds=1)) if due > now else now

    def _budget(self, namespace: str, now: datetime) -> Budget:
        budget = self._budgets.get(namespace)
        if budget is None:
            return Budget.full(self.per_second, now)
        budget = budget.refilled(self.per_second, self._every, now)
        if budget.tokens >= self.per_second:  # as good as one that was never spent from
            del self._budgets[namespace]
        else:
            self._budgets[namespace] = budget
        return budget


@dataclass(frozen=True)
class Turn(Generic[Question]):
    """A question that is asked now, on the account of a namespace."""

    question: Question
    namespace: str


class Turns(Generic[Question]):
    """Questions to one source that wait, by namespace.

    Namespaces that wait take turns, whatever the length of their queues; none holds more than its
    share of the slots. A question of several namespaces waits in each one's queue: it is asked in
    the turn of the first, on its account only.
    """

    def __init__(self, pool: Pool, rations: Rations) -> None:
        self._pool = pool
        self._rations = rations
        # Each namespace's questions in their order, with the time since which they wait.
        self._waiting: dict[str, dict[Question, datetime]] = {}
        self._claims: dict[Question, list[str]] = {}
        self._held: Counter[str] = Counter()

    def join(self, question: Question, namespace: str, now: datetime) -> None:
        """`question` waits for a turn of `namespace`, beside those of others that ask it."""
        queue = self._waiting.setdefault(namespace, {})
        if question not in queue:
            queue[question] = now
            self._claims.setdefault(question, []).append(namespace)

    def waits(self, question: Question) -> bool:
        """Whether `question` still waits for its turn."""
        return question in self._claims

    def take(self, now: datetime) -> Iterator[Turn[Question]]:
        """The questions that are to be asked now; each holds a slot until it is `done`."""
        while self._held.total() < self._pool.slots:
            ready = (name for name in self._waiting if self._may_ask(name, now))
            namespace = next(ready, None)
            if namespace is None:
                return
            self._rations.take(namespace, now)
            queue = self._waiting.pop(namespace)
            self._waiting[namespace] = queue  # behind the others that wait
            question = next(iter(queue))
            self._withdraw(question)
            self._held[namespace] += 1
            yield Turn(question, namespace)

    def done(self, turn: Turn[Question]) -> None:
        """A question was answered: its slot is free."""
        self._held[turn.namespace] -= 1
        if not self._held[turn.namespace]:
            del self._held[turn.namespace]

    def give_up(self, now: datetime) -> Iterator[Turn[Question]]:
        """Questions that found no free slot for too long; what waits for its ration is patient."""
        for namespace, queue in tuple(self._waiting.items()):
            if not self._rations.available(namespace, now):
                continue
            for question, since in tuple(queue.items()):
                if now - since < self._pool.patience:
                    break
                self._leave(question, namespace)
                if question not in self._claims:
                    yield Turn(question, namespace)

    def due(self, now: datetime) -> datetime | None:
        """When `take` or `give_up` have something to do, unless something is `done` before."""
        times = [
            max(next(iter(queue.values())) + self._pool.patience, self._rations.due(name, now))
            for name, queue in self._waiting.items()
        ]
        if self._held.total() < self._pool.slots:
            times += [
                self._rations.due(name, now)
                for name in self._waiting
                if self._held[name] < self._pool.share
            ]
        return min(times, default=None)

    def _may_ask(self, namespace: str, now: datetime) -> bool:
        held, free = self._held[namespace], self._pool.slots - self._held.total()
        within = held < self._pool.share and (held == 0 or free > self._pool.kept)
        return within and self._rations.available(namespace, now)

    def _withdraw(self, question: Question) -> None:
        for namespace in tuple(self._claims[question]):
            self._leave(question, namespace)

    def _leave(self, question: Question, namespace: str) -> None:
        queue, claims = self._waiting[namespace], self._claims[question]
        del queue[question]
        claims.remove(namespace)
        if not queue:
            del self._waiting[namespace]
        if not claims:
            del self._claims[question]


def pools_of(settings: Settings) -> dict[str, Pool]:
    """How many queries are asked at once, by source. A namespace that is alone shares nothing."""
    alone = len(settings.watch_namespaces) == 1
    pools = {}
    for source in settings.sources:
        prometheus, cloud_watch = source.prometheus, source.cloud_watch
        if cloud_watch:  # what is due together is one request
            pools[source.name] = Pool(500, 250, cloud_watch.timeout)
        if prometheus is None:
            continue
        slots = prometheus.concurrency
        share = prometheus.per_namespace or (slots if alone else max(1, slots // 2))
        pools[source.name] = Pool(slots, min(share, slots), prometheus.timeout)
    return pools
