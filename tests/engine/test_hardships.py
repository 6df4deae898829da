"""What must not stop the engine: clocks, overtaking answers, odd objects, an end at a bad time."""

from time import thread_time

from tests.core.making import alert, rule
from tests.engine.world import NAMESPACE, World, rule_named, started
from tocsin.core.rules import RuleKey, Texts
from tocsin.core.samples import Failure, FailureKind, Sample, Samples
from tocsin.engine.record import KIND
from tocsin.engine.wording import word
from tocsin.ports import Rendered, UnavailableError

LATENCY = RuleKey(NAMESPACE, "latency")


async def test_a_watch_that_overtakes_the_answer_to_a_write_does_not_end_in_conflicts() -> None:
    world = await started()

    def somebody_else_writes() -> None:
        world.engine.saw(KIND, world.api.rules[LATENCY])
        world.api.touch(LATENCY)
        world.engine.saw(KIND, world.api.rules[LATENCY])

    world.api.afterwards = somebody_else_writes
    world.value(scorer=12)
    await world.tick(30)
    assert world.status()["state"] == "Firing"
    world.api.attempts.clear()
    world.value(scorer=3)
    await world.tick(6)
    assert world.status()["state"] == "Inactive"
    assert len(world.api.attempts) == 1


async def test_versions_that_start_again_lower_are_gone_on_from() -> None:
    world = await started()
    world.api.rules[LATENCY]["metadata"] = world.api.rules[LATENCY]["metadata"] | {
        "resourceVersion": "0"
    }
    world.engine.saw(KIND, world.api.rules[LATENCY])
    world.value(scorer=12)
    await world.tick(30)
    assert world.status()["state"] == "Firing"


async def test_a_clock_that_is_set_back_stops_nothing() -> None:
    world = await started()
    world.clock.step(-3600)
    world.source.asked.clear()
    world.value(scorer=12)
    await world.tick(30)
    assert len(world.source.asked) >= 5
    assert world.status()["state"] == "Firing"


async def test_a_rule_that_cannot_be_taken_in_keeps_no_other_from_it() -> None:
    world = await started()
    world.apply(rule_named("other"))
    await world.tick(10)
    broken = world.api.rules[LATENCY]
    broken["status"] = {**broken["status"], "conditions": 7}
    world.restart()
    world.source.asked.clear()
    await world.tick(10)
    assert world.source.asked
    world.value(scorer=12)
    await world.tick(30)
    assert world.status("other")["state"] == "Firing"


async def test_an_entry_with_an_impossible_time_is_left_out() -> None:
    world = await started(firing=True)
    [entry] = world.api.rules[LATENCY]["status"]["alerts"]
    entry["activeAt"] = "0001-01-01T00:00:00+14:00"
    world.restart()
    await world.tick(20)
    assert world.status()["state"] == "Firing"


async def test_what_a_pod_that_is_gone_has_left_alerts_nobody() -> None:
    world = World()
    world.deploy()
    body = rule_named("latency")
    body["spec"].pop("workloads", None)
    world.apply(body)
    world.list_all()
    left = Sample({"namespace": NAMESPACE, "pod": "gone-1"}, 99)
    world.source.answers["q"] = Samples((left,))
    await world.tick(30)
    assert world.status()["alerts"] == []
    assert world.status()["unattributed"] == 1


async def test_a_failure_that_says_something_else_each_time_is_one_failure() -> None:
    world = await started()
    world.api.writes.clear()
    for number in range(60):
        said = f"503: request req-{number:08x} at 12:00:{number:02}.123 of 10.0.0.{number}"
        world.source.answers["q"] = Failure(FailureKind.HTTP_ERROR, said)
        await world.tick(5)
    assert len(world.api.writes) == 1
    assert [one.reason for one in world.take_told()] == ["SourceFailed"]
    world.source.answers["q"] = Failure(FailureKind.HTTP_ERROR, "401: no such user")
    await world.tick(5)
    assert world.status()["message"] == "401: no such user"


async def test_an_answer_of_thousands_of_series_is_decided_on_beside_the_loop() -> None:
    world = await started(for_="0s")
    labels = {"namespace": NAMESPACE, "deployment": "scorer"}
    samples = [Sample({**labels, "series": str(n)}, n) for n in range(3000)]
    world.source.answers["q"] = Samples(tuple(samples))
    await world.tick(5)
    assert world.status()["alerts"][0]["valueAtTransition"] == "2999"


async def test_what_was_decided_before_the_end_is_still_written_and_told() -> None:
    world = await started(for_="0s")
    world.api.faults = [UnavailableError("503")]
    world.events.faults = [UnavailableError("503")] * 2
    world.value(scorer=12)
    await world.tick(5)
    assert (world.status()["state"], world.take_told()) == ("Inactive", [])
    await world.engine.drain(1)
    assert world.status()["state"] == "Firing"
    assert [one.reason for one in world.take_told()] == ["AlertFiring"] * 2
    asked = len(world.source.asked)
    world.clock.step(20)
    world.engine.start_due()
    await world.engine.settle()
    assert len(world.source.asked) == asked


class SlowRenderer:
    """Takes 20 ms for each template."""

    seconds = 0.2

    def check(self, template: str) -> str | None:
        return None

    def render(self, template: str, values: object) -> Rendered:
        until = thread_time() + 0.02
        while thread_time() < until:
            pass
        return Rendered("done")


def test_many_slow_texts_together_take_no_longer_than_a_few() -> None:
    slow = rule(texts=Texts(summary="{{ s }}", labels={f"l{n}": "{{ x }}" for n in range(50)}))
    began = thread_time()
    wording = word(SlowRenderer(), slow, alert())
    assert thread_time() - began < 0.5  # 1 s if each had its turn
    assert wording.summary == "done"
    assert any("limits.textTime" in problem for problem in wording.problems)
