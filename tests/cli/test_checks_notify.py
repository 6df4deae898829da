"""What `tocsin validate` finds in routes and silences, and where."""

import pytest

from tests.api.rules import Example, invalid_rules, valid_rules
from tests.cli.validating import RULE, Outcome, problems, the_problem

KINDS = ("routes", "silences")
VALID = [one for kind in KINDS for one in valid_rules(kind)]
INVALID = [one for kind in KINDS for one in invalid_rules(kind)]
ROUTE = """\
apiVersion: tocsin.dev/v1alpha1
kind: NotificationRoute
metadata:
  name: errors
spec:
  selector: {all: true}
  receivers:
    - name: chat
      slack:
        channel: "#ml-alerts"
        tokenSecretRef: {name: slack, key: token}
"""
UNCLOSED = "{key: team, operator: Matches, values: ['(']}"
SILENCE = """\
apiVersion: tocsin.dev/v1alpha1
kind: AlertSilence
metadata:
  name: errors
spec:
  selector: {all: true}
  duration: 2h
  comment: deploy of v18
"""


@pytest.mark.parametrize("example", VALID, ids=lambda example: example.name)
def test_what_the_api_server_accepts_is_accepted(example: Example) -> None:
    assert problems(example.text) == []


@pytest.mark.parametrize("example", INVALID, ids=lambda example: example.name)
def test_what_the_api_server_refuses_is_refused_at_its_field(example: Example) -> None:
    errors = problems(example.text)
    assert [one["field"] for one in errors] == [example.field]
    assert errors[0]["line"] >= 4  # the header is three lines


@pytest.mark.parametrize(
    ("text", "line", "field", "said"),
    [
        (ROUTE.replace("selector:", "selektor:"), 5, "spec.selector", "is required"),
        (
            ROUTE.replace("channel", "chanel"),
            10,
            "spec.receivers[0].slack.chanel",
            "kubectl explain nroute.spec.receivers.slack",
        ),
        (
            f"{ROUTE}        template: {{title: '{{{{ $foo }}}}'}}\n",
            12,
            "spec.receivers[0].slack.template.title",
            "unknown variable $foo; there are: $labels",
        ),
        (
            ROUTE.replace("{all: true}", "{matchExpressions: [" + UNCLOSED + "]}"),
            6,
            "spec.selector.matchExpressions[0]",
            '"(" is not a regular expression: missing )',
        ),
        (SILENCE.replace("2h", "2x"), 7, "spec.duration", "is not a duration"),
        (SILENCE.replace("duration: 2h", "endsAt: 2026-01-31"), 7, "spec.endsAt", "no time"),
        (SILENCE.replace("  name", "  label: {}\n  name"), 4, "metadata.label", "no such field"),
        (SILENCE.replace("AlertSilence", "Silence"), 2, "kind", "NotificationRoute or AlertS"),
        (SILENCE.replace("AlertSilence", "MLIncident"), 2, "kind", "made by the operator"),
    ],
)  # fmt: skip
def test_a_mistake_is_found_at_its_line(text: str, line: int, field: str, said: str) -> None:
    found = [one for one in problems(text) if one["field"] == field]
    assert [one["line"] for one in found] == [line]
    assert said in found[0]["message"]


def test_the_variables_of_receivers_are_known_to_their_templates() -> None:
    text = "{{ $severity }} {{ range $alerts }}{{ .summary }}{{ end }} {{ len $alerts }}"
    assert problems(f"{ROUTE}        template: {{text: '{text}'}}\n") == []


def test_what_helm_has_not_rendered_is_a_warning() -> None:
    problem = the_problem(f"{ROUTE}        template: {{title: '{{{{ .Values.title }}}}'}}\n")
    assert problem["severity"] == "warning"


def test_objects_of_different_kinds_may_bear_one_name_and_are_counted_apart() -> None:
    outcome = Outcome("-", stdin=f"{RULE}---\n{ROUTE}---\n{SILENCE}")
    assert outcome.code == 0
    assert outcome.err == "1 rule, 1 route, 1 silence in 1 file: 0 errors, 0 warnings\n"


@pytest.mark.parametrize(("text", "word"), [(ROUTE, "route"), (SILENCE, "silence")])
def test_an_object_that_is_there_twice_is_named_by_its_kind(text: str, word: str) -> None:
    problem = the_problem(f"{text}---\n{text}")
    assert problem["message"].startswith(f'the {word} "errors" is also in <stdin>:4')
