"""What pages said before: rates need two looks, and there is nobody else who keeps them."""

import math
from collections import OrderedDict, deque
from typing import Final, NamedTuple

from tocsin.adapters.pods.pages import Key
from tocsin.core.queries.pods import PodsQuery

#: Values kept for all rules together: about 20 MiB.
MOST_KEPT: Final = 200_000
#: Looks that are kept within a window: one more may be older.
_LOOKS: Final = 5
#: Seconds after which an old look is no beginning of a window any more.
_TOO_OLD: Final = 3600.0


class Growth(NamedTuple):
    """How much a counter grew, and within how many seconds."""

    amount: float
    seconds: float


class _Look(NamedTuple):
    at: float
    grown: dict[Key, float]


class Course:
    """The counters of one pod: their growth since they were first seen, resets undone."""

    def __init__(self) -> None:
        self._last: dict[Key, float] = {}
        self._grown: dict[Key, float] = {}
        self._looks: deque[_Look] = deque()

    @property
    def size(self) -> int:
        """How many values are kept."""
        return len(self._last) + sum(len(look.grown) for look in self._looks)

    def grow(self, values: dict[Key, float], at: float, over: float) -> dict[Key, Growth]:
        """How much each counter grew over the last `over` seconds, which end at `at`.

        The window begins with the look that is at least `over` ago, or as long ago as it is known.
        One that is seen for the first time has no growth yet.
        """
        self._take_in({key: value for key, value in values.items() if not math.isnan(value)})
        self._forget(at, over)
        grown = {
            key: Growth(total - look.grown[key], at - look.at)
            for key, total in self._grown.items()
            if (look := self._first_with(key)) is not None and at > look.at
        }
        if not self._looks or at - self._looks[-1].at >= over / _LOOKS:
            self._looks.append(_Look(at, dict(self._grown)))
        return grown

    def _take_in(self, values: dict[Key, float]) -> None:
        same = {key: key for key in self._last}  # labels are kept once, not once a look
        for key in self._last.keys() - values.keys():
            del self._grown[key]
            for look in self._looks:
                look.grown.pop(key, None)
        for key, value in values.items():
            before = self._last.get(key)
            if before is None:
                self._grown[key] = 0.0
            else:  # a counter that fell was set to 0 in between
                self._grown[same[key]] += value - before if value >= before else value
        self._last = {same.get(key, key): value for key, value in values.items()}

    def _forget(self, at: float, over: float) -> None:
        """Drop the looks that are too old: the first that is left begins the window."""
        looks = self._looks
        while looks and at - looks[0].at > _TOO_OLD:
            looks.popleft()
        while len(looks) > 1 and at - looks[1].at >= over:
            looks.popleft()

    def _first_with(self, key: Key) -> _Look | None:
        return next((look for look in self._looks if key in look.grown), None)


class Memory:
    """Courses by query and pod; what was not asked for the longest time goes first."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._courses: OrderedDict[PodsQuery, dict[str, Course]] = OrderedDict()
        self._sizes: dict[PodsQuery, int] = {}

    def courses(self, query: PodsQuery, pods: list[str]) -> dict[str, Course]:
        """The courses of these pods, by uid; those of others that `query` had are forgotten."""
        before = self._courses.pop(query, {})
        now = {uid: before.get(uid) or Course() for uid in pods}
        self._courses[query] = now
        return now

    def keep_within(self, query: PodsQuery) -> None:
        """Forget what is too much, now that `query` was answered."""
        if query in self._courses:
            self._sizes[query] = sum(one.size for one in self._courses[query].values())
        while len(self._courses) > 1 and sum(self._sizes.values()) > self._most:
            oldest, _ = self._courses.popitem(last=False)
            self._sizes.pop(oldest, None)
