"""The chart gives the rights on the kinds that serve models, as far as Helm is not needed."""

import re

import pytest

from tests.chart.values import CHART
from tocsin.core.serving import BY_KIND, OPTIONAL, ServingKind

HELPERS = (CHART / "templates" / "_helpers.tpl").read_text()
SILENCED = (CHART / "templates" / "who.yaml").read_text()


@pytest.mark.parametrize("one", OPTIONAL, ids=lambda one: str(one.kind))
def test_each_may_be_listed_and_watched_and_nothing_more(one: ServingKind) -> None:
    given = rf"- apiGroups: \[{one.group}\]\n  resources: \[{one.plural}\]\n  verbs: \[(.*)\]"
    assert re.findall(given, HELPERS) == ["list, watch"]


@pytest.mark.parametrize("one", BY_KIND.values(), ids=lambda one: str(one.kind))
def test_who_silences_by_annotation_is_noted_on_each(one: ServingKind) -> None:
    assert re.search(rf'\(list "{one.group}"[^)]* "{one.plural}"', SILENCED)
