"""Pods asked for their pages: what counts, and what is said of those that cannot be read."""

import asyncio
import math
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.openmetrics import exposition

from tests.adapters.pods.pages import OPEN, Changing, Directory, page, running
from tests.adapters.transport.hosts import LOOPBACK, SHORT, Answer, guard
from tocsin.adapters.pods import PodsLimits, PodsSource
from tocsin.adapters.transport import GuardedTransport
from tocsin.core.metrics import PODS_SOURCE, Question
from tocsin.core.queries.home import Home
from tocsin.core.queries.pods import Meaning, PodsQuery
from tocsin.core.samples import Failure, FailureKind
from tocsin.ports import PodAddress


def in_openmetrics(registry: CollectorRegistry) -> str:
    """The page of these metrics in OpenMetrics."""
    written = exposition.generate_latest(registry)  # type: ignore[no-untyped-call]  # it has none
    return bytes(written).decode()


async def hangs(_: web.Request) -> web.Response:
    await asyncio.sleep(60)
    return web.Response()


async def test_each_pods_series_say_whose_they_are() -> None:
    text = '# TYPE x gauge\nx{gpu="0"} 1\nx{gpu="1"} 2\nxy 3\n'
    async with running(page(text), page("x 4\n")) as pods:
        answer = await pods.samples()
    assert [(dict(one.labels), one.value) for one in answer.samples] == [
        ({"gpu": "0", "namespace": "fraud", "pod": "scorer-0"}, 1.0),
        ({"gpu": "1", "namespace": "fraud", "pod": "scorer-0"}, 2.0),
        ({"namespace": "fraud", "pod": "scorer-1"}, 4.0),
    ]
    assert answer.remarks == ()


async def test_a_series_own_labels_pod_and_namespace_are_kept_under_other_names() -> None:
    async with running(page('x{pod="a",namespace="b"} 1\n')) as pods:
        (sample,) = (await pods.samples()).samples
    assert sample.labels == {
        "exported_pod": "a", "exported_namespace": "b", "namespace": "fraud", "pod": "scorer-0",
    }  # fmt: skip


async def test_the_port_may_be_named_and_the_path_another() -> None:
    changing = Changing("x 1\n")
    async with running(changing.answer) as pods:
        pods.there[0] = PodAddress("scorer-0", "uid", "127.0.1.1", ports=(("metrics", pods.port),))
        assert await pods.values(port="metrics", path="/v2/metrics") == [1.0]
    assert changing.asked[0][0] == "/v2/metrics"
    assert changing.asked[0][1].startswith("text/plain;version=0.0.4,")


async def test_a_port_that_a_pod_does_not_name_is_told_with_those_that_it_does() -> None:
    async with running(page("x 1\n")) as pods:
        pods.there[0] = PodAddress("scorer-0", "uid", "127.0.1.1", ports=(("http", 1), ("grpc", 2)))
        failure = await pods.failure(port="metrics")
    said = "no pod can be read: scorer-0 has no port called metrics; named are: grpc, http"
    assert (failure.kind, failure.message) == (FailureKind.UNREACHABLE, said)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (page("gone", status=404), "answered 404: check port and path"),
        (page("", status=302), "answered 302: check port and path"),
        (page("<p>hello", "text/html; charset=utf-8"), "answers text/html, which is no metrics"),
        (page("x 1\n" + "# y\n" * 2000), "answers more than 4 KiB"),
        (page("x one\n"), "has lines of x that cannot be read"),
        (page("x 1\n", OPEN), "breaks off before # EOF"),
        (page("".join(f'x{{n="{n}"}} 1\n' for n in range(11))), "has more than 10 series x"),
    ],
)
async def test_a_pod_that_cannot_be_read_is_named_and_the_others_count(
    bad: Answer, said: str
) -> None:
    async with running(page("x 1\n"), bad, max_bytes=4096, max_series=10) as pods:
        answer = await pods.samples()
    assert [sample.value for sample in answer.samples] == [1.0]
    (remark,) = answer.remarks
    assert remark.startswith(f"1 of 2 pods cannot be read: scorer-1 {said}")


async def test_a_page_that_is_no_text_is_unreadable() -> None:
    async def binary(_: web.Request) -> web.Response:
        return web.Response(body=b"x \xff\n", headers={"Content-Type": "text/plain"})

    async with running(binary) as pods:
        failure = await pods.failure()
    assert failure.message == "no pod can be read: scorer-0 answers what is not text in UTF-8"


async def test_a_pod_that_hangs_is_named_and_the_others_count() -> None:
    async with running(hangs, page("x 1\n"), timeout=0.5) as pods:
        answer = await pods.samples()
    assert [sample.value for sample in answer.samples] == [1.0]
    assert answer.remarks == ("1 of 2 pods cannot be read: scorer-0 did not answer within 0.5 s",)


async def test_a_page_without_end_is_cut_off() -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/plain"})
        await response.prepare(request)
        for _round in range(1000):
            await response.write(b"x 1\n" * 1024)
        return response

    async with running(endless, max_bytes=8192) as pods:
        failure = await pods.failure()
    assert failure.message == "no pod can be read: scorer-0 answers more than 8 KiB"


async def test_pods_that_all_hang_are_a_timeout_and_only_some_are_named() -> None:
    async with running(*[hangs] * 5, timeout=SHORT) as pods:
        failure = await pods.failure()
    assert failure.kind is FailureKind.TIMEOUT
    said = "; ".join(f"scorer-{number} did not answer within 0.1 s" for number in range(3))
    assert failure.message == f"no pod can be read: {said}; 2 more"


async def test_a_pod_that_is_not_ready_is_said_to_be_so() -> None:
    async with running(page("x 1\n")) as pods:
        pods.there[0] = PodAddress("scorer-0", "uid", "127.0.1.1", ready=False)
        assert await pods.values() == [1.0]
        failure = await pods.failure(path="x", port="metrics")
    assert failure.message.startswith("no pod can be read: scorer-0 (not ready) has no port")


async def test_no_pod_is_no_data_and_no_failure() -> None:
    async with running(page("x 1\n")) as pods:
        answer = await pods.samples(home=Home("ads"))
    assert (answer.samples, answer.remarks) == ((), ("no pod of the rule's workloads runs",))


async def test_more_pods_than_the_limit_are_refused_before_any_is_asked() -> None:
    changing = Changing("x 1\n")
    async with running(changing.answer, changing.answer, max_pods=1) as pods:
        failure = await pods.failure()
    assert failure.kind is FailureKind.TOO_LARGE
    assert failure.message.startswith("the rule's workloads have 2 pods, and at most 1 are asked")
    assert changing.asked == []


async def test_an_address_of_metadata_is_not_asked_though_the_cluster_says_it_is_a_pods() -> None:
    transport = GuardedTransport(guard("0.0.0.0/0", *LOOPBACK))
    directory = Directory([PodAddress("scorer-0", "uid", "169.254.169.254")])
    source = PodsSource(transport, directory, lambda: 0.0, PodsLimits())
    answer = await source.ask(Question(PODS_SOURCE, PodsQuery(80, "x", home=Home("fraud"))))
    source.close()
    await transport.close()
    assert isinstance(answer, Failure)
    assert "leads to an address of cloud metadata" in answer.message


async def test_labels_that_have_to_be_equal_select_series() -> None:
    text = 'x{a="1",b="2"} 1\nx{a="1"} 2\nx{a="3"} 3\n'
    async with running(page(text)) as pods:
        assert await pods.values(matchers=(("a", "1"),)) == [1.0, 2.0]
        assert await pods.values(matchers=(("a", "1"), ("b", ""))) == [2.0]


async def test_a_rate_needs_two_looks_and_is_over_the_time_between() -> None:
    changing = Changing('x_total{code="500"} 10\n')
    async with running(changing.answer) as pods:
        assert await pods.values("x_total", meaning=Meaning.RATE) == []
        pods.time, changing.text = 30.0, 'x_total{code="500"} 40\n'
        (sample,) = (await pods.samples("x_total", meaning=Meaning.RATE)).samples
    assert sample.value == pytest.approx(1.0)
    assert sample.labels == {"code": "500", "namespace": "fraud", "pod": "scorer-0"}


async def test_a_counter_that_was_reset_grew_by_what_it_has_since() -> None:
    changing = Changing("x_total 100\n")
    async with running(changing.answer) as pods:
        await pods.values("x_total", meaning=Meaning.RATE)
        pods.time, changing.text = 30.0, "x_total 6\n"
        assert await pods.values("x_total", meaning=Meaning.RATE) == [pytest.approx(0.2)]


async def test_a_pod_that_is_replaced_under_its_name_begins_anew() -> None:
    changing = Changing("x_total 100\n")
    async with running(changing.answer) as pods:
        await pods.values("x_total", meaning=Meaning.RATE)
        pods.there[0] = PodAddress("scorer-0", "another", "127.0.1.1")
        pods.time, changing.text = 30.0, "x_total 900\n"
        assert await pods.values("x_total", meaning=Meaning.RATE) == []


async def test_two_windows_over_the_same_series_do_not_mix() -> None:
    changing = Changing("x_total 0\n")
    short, long = timedelta(seconds=10), timedelta(minutes=5)
    async with running(changing.answer) as pods:
        rates = []
        for second in range(0, 61, 5):
            pods.time = float(second)
            changing.text = f"x_total {second if second <= 30 else 30 + 10 * (second - 30)}\n"
            rates = [
                await pods.values("x_total", meaning=Meaning.RATE, over=over)
                for over in (short, long)
            ]
    assert rates == [[pytest.approx(10.0)], [pytest.approx(330 / 60)]]


@pytest.mark.parametrize("openmetrics", [False, True])
async def test_a_quantile_is_of_what_was_observed_within_the_window(openmetrics: bool) -> None:
    registry = CollectorRegistry()
    seconds = Histogram(
        "latency_seconds", "…", ["path"], registry=registry, buckets=(0.1, 0.2, 0.4, 0.8)
    )
    for _ in range(1000):  # before the first look: it does not count
        seconds.labels("/a").observe(0.7)
    seconds.labels("/b")
    changing = Changing(kind=OPEN if openmetrics else "text/plain")
    as_ = {"meaning": Meaning.QUANTILE, "quantile": 0.5}

    def write() -> None:
        if openmetrics:
            changing.text = in_openmetrics(registry)
        else:
            changing.text = generate_latest(registry).decode()

    async with running(changing.answer) as pods:
        write()
        assert await pods.values("latency_seconds", **as_) == []
        pods.time = 30.0
        (nothing,) = await pods.values("latency_seconds", **as_)
        assert math.isnan(nothing)
        for _ in range(10):
            seconds.labels("/a").observe(0.15)
            seconds.labels("/b").observe(0.3)
        write()
        pods.time = 60.0
        answer = await pods.samples("latency_seconds", **as_)
    (sample,) = answer.samples
    assert sample.value == pytest.approx(0.2)
    assert sample.labels == {"namespace": "fraud", "pod": "scorer-0"}


async def test_counters_of_openmetrics_with_exemplars_are_read() -> None:
    registry = CollectorRegistry()
    counter = Counter("served", "…", ["code"], registry=registry)
    counter.labels("200").inc(3, {"trace_id": "abc"})
    changing = Changing(in_openmetrics(registry), OPEN)
    assert "# {trace_id" in changing.text
    async with running(changing.answer) as pods:
        assert await pods.values("served_total") == [3.0]


async def test_a_page_of_many_other_series_is_read_for_the_one() -> None:
    noise = "".join(f'y{{n="{n}"}} 1\n' for n in range(20_000))
    async with running(page(f"{noise}x 7\n{noise}")) as pods:
        assert await pods.values() == [7.0]


def test_what_is_asked_reads_as_a_sentence() -> None:
    query = PodsQuery("metrics", "lat", (("a", "b"),), meaning=Meaning.QUANTILE, quantile=0.99)
    assert str(query) == 'quantile 0.99 of lat{a="b"} over 1m on :metrics/metrics of each pod'


HISTOGRAM = (
    'seconds_bucket{le="1"} 1\nseconds_bucket{le="+Inf"} 2\nseconds_sum 3\nseconds_count 2\n'
)


@pytest.mark.parametrize(
    ("text", "query", "said"),
    [
        (
            "up 1\npredictions_total 1\n",
            {"series": "prediction_total"},
            "no pod exposes prediction_total; they expose: predictions_total, up",
        ),
        ("", {"series": "x"}, "no pod exposes x, nor any other series"),
        (
            'x{a="1"} 1\n',
            {"series": "x", "matchers": (("a", "2"),)},
            'no series x has the labels {a="2"}',
        ),
        (HISTOGRAM, {"series": "seconds"}, "seconds is a histogram: write as: Quantile(0.99)"),
        (
            "seconds 1\n",
            {"series": "seconds", "meaning": Meaning.QUANTILE, "quantile": 0.9},
            "seconds is no histogram: there is no seconds_bucket",
        ),
        ("x 1\n", {"series": "x", "meaning": Meaning.RATE}, "begin with the second look"),
    ],
)
async def test_a_page_without_the_series_says_what_is_there_instead(
    text: str, query: dict[str, Any], said: str
) -> None:
    async with running(page(text), page(text)) as pods:
        answer = await pods.samples(**query)
    assert answer.samples == ()
    [remark] = answer.remarks
    assert said in remark


async def test_of_many_series_the_five_nearest_are_named_and_a_histogram_once() -> None:
    others = "".join(f"zz_{number} 1\n" for number in range(9))
    async with running(page(HISTOGRAM + others + "second 1\nsecond_created 1\n")) as pods:
        [remark] = (await pods.samples("secondz")).remarks
    named = remark.removeprefix("no pod exposes secondz; they expose: ")
    assert named.startswith("second, seconds, zz_")
    assert named.endswith(" (nearest first, of 11)")
    assert named.count(", ") == 4 + 1


async def test_what_is_said_is_true_of_all_pods_and_not_only_of_the_first() -> None:
    async with running(page("y 1\n"), page('x{a="1"} 1\n')) as pods:
        wanted = await pods.samples(matchers=(("a", "2"),))
        begins = await pods.samples(meaning=Meaning.RATE)
    assert wanted.remarks == ('no series x has the labels {a="2"}',)
    assert begins.remarks == ("rates and quantiles begin with the second look at a pod",)


async def test_where_one_pod_has_the_series_nothing_is_said_of_another_without() -> None:
    async with running(page("x 1\n"), page("y 1\n")) as pods:
        assert (await pods.samples()).remarks == ()
