"""The sources that settings name, and those that are always there."""

import subprocess
import sys
from typing import Any

from tests.adapters.http_json.asking import Secrets, StandingClock
from tests.adapters.pods.pages import Directory
from tocsin.api.settings import Settings
from tocsin.core.metrics import HTTP_SOURCE, PODS_SOURCE, Question
from tocsin.core.queries.home import Home
from tocsin.core.queries.http import HttpQuery
from tocsin.core.queries.pods import PodsQuery
from tocsin.core.samples import Failure, FailureKind
from tocsin.ports import PodAddress
from tocsin.sourcing import build_sources

PROMETHEUS = {"name": "default", "prometheus": {"url": "http://prometheus.monitoring:9090"}}
CLOUD_WATCH = {"name": "aws", "cloudWatch": {"region": "eu-central-1"}}


def settings(**rest: Any) -> Settings:
    return Settings.model_validate({"clusterName": "test", **rest})


async def test_each_kind_of_source_is_there_under_its_name() -> None:
    named = settings(sources=[PROMETHEUS, CLOUD_WATCH])
    sources = build_sources(named, Secrets(), Directory([]), StandingClock(), ())
    await sources.close()
    assert set(sources.by_name) == {"default", "aws", HTTP_SOURCE, PODS_SOURCE}


async def test_a_source_that_is_asked_what_another_kind_knows_says_which_kind_it_is() -> None:
    named = settings(sources=[PROMETHEUS, CLOUD_WATCH])
    sources = build_sources(named, Secrets(), Directory([]), StandingClock(), ())
    for name, source in sources.by_name.items():
        other = "up" if name != "default" else HttpQuery("https://a/b", "c")
        answer = await source.ask(Question(name, other))
        assert isinstance(answer, Failure)
        assert answer.kind is FailureKind.QUERY_REJECTED
    await sources.close()


async def test_what_may_be_asked_by_http_is_a_setting_of_its_own() -> None:
    open_to_tell = settings(receivers={"allowedNetworks": ["10.0.0.0/8"]})
    sources = build_sources(open_to_tell, Secrets(), Directory([]), StandingClock(), ())
    query = HttpQuery("http://10.1.2.3/", "value")
    answer = await sources.by_name[HTTP_SOURCE].ask(Question(HTTP_SOURCE, query))
    await sources.close()
    assert isinstance(answer, Failure)
    assert answer.message == (
        "url: 10.1.2.3 leads to a private address, where nothing may be sent: name a public host, "
        "or have its network added to the operator's http.allowedNetworks"
    )


async def test_no_pod_is_asked_on_loopback_whatever_the_cluster_says() -> None:
    there = Directory([PodAddress("scorer-0", "uid", "127.0.0.1")])
    sources = build_sources(settings(), Secrets(), there, StandingClock(), ())
    query = PodsQuery(9, "x", home=Home("fraud"))
    answer = await sources.by_name[PODS_SOURCE].ask(Question(PODS_SOURCE, query))
    await sources.close()
    assert isinstance(answer, Failure)
    assert "leads to a loopback address" in answer.message


def test_who_asks_no_cloudwatch_does_not_import_boto3() -> None:
    looks = (
        "import sys, tocsin.wiring; sys.exit('boto3' in sys.modules or 'botocore' in sys.modules)"
    )
    words = [sys.executable, "-c", looks]
    done = subprocess.run(words, check=False)  # noqa: S603  # our own program
    assert done.returncode == 0
