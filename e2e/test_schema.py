"""The real API server accepts the examples, and refuses the others with words that help."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from e2e.stage import make_namespace
from tests.api.rules import Example, invalid_rules, valid_rules
from tests.docs.pages import ours

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from subprocess import CompletedProcess

    from e2e.tools import Tools


class Kubectl(Protocol):
    """Runs kubectl against the cluster under test."""

    def __call__(
        self,
        *args: str,
        input: str | None = None,  # noqa: A002  # as subprocess.run calls it
        check: bool = True,
    ) -> CompletedProcess[str]: ...


DRY_RUN = ("apply", "--server-side", "--dry-run=server", "-f", "-")
ABOVE = """
apiVersion: tocsin.dev/v1alpha1
kind: MLAlertRule
metadata: {name: above}
spec:
  severity: high
  criterion: {threshold: {metric: {prometheus: {query: up}}, above: VALUE}}
"""


FOLDERS = ("", "routes", "silences")
_NAMESPACE = "e2e-schema"
VALID = [example for folder in FOLDERS for example in valid_rules(folder)]
INVALID = [example for folder in FOLDERS for example in invalid_rules(folder)]


@pytest.fixture(scope="module")
def namespace(tools: Tools) -> Iterator[str]:
    """One for all: hardly any of them stores anything."""
    make_namespace(tools, _NAMESPACE)
    yield _NAMESPACE
    tools.kubectl("delete", "namespace", _NAMESPACE, "--wait=false")


def ids(examples: Iterable[Example]) -> list[str]:
    return [example.name for example in examples]


@pytest.mark.parametrize("example", VALID, ids=ids(VALID))
def test_what_is_valid_is_accepted(kubectl: Kubectl, namespace: str, example: Example) -> None:
    result = kubectl("-n", namespace, *DRY_RUN, input=example.text, check=False)
    assert result.returncode == 0, result.stderr


def test_every_example_of_the_documentation_is_accepted(kubectl: Kubectl, namespace: str) -> None:
    examples = [_in(namespace, example) for page in ours() for example in page.objects()]
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": examples})
    result = kubectl("-n", namespace, *DRY_RUN, input=text, check=False)
    assert result.returncode == 0, result.stderr
    assert len(result.stdout.splitlines()) == len(examples)


def _in(namespace: str, example: dict[str, Any]) -> dict[str, Any]:
    """The example, in a namespace that there is."""
    return {**example, "metadata": {**example["metadata"], "namespace": namespace}}


@pytest.mark.parametrize("example", INVALID, ids=ids(INVALID))
def test_what_is_invalid_is_refused_with_its_reason(
    kubectl: Kubectl, namespace: str, example: Example
) -> None:
    result = kubectl("-n", namespace, *DRY_RUN, input=example.text, check=False)
    assert result.returncode != 0
    assert example.refused in result.stderr


def test_a_whole_number_is_an_amount_for_server_side_apply(
    kubectl: Kubectl, namespace: str
) -> None:
    """Twice: the second apply merges with what is stored, by its type."""
    apply = ("-n", namespace, "apply", "--server-side", "-f", "-")
    kubectl(*apply, input=ABOVE.replace("VALUE", "5"))
    kubectl(*apply, input=ABOVE.replace("VALUE", "6"))
    path = "jsonpath={.spec.criterion.threshold.above}"
    stored = kubectl("-n", namespace, "get", "mlar", "above", "-o", path)
    assert stored.stdout == "6"


def test_an_unquoted_fraction_is_refused_and_a_quoted_one_is_not(
    kubectl: Kubectl, namespace: str
) -> None:
    bare = kubectl("-n", namespace, *DRY_RUN, input=ABOVE.replace("VALUE", "0.2"), check=False)
    assert bare.returncode != 0
    assert "must be of type integer,string" in bare.stderr
    kubectl("-n", namespace, *DRY_RUN, input=ABOVE.replace("VALUE", '"0.2"'))


def test_explain_reads_like_documentation(kubectl: Kubectl) -> None:
    shown = " ".join(kubectl("explain", "mlar.spec.criterion.threshold").stdout.split())
    assert "Alert when the value is strictly more than this." in shown
    assert "an unquoted 0.2 is refused" in shown
    assert "Example: `200ms`." in shown


def test_rules_can_be_listed_by_severity_and_by_category(kubectl: Kubectl, namespace: str) -> None:
    kubectl("-n", namespace, "apply", "--server-side", "-f", "-", input=ABOVE.replace("VALUE", "5"))
    by_severity = ("--field-selector", "spec.severity=high", "-o", "name")
    name = "mlalertrule.tocsin.dev/above"
    assert kubectl("-n", namespace, "get", "mlar", *by_severity).stdout.split() == [name]
    listed = kubectl("-n", namespace, "get", "tocsin", "-o", "name").stdout
    assert name in listed.split()
