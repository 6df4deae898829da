"""Routes and silences: what the API server takes is taken, what it refuses has its problem."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.parsers import PARSERS, problems_in
from tests.api.rules import Example, invalid_rules, valid_rules

KINDS = [kind for kind in PARSERS if kind != "MLAlertRule"]
VALID = [(kind, one) for kind in KINDS for one in valid_rules(PARSERS[kind].folder)]
INVALID = [(kind, one) for kind in KINDS for one in invalid_rules(PARSERS[kind].folder)]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["5m"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text() | st.sampled_from(["selector", "all", "name", "receivers", "startsAt"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def ids(examples: list[tuple[str, Example]]) -> list[str]:
    return [f"{kind}-{one.name}" for kind, one in examples]


@pytest.mark.parametrize(("kind", "example"), VALID, ids=ids(VALID))
def test_what_the_api_server_accepts_is_parsed(kind: str, example: Example) -> None:
    for strict in (False, True):
        parsed = PARSERS[kind].parse(example.body, strict)
        assert not isinstance(parsed, tuple), parsed


@pytest.mark.parametrize(("kind", "example"), INVALID, ids=ids(INVALID))
def test_what_the_api_server_refuses_has_one_problem_at_its_field(
    kind: str, example: Example
) -> None:
    found = problems_in(kind, example.body)
    assert [problem.field for problem in found] == [example.field], found
    assert len(found[0].message) > 20


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_fields_are_problems_only_where_a_person_asks(kind: str) -> None:
    body = valid_rules(PARSERS[kind].folder)[0].body
    body["spec"]["selektor"] = {}
    assert not isinstance(PARSERS[kind].parse(body, False), tuple)
    (problem,) = problems_in(kind, body, strict=True)
    assert problem.field == "spec.selektor"
    assert "check its spelling" in problem.message


@pytest.mark.parametrize("kind", KINDS)
@given(spec=JSON)
@settings(max_examples=60)
def test_any_json_is_an_object_or_problems(kind: str, spec: Any) -> None:
    metadata = {"name": "x", "namespace": "fraud"}
    for body in ({"metadata": metadata, "spec": spec}, {"metadata": spec}, spec):
        parsed = PARSERS[kind].parse(body, False)
        assert parsed or parsed == ()


@pytest.mark.parametrize("kind", KINDS)
@given(name=st.sampled_from(["selector", "receivers", "groupBy", "schedule"]), value=JSON)
@settings(max_examples=60)
def test_any_json_in_a_field_is_no_exception(kind: str, name: str, value: Any) -> None:
    body = valid_rules(PARSERS[kind].folder)[0].body
    body["spec"][name] = value
    PARSERS[kind].parse(body, True)
