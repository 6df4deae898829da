"""Probes and metrics over HTTP, with a real engine behind them."""

from collections.abc import AsyncIterator

import aiohttp
import pytest_asyncio
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.parser import text_string_to_metric_families

from tests.web.fixtures import Operator
from tocsin.core.rules import RuleKey
from tocsin.engine.kinds import WATCHED_KINDS
from tocsin.ports import Census
from tocsin.web.server import serving


class Site:
    """What a browser sees of an operator."""

    def __init__(self, operator: Operator, session: aiohttp.ClientSession) -> None:
        self.operator = operator
        self._session = session

    async def get(self, path: str) -> tuple[int, str]:
        """The code and the text of a page."""
        async with self._session.get(path) as response:
            self.content_type = response.headers["Content-Type"]
            return response.status, await response.text()

    def list_all(self, *but: str) -> None:
        """Have every kind listed, but some."""
        for kind in set(WATCHED_KINDS) - set(but):
            self.operator.engine.listed(kind, None, set())


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    operator = Operator()
    async with (
        serving(operator.pages, "127.0.0.1", 0) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        yield Site(operator, session)


async def test_healthz_fails_only_when_the_loop_has_stood_still_for_long(site: Site) -> None:
    assert await site.get("/healthz") == (200, "ok\n")
    site.operator.clock.move(90)
    assert (await site.get("/healthz"))[0] == 200
    site.operator.clock.move(1)
    status, text = await site.get("/healthz")
    assert status == 503
    assert "stood still for 91 s" in text
    site.operator.engine.start_due()  # one turn of the loop
    assert await site.get("/healthz") == (200, "ok\n")


async def test_readyz_names_what_was_not_listed_until_everything_was(site: Site) -> None:
    status, text = await site.get("/readyz")
    assert status == 503
    assert text.startswith("waiting for the first list of ")
    assert all(kind in text for kind in WATCHED_KINDS)
    site.list_all("Pod")
    assert await site.get("/readyz") == (503, "waiting for the first list of Pod\n")
    site.list_all()
    assert await site.get("/readyz") == (200, "ok\n")


async def test_readyz_names_missing_rights_and_asks_for_them_every_ten_seconds_at_most(
    site: Site,
) -> None:
    operator = site.operator
    site.list_all("Pod")
    operator.missing = ["list pods in all namespaces", "watch pods in all namespaces"]
    said = (
        "waiting for the first list of Pod; missing rights: "
        "list pods in all namespaces, watch pods in all namespaces\n"
    )
    for _ in range(3):
        assert await site.get("/readyz") == (503, said)
        operator.clock.move(3)
    assert operator.asked_rights == 1
    operator.missing = []
    operator.clock.move(1)
    assert await site.get("/readyz") == (503, "waiting for the first list of Pod\n")
    assert operator.asked_rights == 2


async def test_a_right_to_write_that_is_missing_is_named_though_everything_was_listed(
    site: Site,
) -> None:
    operator = site.operator
    site.list_all()
    operator.missing = ["patch mlalertrules/status in all namespaces"]
    said = "missing rights: patch mlalertrules/status in all namespaces\n"
    assert await site.get("/readyz") == (503, said)
    operator.missing = []
    operator.clock.move(10)
    assert await site.get("/readyz") == (200, "ok\n")


async def test_a_right_that_is_taken_away_later_is_named_once_a_request_was_refused(
    site: Site,
) -> None:
    operator = site.operator
    site.list_all()
    assert await site.get("/readyz") == (200, "ok\n")
    operator.missing = ["list pods in all namespaces"]
    operator.live(60)
    assert await site.get("/readyz") == (200, "ok\n")
    operator.metrics.requested("list", "pods", "403")
    assert await site.get("/readyz") == (503, "missing rights: list pods in all namespaces\n")
    operator.missing = []
    operator.live(10)
    assert await site.get("/readyz") == (200, "ok\n")
    operator.live(60)
    assert await site.get("/readyz") == (200, "ok\n")
    assert operator.asked_rights == 3


async def test_readyz_fails_while_no_renewal_comes_back_and_healthz_does_not(site: Site) -> None:
    operator = site.operator
    site.list_all()
    operator.clock.move(30)
    assert await site.get("/readyz") == (200, "ok\n")
    operator.clock.move(4)
    operator.echo.troubles["renewing"] = "renewing it failed: connection refused"
    said = (
        "the watch on Lease tocsin has not told of a renewal for 34 s: "
        "renewing it failed: connection refused\n"
    )
    assert await site.get("/readyz") == (503, said)
    operator.clock.move(600)
    operator.engine.start_due()  # the loop goes round
    assert await site.get("/healthz") == (200, "ok\n")
    operator.echo.heard()
    assert await site.get("/readyz") == (200, "ok\n")


async def test_a_standby_is_ready_when_all_was_listed_and_says_who_leads(site: Site) -> None:
    leadership = site.operator.leadership
    leadership.other("tocsin-a")
    assert (await site.get("/readyz"))[0] == 503
    site.list_all()
    assert await site.get("/readyz") == (200, "standby; the leader is tocsin-a\n")
    leadership.holder = None
    assert await site.get("/readyz") == (200, "standby; nobody leads yet\n")
    assert await site.get("/healthz") == (200, "ok\n")


async def test_who_leads_is_a_metric(site: Site) -> None:
    assert "tocsin_leader 1.0" in (await site.get("/metrics"))[1]
    site.operator.leadership.other("tocsin-a")
    assert "tocsin_leader 0.0" in (await site.get("/metrics"))[1]


async def test_the_age_of_the_echo_is_a_metric(site: Site) -> None:
    site.operator.clock.move(7)
    assert "tocsin_lease_echo_age_seconds 7.0" in (await site.get("/metrics"))[1]


def test_before_the_first_echo_its_age_is_not_known() -> None:
    assert "tocsin_lease_echo_age_seconds NaN" in Operator().metrics.page(Census())[0].decode()


async def test_no_right_is_asked_for_again_once_none_is_missing(site: Site) -> None:
    site.list_all()
    for _ in range(3):
        assert await site.get("/readyz") == (200, "ok\n")
        site.operator.live(10)
    assert site.operator.asked_rights == 1


DOCUMENTED = {
    "tocsin_evaluations",
    "tocsin_evaluation_duration_seconds",
    "tocsin_evaluations_missed",
    "tocsin_queries_held_back",
    "tocsin_notifications",
    "tocsin_incidents_open",
    "tocsin_source_answers",
    "tocsin_source_samples",
    "tocsin_api_requests",
    "tocsin_rules",
    "tocsin_alerts",
    "tocsin_leader",
    "tocsin_lease_renewals",
    "tocsin_lease_echo_age_seconds",
    "tocsin_series_unattributed",
}


async def test_the_page_of_metrics_is_read_by_prometheus_and_has_the_documented_names(
    site: Site,
) -> None:
    metrics = site.operator.metrics
    metrics.evaluated("ok", 0.1)
    metrics.missed(2)
    metrics.answered("default", "ok", 30)
    metrics.held_back("fraud")
    metrics.requested("patch", "mlalertrules/status", "200")
    metrics.renewed("ok")
    status, text = await site.get("/metrics")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert status == 200
    assert site.content_type == CONTENT_TYPE_LATEST
    assert {name for name in families if name.startswith("tocsin_")} - DOCUMENTED <= {
        f"{name}_created" for name in DOCUMENTED
    }
    assert set(families) >= DOCUMENTED
    assert "process_resident_memory_bytes" in families
    values = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in families.values()
        for sample in family.samples
    }
    assert values["tocsin_evaluations_total", "ok"] == 1
    assert values["tocsin_evaluation_duration_seconds_count",] == 1
    assert values["tocsin_evaluations_missed_total",] == 2
    assert values["tocsin_source_answers_total", "default", "ok"] == 1
    assert values["tocsin_source_samples_total", "default"] == 30
    assert values["tocsin_lease_renewals_total", "ok"] == 1
    assert values["tocsin_queries_held_back_total", "fraud"] == 1
    assert values["tocsin_api_requests_total", "200", "mlalertrules/status", "patch"] == 1


async def test_rules_are_counted_by_state_and_vanish_with_their_last(site: Site) -> None:
    metadata = {"namespace": "fraud", "name": "a", "uid": "1", "generation": 1}
    body = {"metadata": {**metadata, "resourceVersion": "1"}, "spec": {}}
    site.list_all()
    site.operator.engine.saw("MLAlertRule", body)
    _, text = await site.get("/metrics")
    assert 'tocsin_rules{state="' in text
    site.operator.engine.gone("MLAlertRule", "fraud", "a")
    _, text = await site.get("/metrics")
    assert "tocsin_rules{" not in text


def test_gauges_show_the_census_and_forget_the_one_before() -> None:
    operator = Operator()
    census = Census(
        {"Firing": 2}, {("high", "Firing"): 3}, {RuleKey("fraud", "a"): 4}, incidents={"Firing": 5}
    )
    page = operator.metrics.page(census)[0].decode()
    assert 'tocsin_rules{state="Firing"} 2.0' in page
    assert 'tocsin_alerts{severity="high",state="Firing"} 3.0' in page
    assert 'tocsin_series_unattributed{namespace="fraud",rule="a"} 4.0' in page
    assert 'tocsin_incidents_open{state="Firing"} 5.0' in page
    assert "{" not in "".join(
        line
        for line in operator.metrics.page(Census())[0].decode().splitlines()
        if line.startswith(("tocsin_rules", "tocsin_alerts", "tocsin_incidents", "tocsin_series"))
    )


async def test_there_are_no_other_pages(site: Site) -> None:
    assert (await site.get("/"))[0] == 404
