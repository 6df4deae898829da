"""Many tests at once: which of them to believe."""

from collections.abc import Sequence


def adjusted(ps: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg's adjusted p of each test, in the order given (JRSS B 57, 1995).

    Believing those below q keeps the expected share of false ones among them below q.
    """
    order = sorted(range(len(ps)), key=ps.__getitem__, reverse=True)
    result = [1.0] * len(ps)
    least = 1.0
    for above, index in enumerate(order):
        least = min(least, ps[index] * len(ps) / (len(ps) - above))
        result[index] = least
    return result
