"""Each of the ten rules fires for the fault that it is for, and for no model without it."""

from collections.abc import Iterator

import pytest

from e2e.pack import CASES, HEALTHY, NAMESPACE, Case, Pack
from e2e.tools import Tools, wait_for


@pytest.fixture(scope="module")
def pack(tools: Tools) -> Iterator[Pack]:
    """All models well for long enough that every rule knows them; then each breaks its own way."""
    it = Pack(tools, NAMESPACE)  # it began with the stage
    try:
        it.wait_until_there()
        it.wait_until_quiet(180)
        for case in CASES:
            it.break_(case)
        yield it
    finally:
        tools.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.rule)
def test_it_fires_for_its_fault_and_for_no_model_without_one(pack: Pack, case: Case) -> None:
    found = wait_for(
        f"{case.rule} fires for {case.model}",
        lambda: (pack.firing()[case.rule] or None) if _fires(pack, case) else None,
        120,
    )
    assert set(found) <= {case.model} | case.besides
    assert HEALTHY not in found


def _fires(pack: Pack, case: Case) -> bool:
    return case.model in pack.firing()[case.rule]


def test_the_drifted_feature_is_named(pack: Pack) -> None:
    alert = wait_for(
        "the drift is told", lambda: pack.firing()["data-drift-significant"].get("drifted"), 120
    )
    features = alert["features"]
    assert isinstance(features, list)
    assert [feature["name"] for feature in features] == ["amount"]
