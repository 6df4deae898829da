"""Ids of alerts: the same for ever, and different for different alerts."""

from hypothesis import given
from hypothesis import strategies as st

from tests.core.making import SCORER
from tocsin.core.identity import Identity, alert_id
from tocsin.core.inventory import ObjectRef
from tocsin.core.rules import RuleKey

KEY = RuleKey("fraud", "latency")
TEXT = st.text("a1:-\0é", max_size=4)
REFS = st.none() | st.builds(ObjectRef, st.sampled_from(["Deployment", "D", "1"]), TEXT, TEXT)
LABELS = st.dictionaries(TEXT, TEXT, max_size=3).map(lambda one: tuple(sorted(one.items())))
WHOLE = st.tuples(st.builds(RuleKey, TEXT, TEXT), st.builds(Identity, REFS, LABELS))


def test_an_id_is_the_same_on_every_machine_and_in_every_version() -> None:
    assert alert_id(KEY, Identity(SCORER)) == "b258258aa0d93328"
    assert alert_id(KEY, Identity(SCORER, (("gpu", "0"),))) == "44b772df284b0556"
    assert alert_id(KEY, Identity(None, (("job", "store"),))) == "0316415e8e9ebe33"


def test_the_order_of_labels_does_not_matter() -> None:
    pairs = (("a", "1"), ("b", "2"))
    assert alert_id(KEY, Identity(SCORER, pairs)) == alert_id(KEY, Identity(SCORER, pairs[::-1]))


@given(WHOLE, WHOLE)
def test_two_alerts_have_the_same_id_only_if_they_are_the_same(
    one: tuple[RuleKey, Identity], other: tuple[RuleKey, Identity]
) -> None:
    assert (alert_id(*one) == alert_id(*other)) is (one == other)


@given(TEXT, TEXT, TEXT, TEXT)
def test_text_that_moves_from_one_part_to_the_next_makes_another_id(
    a: str, b: str, c: str, d: str
) -> None:
    one = alert_id(RuleKey(a, b + c), Identity(None, ((d, ""),)))
    other = alert_id(RuleKey(a + b, c), Identity(None, ((d, ""),)))
    assert (one == other) is ((a, b + c) == (a + b, c))


@given(WHOLE)
def test_an_id_is_16_hexadecimal_digits(whole: tuple[RuleKey, Identity]) -> None:
    found = alert_id(*whole)
    assert len(found) == 16
    assert set(found) <= set("0123456789abcdef")


def test_an_identity_reads_as_its_workload_and_labels() -> None:
    assert str(Identity(SCORER)) == "scorer"
    assert str(Identity(SCORER, (("gpu", "0"), ("zone", "a")))) == "scorer {gpu=0, zone=a}"
    assert str(Identity(None, (("job", "store"),))) == "{job=store}"
