"""What a source answers: samples, or the reason why there are none to be trusted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Sample:
    """One series' value, as the query returned it (not yet in base units).

    `buckets` are those of a native histogram, which has no value (NaN): [rule, left, right, count].
    `points` are the values over a span, each with its time in seconds; such a series has no value.
    """

    labels: Mapping[str, str]
    value: float
    buckets: tuple[tuple[float, ...], ...] | None = None
    points: tuple[tuple[float, float], ...] | None = None


@dataclass(frozen=True)
class Samples:
    """A complete answer; it may be empty.

    `remarks` are sentences about what was left out; they stay the same while nothing changes.
    """

    samples: tuple[Sample, ...]
    remarks: tuple[str, ...] = ()


class FailureKind(StrEnum):
    """Why an answer cannot be used; these are the reasons that conditions carry."""

    UNREACHABLE = "Unreachable"
    TIMEOUT = "Timeout"
    NOT_ASKED = "NotAsked"  # no query at once to the source was free in time
    HTTP_ERROR = "HTTPError"
    NOT_AN_ANSWER = "NotAnAnswer"  # HTML, broken JSON: something else listens there
    PARTIAL = "PartialAnswer"  # success with warnings
    STALE = "StaleAnswer"  # nothing in it is new enough
    TOO_LARGE = "TooLarge"
    TOO_MANY_SERIES = "TooManySeries"
    QUERY_FAILED = "QueryFailed"  # well formed, but the source could not execute it
    QUERY_REJECTED = "QueryRejected"  # the source does not understand it
    WRONG_RESULT = "WrongResult"  # a string or a range where one value a series is wanted
    BUG = "InternalError"

    @property
    def blames_rule(self) -> bool:
        """Whether the rule's query has to be mended, rather than the source."""
        return self in (FailureKind.QUERY_REJECTED, FailureKind.WRONG_RESULT)


#: A word with a digit in it, of five characters or more: a code of HTTP is shorter.
_VARYING = re.compile(r"(?=[\w:.+-]*\d)[\w:.+-]{5,}")


@dataclass(frozen=True)
class Failure:
    """No usable answer, with what was said about it."""

    kind: FailureKind
    message: str

    @property
    def blames_rule(self) -> bool:
        """Whether the rule's query has to be mended, rather than the source."""
        return self.kind.blames_rule

    def is_like(self, other: "Failure") -> bool:
        """Whether both say the same, but for ids, times and addresses."""
        mine, its = (_VARYING.sub("#", failure.message) for failure in (self, other))
        return (self.kind, mine) == (other.kind, its)


Answer = Samples | Failure
