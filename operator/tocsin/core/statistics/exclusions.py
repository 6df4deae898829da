"""Which times of a baseline's window are left out, and when they are let in after all."""

from collections.abc import Iterable

from tocsin.core.statistics.points import Interval


def left_out(intervals: Iterable[Interval], window: Interval, cap: float) -> tuple[Interval, ...]:
    """The parts of `window` to leave out: times in which the rule fired or was silenced.

    At most `cap` seconds are left out altogether, the newest. So a level that stays new enters the
    baseline once it is older than that, and the alert on it ends; and trouble of long ago does not
    use up what today's needs. The result is disjoint and ascends.
    """
    taken: list[Interval] = []
    left = cap
    for start, end in reversed(_joined(intervals, window)):
        if left <= 0:
            break
        part = Interval(max(start, end - left), end)
        left -= part.end - part.start
        taken.append(part)
    return tuple(reversed(taken))


def _joined(intervals: Iterable[Interval], window: Interval) -> list[Interval]:
    """What of them lies in the window, with those that meet as one."""
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        low, high = max(start, window.start), min(end, window.end)
        if low > high:
            continue
        if joined and low <= joined[-1].end:
            joined[-1] = Interval(joined[-1].start, max(high, joined[-1].end))
        else:
            joined.append(Interval(low, high))
    return joined
