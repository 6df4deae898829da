"""The benchmark of isolation in small, with a bound that also a busy machine keeps."""

from bench.isolation import TIMEOUT, Size, measure, p99


def test_hostile_rules_keep_no_other_waiting_for_as_long_as_their_queries_take() -> None:
    small = Size(calm=20, hostile=10, seconds=6, series=2_000, alerts=400)
    assert p99(measure(small)) < TIMEOUT * 1000
