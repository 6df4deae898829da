"""The stage is set once for all tests; each test has a namespace of its own."""

import itertools
import os
from collections.abc import Callable, Iterator

import pytest

from e2e.cluster import Cluster
from e2e.operators import scale
from e2e.pack import NAMESPACE, Pack
from e2e.reaching import through_api_server
from e2e.routes import Listeners
from e2e.stage import RESTRICTED, Stage, set_up, source
from e2e.told import Told
from e2e.tools import ROOT, Done, Tools

_numbers = itertools.count(1)

SERVING = ROOT / "e2e" / "serving" / "crds.yaml"


#: Nine that answer, one that is not there, and one that a test makes slow.
SOURCES = [
    source("default"),
    *(source(f"other-{number}") for number in range(1, 9)),
    source("absent", "http://nothing.monitoring:9090"),
    source("slow", "http://slow.monitoring:9090"),
]


#: What the tests' operator has otherwise than the demonstration's: what is told of routes that were
#: deleted is told at once, and fifty incidents are no storm.
VALUES = {
    "sources": SOURCES,
    "defaults": {"groupWait": "0s", "groupInterval": "1s"},
    "limits": {"newIncidentsPerRoute": 100},
}


@pytest.fixture(scope="session")
def stage(request: pytest.FixtureRequest) -> Stage:
    """The cluster with Prometheus and the operator of this checkout.

    It has all kinds that serve models; an operator that begins from now on watches them. What
    has to run for minutes before it can be looked at begins here.
    """
    stage = set_up(**VALUES)
    stage.tools.kubectl("apply", "--server-side", "-f", str(SERVING))
    if any(item.path.name == _PACK for item in request.session.items):
        Pack(stage.tools, NAMESPACE).begin()
    return stage


@pytest.fixture(scope="session")
def tools(stage: Stage) -> Tools:
    """kubectl and helm."""
    return stage.tools


@pytest.fixture(scope="session")
def cluster(tools: Tools) -> Cluster:
    """The cluster itself."""
    return tools.cluster


@pytest.fixture(scope="session")
def kubectl(tools: Tools) -> Callable[..., Done]:
    """kubectl alone."""
    return tools.kubectl


@pytest.fixture(scope="session")
def helm(tools: Tools) -> Callable[..., Done]:
    """helm alone."""
    return tools.helm


@pytest.fixture
def told(tools: Tools) -> Iterator[Told]:
    """The stand-ins of whom Tocsin tells; they know of nothing that was before the test."""
    them = Told(through_api_server(tools))
    them.forget()
    yield them
    them.mend()


@pytest.fixture
def namespace(tools: Tools) -> Iterator[str]:
    """A fresh namespace that takes restricted pods only; it is deleted behind the test's back."""
    name = f"e2e-{os.getpid()}-{next(_numbers)}"
    tools.kubectl("create", "namespace", name)
    tools.kubectl("label", "namespace", name, RESTRICTED)
    yield name
    tools.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture
def listeners(tools: Tools, namespace: str, told: Told) -> Listeners:
    """The webhooks of the test's namespace."""
    return Listeners(tools, namespace, told)


@pytest.fixture
def alone(tools: Tools) -> Iterator[None]:
    """The installed operator rests: two that see the same rules would write the same status."""
    scale(tools, 0)
    yield
    scale(tools, 2)


@pytest.fixture
def single(tools: Tools) -> Iterator[None]:
    """One pod without a standby: what happens to it is not hidden by another one's leading."""
    scale(tools, 1)
    yield
    scale(tools, 2)


_PACK = "test_rules_pack.py"
#: What disturbs nobody comes first: meanwhile every rule of the pack gets to know its model.
_FIRST = ("test_schema.py", "test_chart.py", "test_baseline.py", "test_criteria.py", _PACK)
#: What must come last: the audit reads what all before it asked; then installations change, and
#: at the end the API server is killed.
_LAST = ("test_audit.py", "test_install.py", "test_watch_behind.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the order that the tests rely on, however they were collected."""
    order = {name: place for place, name in enumerate(_FIRST, -len(_FIRST))}
    order |= {name: place for place, name in enumerate(_LAST, 1)}
    items.sort(key=lambda item: order.get(item.path.name, 0))
