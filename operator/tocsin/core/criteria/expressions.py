"""The `when` of a composite: names of parts, `&&`, `||`, `!` and parentheses; three-valued."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final

#: A deeper nesting is no condition that a person reads.
_DEEPEST: Final = 10
_TOKEN: Final = re.compile(r"\s*(&&|\|\||[!()]|[a-zA-Z][a-zA-Z0-9_]*)")
_EXAMPLE: Final = "write one like `errors && (latency || !traffic)`"

#: True, False, or None where nobody knows.
Truth = bool | None


@dataclass(frozen=True)
class When:
    """A condition over named parts; `text` is how it was written, `names` which parts it names."""

    text: str
    names: frozenset[str]
    _holds: Callable[[Mapping[str, Truth]], Truth] = field(compare=False, repr=False)

    def holds(self, truths: Mapping[str, Truth]) -> Truth:
        """Whether it holds, by Kleene's logic: what is not known matters only where it decides."""
        return self._holds(truths)

    @property
    def constant(self) -> bool | None:
        """True or False if it is that whatever the parts say; None if the parts decide."""
        names = sorted(self.names)
        cases = product((True, False), repeat=len(names))
        found = {self.holds(dict(zip(names, case, strict=True))) for case in cases}
        return found.pop() if len(found) == 1 else None


def parse_when(text: str) -> When:
    """The condition that `text` is.

    Raises:
        ValueError: it is none; the message says where it breaks off and what one looks like.
    """
    reader = _Reader(text)
    holds = reader.alternatives(0)
    if reader.ahead:
        raise ValueError(f"`{reader.rest}` is left over: {_EXAMPLE}")
    return When(text, frozenset(reader.names), holds)


_Holds = Callable[[Mapping[str, Truth]], Truth]


class _Reader:
    """Reads a condition from left to right: alternatives of conjunctions of terms."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.ahead = ""
        self.names: set[str] = set()
        self._next()

    @property
    def rest(self) -> str:
        """What is not read yet."""
        return self._text[self._at :].strip()

    def alternatives(self, depth: int) -> _Holds:
        """Conjunctions with `||` between them."""
        found = [self._conjunction(depth)]
        while self.ahead == "||":
            self._take()
            found.append(self._conjunction(depth))
        return found[0] if len(found) == 1 else lambda truths: _any([one(truths) for one in found])

    def _conjunction(self, depth: int) -> _Holds:
        found = [self._term(depth)]
        while self.ahead == "&&":
            self._take()
            found.append(self._term(depth))
        return found[0] if len(found) == 1 else lambda truths: _all([one(truths) for one in found])

    def _term(self, depth: int) -> _Holds:
        if depth > _DEEPEST:
            raise ValueError(f"it nests more than {_DEEPEST} deep: write it flatter")
        if self.ahead == "!":
            self._take()
            negated = self._term(depth + 1)
            return lambda truths: _not(negated(truths))
        if self.ahead == "(":
            self._take()
            inner = self.alternatives(depth + 1)
            if self.ahead != ")":
                raise ValueError(f"a parenthesis is not closed: {_EXAMPLE}")
            self._take()
            return inner
        if not self.ahead[:1].isalpha():
            where = f"before `{self.rest}`" if self.ahead else "at its end"
            raise ValueError(f"the name of a part is missing {where}: {_EXAMPLE}")
        name = self.ahead
        self._take()
        self.names.add(name)
        return lambda truths: truths[name]

    def _take(self) -> None:
        self._at += len(self.ahead)
        self._next()

    def _next(self) -> None:
        blank = len(self._text) - len(self._text[self._at :].lstrip())
        self._at = blank
        found = _TOKEN.match(self._text, self._at)
        if found is None and self.rest:
            raise ValueError(f"`{self.rest[:20]}` is neither a name nor && || ! ( ): {_EXAMPLE}")
        self.ahead = found[1] if found else ""


def _all(truths: Sequence[Truth]) -> Truth:
    if False in truths:
        return False
    return None if None in truths else True


def _any(truths: Sequence[Truth]) -> Truth:
    if True in truths:
        return True
    return None if None in truths else False


def _not(truth: Truth) -> Truth:
    return None if truth is None else not truth
