"""Which rules of a namespace are within its limit: the oldest ones."""

from bisect import bisect_left, insort

from tocsin.core.rules import RuleKey

_Age = tuple[str, str]


class Quota:
    """Each namespace has so many places; the oldest rules have them, of the same age by name."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._ages: dict[RuleKey, _Age] = {}
        self._queues: dict[str, list[_Age]] = {}

    def enter(self, key: RuleKey, created: str) -> RuleKey | None:
        """A rule is there, made at `created`; the rule that loses its place to it, if one does."""
        self.leave(key)
        age = self._ages[key] = (created, key.name)
        queue = self._queues.setdefault(key.namespace, [])
        insort(queue, age)
        within = bisect_left(queue, age) < self.limit
        return self._at(key.namespace, self.limit) if within else None

    def leave(self, key: RuleKey) -> RuleKey | None:
        """A rule is gone; the rule that gets its place, if one waits."""
        age = self._ages.pop(key, None)
        if age is None:
            return None
        queue = self._queues[key.namespace]
        index = bisect_left(queue, age)
        del queue[index]
        next_ = self._at(key.namespace, self.limit - 1) if index < self.limit else None
        if not queue:
            del self._queues[key.namespace]
        return next_

    def has(self, key: RuleKey) -> bool:
        """Whether the rule has a place."""
        age = self._ages.get(key)
        return age is not None and bisect_left(self._queues[key.namespace], age) < self.limit

    def _at(self, namespace: str, index: int) -> RuleKey | None:
        queue = self._queues[namespace]
        return RuleKey(namespace, queue[index][1]) if index < len(queue) else None
