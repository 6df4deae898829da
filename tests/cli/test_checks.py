"""What `tocsin validate` finds, and where."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api.rules import Example, invalid_rules, valid_rules
from tests.cli.validating import LINES, RULE, Outcome, problems, the_problem, with_line
from tests.docs.pages import ROOT, ours
from tocsin.adapters.templates import GoTemplates
from tocsin.api.settings import Defaults
from tocsin.cli.checks.files import File
from tocsin.cli.checks.validating import Renderers, Validation, checks
from tocsin.cli.report import Severity


@pytest.mark.parametrize("example", valid_rules(), ids=lambda example: example.name)
def test_what_the_api_server_accepts_is_accepted(example: Example) -> None:
    errors = [p for p in problems(example.text) if p["severity"] == "error"]
    assert errors == []


@pytest.mark.parametrize("example", invalid_rules(), ids=lambda example: example.name)
def test_what_the_api_server_refuses_is_refused_at_its_field(example: Example) -> None:
    errors = [p for p in problems(example.text) if p["severity"] == "error"]
    assert [p["field"] for p in errors] == [example.field]
    assert errors[0]["line"] >= 4  # the header is three lines


def test_all_examples_are_good() -> None:
    outcome = Outcome(ROOT / "examples" / "rules", "--strict")
    assert (outcome.code, outcome.out) == (0, "")
    assert Outcome(ROOT / "examples" / "demo", "--strict").code == 0


@pytest.mark.parametrize(
    "page", [page for page in ours() if any(page.objects())], ids=lambda page: page.name
)
def test_all_objects_of_the_documentation_are_good(page: Any) -> None:
    objects = "\n---\n".join(json.dumps(one) for one in page.objects())
    outcome = Outcome("-", "--strict", stdin=objects)
    assert outcome.code == 0, outcome.out


@pytest.mark.parametrize(
    ("line", "text", "field", "said"),
    [
        (4, "  name: High_Errors", "metadata.name", "does not fit"),
        (4, "  name: errors\n  label: {a: b}", "metadata.label", "no such field"),
        (4, "  name: errors\n  labels: {team: 5}", "metadata.labels.team", "5 is not a text"),
        (4, "  name: errors\n  annotations: {a: yes}", "metadata.annotations.a", "not a text"),
        (4, "  name: errors\n  namespace: My NS", "metadata.namespace", "is not a name"),
        (6, "  severity: high\n  keepFiring: 2m", "spec.keepFiring", "kubectl explain mlar.spec"),
        (6, "  severity: high\n  severity: low", "spec.severity", "the key stands twice"),
        (6, "  severity: high\n  summary: '{{ $foo }}'", "spec.summary", "unknown variable $foo"),
        (
            6,
            "  severity: high\n  actions: ['{{ if }}']",
            "spec.actions[0]",
            "missing value for command",
        ),
        (13, "      above: 20%\nspecs: {}", "specs", "no such field"),
        (13, "      above: 20%\n      recoverBelow: 30%", None, "more than above"),
        (
            11,
            "          query: sum(rate(errors[5m])",
            None,
            "not PromQL: unclosed left parenthesis",
        ),
        (11, "          query: rate(errors)", None, "not PromQL: expected type matrix"),
        (11, "          query: up > 0.5", None, 'Write the query without it and `above: "0.5"`'),
    ],
)
def test_a_mistake_is_found_at_its_line(line: int, text: str, field: str | None, said: str) -> None:
    problem = the_problem(with_line(line, text))
    assert said in problem["message"]
    assert field in (None, problem["field"])
    assert problem["line"] == line + text.count("\n")
    assert problem["severity"] == "error"


def test_a_field_that_is_missing_is_told_where_it_belongs() -> None:
    problem = the_problem(with_line(6, "  suspend: true"))
    assert (problem["field"], problem["line"]) == ("spec.severity", 5)


def test_all_mistakes_are_told_at_once_in_the_order_of_lines() -> None:
    text = with_line(6, "  severity: urgent\n  summary: '{{ $x }}'\n  nothing: 1").replace(
        "20%", "1s"
    )
    found = problems(text)
    assert [p["field"].rpartition(".")[2] for p in found] == [
        "severity",
        "summary",
        "nothing",
        "above",
    ]
    assert [p["line"] for p in found] == sorted(p["line"] for p in found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            with_line(11, "          query: later_than_us(errors)"),
            "may not be PromQL: unknown func",
        ),
        (with_line(6, "  severity: high\n  summary: '{{ .Values.team }}'"), ".Values is Helm's"),
        (RULE.replace("tocsin.dev", "example.com"), "skipped: a MLAlertRule of another group"),
    ],
)
def test_what_may_be_meant_is_a_warning_which_only_strict_makes_an_error(
    text: str, said: str
) -> None:
    problem = the_problem(text)
    assert said in problem["message"]
    assert problem["severity"] == "warning"
    assert Outcome("-", stdin=text).code == 0
    assert Outcome("-", "--strict", stdin=text).code == 1


@pytest.mark.parametrize(
    ("text", "field", "said"),
    [
        (RULE.replace("v1alpha1", "v1"), "apiVersion", "write tocsin.dev/v1alpha1"),
        (RULE.replace("MLAlertRule", "MLAlertRules"), "kind", "write MLAlertRule"),
        (RULE.replace("apiVersion", "apiversion"), "apiVersion", "is required"),
        (RULE.replace("kind:", "Kind:"), "kind", "is required"),
        (RULE.replace("apiVersion", "v").replace("kind:", "k:"), "apiVersion", "is required"),
    ],
)
def test_what_is_meant_for_tocsin_but_is_not_known_is_an_error(
    text: str, field: str, said: str
) -> None:
    problem = the_problem(text)
    assert problem["field"] == field
    assert said in problem["message"]


def test_documents_of_others_are_skipped_and_counted() -> None:
    others = "apiVersion: v1\nkind: ConfigMap\ndata: {a: 1, a: 2}\n---\nreplicas: 3\n---\n- a\n"
    outcome = Outcome("-", stdin=f"{others}---\n{RULE}")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "1 rule in 1 file (3 other documents skipped): 0 errors, 0 warnings\n"


def test_items_of_a_list_are_rules_too() -> None:
    items = "".join(
        f"- {first}\n" + "".join(f"  {line}\n" for line in rest)
        for first, *rest in (LINES, with_line(13, "      above: x").splitlines())
    ).replace("name: errors", "name: other", 1)
    problem = the_problem(f"apiVersion: v1\nkind: List\nitems:\n{items}")
    assert problem["field"] == "items[1].spec.criterion.threshold.above"
    assert problem["line"] == 3 + 13 + 13


VALUES = st.recursive(
    st.sampled_from(["null", "5", "0.2", "20%", "yes", "'{{ $value'", "'{{ .Values.x }}'", "&a x"])
    | st.sampled_from(["*a", "up > 1", "sum(", "5m", "{{ x }}", "\n    a: 1", "2026-01-01", "''"])
    | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from(["name", "query", "prometheus", "a.b"]), inner, max_size=3
        ).map(lambda entries: "{" + ", ".join(f"{k}: {v}" for k, v in entries.items()) + "}")
    ),
    max_leaves=6,
)


@given(st.integers(1, len(LINES)), VALUES)
def test_no_rule_raises_and_each_line_is_in_the_file(number: int, value: str) -> None:
    name = LINES[number - 1].partition(":")[0]
    text = with_line(number, f"{name}: {value}")
    data = text.encode("utf-8", "replace")
    count = len(data.decode().split("\n"))
    renderers = Renderers(GoTemplates(), GoTemplates())
    validation = Validation(checks(renderers, Defaults(), frozenset({"default"})))
    for finding in validation.check_file(File("x", data)):
        assert finding.line is not None
        assert 1 <= finding.line < count
        assert finding.severity in Severity
        assert str(finding).isprintable()


def test_a_template_that_names_a_part_which_is_not_there_is_a_problem() -> None:
    composite = """\
apiVersion: tocsin.dev/v1alpha1
kind: MLAlertRule
metadata: {name: young}
spec:
  severity: high
  summary: "{{ $parts.slow.value }} and {{ $parts.yung.value }}"
  workloads: {}
  criterion:
    composite:
      when: slow && young
      parts:
      - {name: slow, threshold: {metric: {prometheus: {query: a}}, above: 1}}
      - {name: young, threshold: {metric: {prometheus: {query: b}}, above: 1}}
"""
    problem = the_problem(composite)
    assert (problem["field"], problem["line"]) == ("spec.summary", 6)
    assert problem["message"] == "there is no part yung; there are: slow, young"
    assert problems(composite.replace("yung", "young")) == []
