"""The reference cases R1 to R5, and strategies for random ones."""

from hypothesis import strategies as st

from tocsin.core.statistics.aligning import Pair

R1 = Pair((1000,) * 10, (80, 90, 95, 100, 100, 100, 105, 105, 110, 115))
R2 = Pair((400, 300, 200, 100), (200, 250, 300, 250))
R3 = Pair((500, 300, 150, 50, 0), (450, 280, 150, 80, 40))
R4 = Pair((1000,) * 10, (5, 1, 3, 0, 2, 4, 2, 1, 1, 1))
R5 = Pair(
    (1_000_000,) * 10,
    tuple(1000 * count for count in (1010, 1008, 1005, 1002, 1000, 1000, 998, 995, 992, 990)),
)

#: What increase() makes of counters: fractions, and nothing below a thousandth but nothing itself.
amounts = st.one_of(st.just(0.0), st.floats(1e-3, 1e9))


@st.composite
def pairs(draw: st.DrawFn, least: int = 2) -> Pair:
    """Two samples with something in each."""
    bins = draw(st.integers(least, 25))
    sides = st.lists(amounts, min_size=bins, max_size=bins).filter(any)
    return Pair(tuple(draw(sides)), tuple(draw(sides)))


def swapped(pair: Pair) -> Pair:
    return Pair(pair.current, pair.baseline, pair.labels)


def scaled(pair: Pair, by: float) -> Pair:
    """Both samples `by` times as large."""
    return Pair(
        tuple(by * count for count in pair.baseline), tuple(by * count for count in pair.current)
    )
