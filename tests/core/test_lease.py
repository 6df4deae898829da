"""What a Lease says of who lives, and until when somebody did."""

from dataclasses import replace
from datetime import timedelta

from tests.core.making import T0, at
from tocsin.core.lease import NEVER, Lease, lived_until, renewed

EVERY = timedelta(seconds=5)


def test_who_finds_no_lease_acquires_it() -> None:
    assert renewed(None, "a", EVERY, T0) == Lease("a", T0, T0, timedelta(seconds=15))


def test_the_same_holder_renews_and_keeps_since_when_it_holds_it() -> None:
    first = replace(renewed(None, "a", EVERY, T0), version="7", transitions=2)
    assert renewed(first, "a", EVERY, at(5)) == replace(first, renewed_at=at(5))


def test_another_holder_takes_it_over_and_is_counted() -> None:
    first = replace(renewed(None, "a", EVERY, T0), version="7", transitions=2)
    assert renewed(first, "b", EVERY, at(5)) == replace(
        first, holder="b", acquired_at=at(5), renewed_at=at(5), transitions=3
    )


def test_the_operator_lived_until_its_last_renewal() -> None:
    assert lived_until(renewed(None, "a", EVERY, T0), at(60)) == T0


def test_a_renewal_in_the_future_is_of_a_clock_that_differs_and_taken_as_now() -> None:
    assert lived_until(renewed(None, "a", EVERY, at(60)), T0) == T0


def test_a_lease_that_knows_of_no_renewal_says_nothing() -> None:
    lease = renewed(None, "a", EVERY, T0)
    assert lived_until(replace(lease, renewed_at=NEVER), T0) is None
    assert lived_until(replace(lease, unobserved_since=NEVER), T0) is None


def test_who_lived_but_had_not_looked_at_its_alerts_yet_counts_as_not_having_lived() -> None:
    lease = replace(renewed(None, "a", EVERY, at(60)), unobserved_since=T0)
    assert lived_until(lease, at(70)) == T0
