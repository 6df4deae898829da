"""Why does it fire, why does it not, and what comes next: each in a sentence."""

from datetime import timedelta
from typing import Any

import pytest

from tests.engine.explained import ATTACK, explainer, incident, latency, of
from tests.engine.world import NAMESPACE, World, asking, rule, rule_named, started
from tocsin.api.explanation import Explanation, Missing, Subject
from tocsin.core.samples import Failure, FailureKind, Sample, Samples
from tocsin.core.states import State
from tocsin.core.verdicts import Verdict


def explained(world: World, name: str = "latency", workload: str = "") -> Explanation:
    """What is said of a rule that is there."""
    it = explainer(world).rule(f"{NAMESPACE}/{name}", workload)
    assert isinstance(it, Explanation)
    return it


def only(it: Explanation) -> Subject:
    """The one thing that a rule looks at."""
    assert len(it.subjects) == 1
    return it.subjects[0]


def timers(it: Explanation) -> dict[str, str]:
    """The times of the one alert, by name."""
    return {str(timer.name): f"{timer.at:%H:%M:%S}" for timer in only(it).timers}


async def test_a_firing_rule_says_since_when_at_which_value_and_what_ends_it() -> None:
    world = World()
    world.deploy()
    world.apply(latency())
    world.list_all()
    world.source.answers["latency"] = Samples((of("scorer", 0.25),))
    await world.tick(20)
    world.source.answers["latency"] = Samples((of("scorer", 0.312),))
    await world.tick(355)
    it = explained(world)
    assert it.headline == (
        "Firing since 12:00:15Z (6 minutes): P99 latency of scorer is 312ms, limit 200ms."
    )
    assert it.next == "Resolves at the next value of 150ms or less (evaluated at 12:06:20Z)."
    assert it.criterion == "fires above 200ms, for 10s; recovers at 150ms or less"
    assert timers(it) == {"PendingSince": "12:00:05", "FiringSince": "12:00:15"}
    assert (
        it.actions
        == only(it).actions
        == ["Compare with the version before: kubectl rollout history deployment/scorer"]
    )
    assert only(it).links[0].url == "https://wiki.example.com/latency/scorer"
    assert only(it).description == f"Requests wait. {ATTACK}"


async def test_without_actions_of_its_own_an_alert_says_where_to_look() -> None:
    it = explained(await started(firing=True))
    assert it.actions[0] == "kubectl describe deployment scorer -n fraud"


async def test_a_pending_alert_says_when_it_fires_if_its_value_stays() -> None:
    world = await started(for_="17s")
    world.value(scorer=12)
    await world.tick(6)
    it = explained(world)
    assert it.headline == (
        "Pending since 12:00:10Z (1 second): latency: scorer is at 12 (limit 10)."
    )
    # 17 s are over at 12:00:27, and the first evaluation after that is at 12:00:30.
    assert it.next == "Fires at 12:00:30Z if it stays above 10."
    assert timers(it)["FiresAt"] == "12:00:30"
    assert it.subjects[0].next_at == it.subjects[0].timers[-1].at


async def test_what_is_foretold_of_a_pending_alert_comes_true() -> None:
    world = await started(for_="17s")
    world.value(scorer=12)
    await world.tick(6)
    foretold = only(explained(world)).next_at
    await world.tick(60)
    fired = {timer.name: timer.at for timer in only(explained(world)).timers}
    assert fired["FiringSince"] == foretold  # type: ignore[index]  # a StrEnum is its text


async def test_m_of_n_says_how_many_values_are_met_and_how_many_are_needed() -> None:
    world = World()
    world.deploy()
    spec = rule(datapoints={"matching": 3, "of": 5})
    del spec["spec"]["for"]
    world.apply(spec)
    world.list_all()
    world.value(scorer=3)
    await world.tick(5)
    assert explained(world).next.endswith("fires once 3 of 5 values are above 10.")
    world.value(scorer=12)
    await world.tick(5)
    said = "Fires at 12:00:20Z if 3 are above 10 (1 of the last 5 values are)."
    assert explained(world).next == said
    await world.tick(10)
    assert explained(world).state == "Firing"


async def test_an_alert_that_is_kept_firing_says_until_when() -> None:
    world = await started(firing=True, keepFiringFor="1m")
    assert explained(world).next.endswith("and resolves after 1m of that.")
    world.value(scorer=3)
    await world.tick(11)
    it = explained(world)
    assert it.headline.startswith("Recovering since 12:00:25Z (6 seconds): ")
    assert it.next == "Resolves at 12:01:25Z if it stays at 5 or less; fires on if it is above 10."
    assert timers(it)["EndsAt"] == "12:01:25"
    assert (it.firing, it.recovering) == (0, 1)


async def test_a_firing_alert_whose_source_fails_says_that_it_is_held() -> None:
    world = await started(firing=True)
    world.source.answers["q"] = Failure(FailureKind.TIMEOUT, "no answer within 10s")
    await world.tick(5)
    it = explained(world)
    assert it.headline == (
        "Firing since 12:00:15Z (10 seconds), unobserved since 12:00:20Z: scorer: "
        "no answer within 10s."
    )
    assert it.next == "Asked again at 12:00:30Z; it stays Firing until a value is seen."
    assert it.source is not None
    assert (it.source.answers, it.source.reason) == (False, "Timeout")
    assert it.last_evaluation is not None
    assert it.last_evaluation.outcome == "Timeout"
    assert it.actions[0].startswith("See whether the source default can be reached")


async def test_a_series_that_is_gone_says_when_its_alert_ends() -> None:
    world = World()
    world.deploy()
    world.apply(rule(identityLabels=["gpu"]))
    world.list_all()
    both = (of("scorer", 12, gpu="0"), of("scorer", 3, gpu="1"))
    world.source.answers["q"] = Samples(both)
    await world.tick(20)
    world.source.answers["q"] = Samples(both[1:])
    await world.tick(5)
    it = explained(world)
    assert it.subjects[0].title == "scorer {gpu=0}"
    ends = "Ends at 12:00:35Z (SeriesGone) if its series stays away while others are there."
    assert it.next == ends
    await world.tick(10)
    assert explained(world).history[0].reason == "SeriesGone"


async def test_a_quiet_rule_says_so_of_all_and_of_each() -> None:
    it = explained(await incident(), "memory")
    assert it.headline == "Not firing: all 3 are within the limit (fires above 10)."
    assert it.next == (
        "Evaluated again at 12:01:05Z; if it is above 10 it becomes pending, and fires after 10s "
        "of it."
    )
    assert it.subjects[0].headline == "Not firing: ranker: 1 is within 10."
    assert it.actions == []


async def test_a_value_between_recovery_and_limit_is_called_near() -> None:
    world = await started()
    world.value(scorer=7)
    await world.tick(5)
    it = explained(world)
    assert it.headline == "Not firing: scorer: 7 does not cross 10, though it is near."
    assert only(it).verdict is Verdict.DEADBAND


async def test_a_workload_without_data_says_so_and_where_to_look() -> None:
    world = await started()
    world.source.answers["q"] = Samples(())
    await world.tick(5)
    it = explained(world)
    assert it.headline.startswith("Not firing, and no data: scorer: the query returned nothing")
    assert it.next == "Asked again at 12:00:15Z; nothing fires without a value."
    assert it.actions[1].endswith("kubectl get pods -n fraud")
    assert (only(it).state, only(it).verdict) == (State.INACTIVE, Verdict.UNKNOWN)


async def test_the_last_20_looks_are_told_with_their_times_the_latest_first() -> None:
    world = await started()
    world.value(scorer=12)
    await world.tick(5)
    world.source.answers["q"] = Samples(())
    await world.tick(5)
    trail = only(explained(world)).trail
    assert [(f"{look.at:%M:%S}", look.verdict, look.value) for look in trail] == [
        ("00:15", "Unknown", None),
        ("00:10", "Met", "12"),
        ("00:05", "NotMet", "3"),
    ]
    await world.tick(200)
    assert len(only(explained(world)).trail) == 20


async def test_a_suspended_rule_says_how_to_resume_it() -> None:
    it = explained(await started(), "latency")
    assert it.suppressions == []
    world = await started()
    world.apply(rule(suspend=True))
    await world.tick(5)
    it = explained(world)
    assert it.headline == "Suspended: nothing is evaluated."
    assert it.actions == [
        'kubectl patch mlar latency -n fraud --type merge -p \'{"spec":{"suspend":false}}\''
    ]
    assert (it.next_evaluation, it.suppressions[0].reason) == (None, "Suspended")


async def test_a_rule_that_cannot_be_read_says_what_is_wrong_with_it() -> None:
    it = explained(await incident(), "broken")
    assert it.headline.startswith('It cannot be evaluated: spec.severity: "x" is not allowed')
    assert it.problems[0] in it.headline
    assert (it.state, it.severity, it.next_evaluation) == ("Invalid", None, None)


async def test_an_edit_that_cannot_be_read_keeps_alerts_and_says_what_is_wrong() -> None:
    world = await started(firing=True)
    world.apply(rule(severity="x"))
    await world.tick(1)
    it = explained(world)
    assert it.headline.startswith("It cannot be evaluated: spec.severity")
    assert only(it).state is State.FIRING
    assert only(it).next == "Nothing, as the rule is not evaluated now."


async def test_a_rule_that_the_source_refuses_says_what_the_source_said() -> None:
    world = await started()
    world.source.answers["q"] = Failure(FailureKind.QUERY_REJECTED, "parse error at 7")
    await world.tick(5)
    it = explained(world)
    assert it.headline == "It cannot be evaluated: parse error at 7."
    assert it.source is not None
    assert (it.source.answers, it.source.reason) == (True, "QueryRejected")


async def test_a_rule_that_was_not_looked_at_yet_says_when_it_will_be() -> None:
    world = World()
    world.deploy()
    world.apply()
    world.list_all()
    it = explained(world)
    assert (it.headline, it.next) == ("Not evaluated yet.", "First evaluated at 12:00:05Z.")
    assert it.last_evaluation is None


async def test_after_a_restart_an_alert_says_that_it_was_not_looked_at_yet() -> None:
    world = await started(firing=True)
    world.restart()
    it = explained(world)
    assert it.headline.startswith("Firing since 12:00:15Z (5 seconds)")
    assert only(it).reason == "it was not looked at since the operator started"
    assert (it.last_evaluation, it.series) == (None, None)


async def test_a_shadow_rule_says_that_nobody_is_told_and_how_often_somebody_would_have_been() -> (
    None
):
    it = explained(await started(firing=True, mode="Shadow"))
    assert [(one.reason, one.message) for one in it.suppressions] == [
        ("Shadow", "spec.mode is Shadow; it would have told somebody 1 time")
    ]


async def test_the_query_for_samples_is_told_with_what_it_gave() -> None:
    metric = {"prometheus": {"query": "count"}}
    world = World()
    world.deploy()
    world.apply(rule(minSamples={"metric": metric, "atLeast": 100}))
    world.list_all()
    world.value(scorer=12)
    world.value("count", scorer=40)
    await world.tick(5)
    it = explained(world)
    assert [(one.use, one.query) for one in it.asks] == [("Value", "q"), ("MinSamples", "count")]
    assert (only(it).samples, only(it).verdict) == ("40", "Unknown")
    assert "too few samples" in it.headline
    assert "needs 100 samples" in str(it.criterion)


async def test_too_few_labels_are_told_with_the_share_there_is_and_status_keeps_it_out() -> None:
    metric = {"prometheus": {"query": "share"}}
    world = World()
    world.deploy()
    coverage = {"metric": metric, "atLeast": "80%"}
    world.apply(rule(labelDelay="2h", labelCoverage=coverage))
    world.list_all()
    world.value(scorer=12)
    world.value("share", scorer=0.31)
    await world.tick(5)
    it = explained(world)
    assert [(one.use, one.query, one.ago) for one in it.asks] == [
        ("Value", "q", "2h"),
        ("LabelCoverage", "share", "2h"),
    ]
    assert (only(it).labelled, only(it).verdict) == ("31%", "Unknown")
    assert only(it).reason == "labels have come for 31% of the predictions, 80% are needed"
    assert "as of 2h ago; needs labels of 80%" in str(it.criterion)
    message = world.status()["message"]
    assert "too few labels have come: labelCoverage asks for 80%" in message
    writes = len(world.api.writes)
    world.value("share", scorer=0.32)
    await world.tick(5)
    assert len(world.api.writes) == writes  # the cause is the same: nothing is written


async def test_a_workload_that_is_asked_for_is_the_only_one_shown() -> None:
    world = await incident()
    for asked in ("ranker", "Deployment/ranker", "deploy/ranker"):
        it = explained(world, workload=asked)
        assert it.headline == "Not firing: ranker: 50ms is within 200ms."
        assert [str(subject.workload.name) for subject in it.subjects if subject.workload] == [
            "ranker"
        ]


@pytest.mark.parametrize(
    ("workloads", "labels", "said", "todo"),
    [
        (None, {}, "it has no label tocsin.dev/model", "kubectl label deployment web -n fraud"),
        ({"kinds": ["StatefulSet"]}, {}, "it is a Deployment, and the rule is for Statef", "Give"),
        (
            {"selector": {"matchLabels": {"tier": "gold"}}},
            {"tier": "tin"},
            "its label tier is 'tin', and the rule wants gold",
            "Give the workload the labels, or change spec.workloads of the rule.",
        ),
        (
            {"selector": {"matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}},
            {"tier": "tin"},
            "its label tier is 'tin', and the rule wants workloads without it",
            "Give",
        ),
    ],
)
async def test_a_workload_that_the_rule_does_not_select_says_why(
    workloads: dict[str, Any] | None, labels: dict[str, str], said: str, todo: str
) -> None:
    world = World()
    spec = rule(workloads=workloads)
    if workloads is None:
        del spec["spec"]["workloads"]
    world.apply(spec)
    world.list_all()
    body = {"metadata": {"name": "web", "namespace": NAMESPACE, "uid": "u", "labels": labels}}
    world.engine.saw("Deployment", body | {"spec": {"replicas": 1}})
    await world.tick(5)
    it = explained(world, workload="web")
    assert it.headline.startswith(f"Not looked at: Deployment web is not selected, as {said}")
    assert it.actions[0].startswith(todo)
    assert it.subjects == []


async def test_what_is_part_of_a_selected_workload_says_which_and_gives_commands_that_work() -> (
    None
):
    world = World()
    world.engine.watch_also({"InferenceService"})
    of_both = {"kinds": ["Deployment", "InferenceService"]}
    world.apply(rule(workloads=of_both, criterion=asking("latency", above=0), **{"for": "0s"}))
    world.list_all()
    world.engine.listed("InferenceService", None, set())
    names = {"namespace": NAMESPACE, "uid": "u", "labels": {"tocsin.dev/model": "m"}}
    stopped = {"metadata": {**names, "name": "scorer"}, "spec": {"predictor": {"minReplicas": 0}}}
    world.engine.saw("InferenceService", stopped)
    reference = {"kind": "InferenceService", "name": "scorer", "controller": True}
    owned = {**names, "name": "scorer-predictor", "ownerReferences": [reference]}
    world.engine.saw("Deployment", {"metadata": owned, "spec": {"replicas": 1}})
    await world.tick(5)
    part = explained(world, workload="scorer-predictor")
    whole = "InferenceService scorer"
    said = f"Not looked at by itself: Deployment scorer-predictor is part of {whole}."
    assert part.headline == said
    assert part.next == "Ask for InferenceService/scorer: the rule looks at that."
    world.engine.saw("InferenceService", stopped | {"spec": {"predictor": {"minReplicas": 1}}})
    world.source.answers["latency"] = Samples(
        (Sample({"namespace": NAMESPACE, "inferenceservice": "scorer"}, 0.9),)
    )
    await world.tick(5)
    [command] = explained(world).actions
    assert command == "kubectl describe inferenceservice scorer -n fraud"
    world.engine.saw("InferenceService", stopped)
    await world.tick(5)
    rests = explained(world, workload="InferenceService/scorer")
    assert rests.headline == f"Not looked at: {whole} is scaled to zero."
    assert rests.actions == [], "kubectl cannot scale it"


async def test_a_workload_that_rests_or_is_gone_says_so() -> None:
    world = await incident()
    it = explained(world, workload="resting")
    assert it.headline == "Not looked at: Deployment resting is scaled to zero."
    world.undeploy("scorer")
    await world.tick(5)
    it = explained(world, workload="scorer")
    assert it.headline == "Not looked at: scorer is not there any more."
    assert [one.reason for one in it.history] == ["WorkloadDeleted"]


async def test_a_workload_that_no_series_speaks_of_says_why_it_is_not_waited_for() -> None:
    world = World()
    world.deploy()
    spec = rule()
    del spec["spec"]["workloads"]
    world.apply(spec)
    world.list_all()
    world.source.answers["q"] = Samples((Sample({"gpu": "7"}, 3),))
    await world.tick(5)
    it = explained(world, workload="scorer")
    assert it.headline.startswith("Not looked at: the last answer has no series of Deployment sc")


async def test_what_is_not_there_is_answered_with_what_is_spelled_like_it() -> None:
    world = await incident()
    world.apply({"metadata": {"name": "latency", "namespace": "credit"}, "spec": rule()["spec"]})
    ask = explainer(world).rule
    missing = ask("fraud/latncy")
    assert isinstance(missing, Missing)
    assert missing.error == "there is no rule fraud/latncy"
    assert [(near.name, near.link) for near in missing.nearest[:1]] == [
        ("fraud/latency", "explain?rule=fraud/latency")
    ]
    several = ask("latency")
    assert isinstance(several, Missing)
    assert several.error == "there are several rules latency: name the namespace, too"
    assert {near.name for near in several.nearest} >= {"fraud/latency", "credit/latency"}
    assert isinstance(ask("memory"), Explanation)
    lost = ask("fraud/latency", "scorr")
    assert isinstance(lost, Missing)
    assert lost.nearest[0].link == "explain?rule=fraud/latency&workload=Deployment/scorer"
    nothing = ask("fraud/" + "?" * 300)
    assert isinstance(nothing, Missing)
    assert nothing.nearest == []


async def test_series_that_belong_to_nobody_say_why() -> None:
    world = await incident()
    answer = world.source.answers["latency"]
    assert isinstance(answer, Samples)
    foreign = Sample({"namespace": "credit", "pod": "x"}, 1.0)
    world.source.answers["latency"] = Samples((*answer.samples, foreign))
    await world.tick(5)
    series = explained(world).series
    assert series is not None
    assert (series.total, series.attributed, series.unattributed, series.elsewhere) == (6, 3, 2, 1)
    assert [one.reason for one in series.examples] == [
        "pod scorer-5d9f-gone is not there (any more)",
        'model "fraud-v18" is claimed by Deployment scorer and Deployment shadow',
    ], "whose labels another namespace's series have is none of this one's business"


async def test_many_series_and_workloads_are_told_a_page_at_a_time() -> None:
    world = World()
    names = [f"model-{number:03}" for number in range(50)]
    for name in names:
        world.deploy(name, name)
    world.apply()
    world.list_all()
    left = tuple(Sample({"pod": f"p{number}", "namespace": NAMESPACE}, 1) for number in range(90))
    placed = (of(name, 12 if name == "model-033" else 3) for name in names)
    world.source.answers["q"] = Samples((*placed, *left))
    await world.tick(20)
    it = explained(world)
    assert (len(it.subjects), it.paging.pages, it.paging.total) == (20, 3, 50)
    assert it.subjects[0].title == "model-033"
    assert it.series is not None
    assert (len(it.series.examples), it.series.unattributed) == (20, 90)
    last = explainer(world).rule("fraud/latency", page=99)
    assert isinstance(last, Explanation)
    assert (last.paging.page, len(last.subjects)) == (3, 10)
    assert last.headline == it.headline


async def test_what_others_wrote_neither_hides_text_nor_floods_the_page() -> None:
    world = World()
    world.deploy()
    world.apply(rule_named("latency", criterion=asking("q")))
    world.list_all()
    odd = {"long": "y" * 70_000, "turn": "\u202eevil\x1b[2J", "line": "a\nb"}
    many = {f"label{number}": "z" for number in range(200)}
    world.source.answers["q"] = Samples((of("scorer", 12, **odd, **many),))
    await world.tick(5)
    labels = only(explained(world)).series[0].labels
    assert len(labels) == 40
    text = explained(world).model_dump_json()
    assert len(text) < 20_000
    assert "\\u202e" not in text
    assert "\u202e" not in text
    assert "\\u001b" not in text


async def test_what_surrounds_an_alert_is_told_with_its_pods_and_what_changed() -> None:
    it = explained(await incident())
    assert it.around.startswith("v18 rolled out 6m before the onset: image ml/scorer:v17 → ml/sco")
    around = it.subjects[0].around
    assert around is not None
    assert around.sentence == it.around
    assert around.rollout is not None
    assert (around.rollout.before, around.rollout.to) == ("v17", "v18")
    assert around.rollout.changes == ["image ml/scorer:v17 → ml/scorer:v18"]
    assert [(one.name, one.ready, one.restarts) for one in around.pods] == [
        ("scorer-v18-a", False, 3),
        ("scorer-v18-b", True, 0),
    ]
    quiet = explained(await incident(), "memory")
    assert quiet.around == ""
    assert quiet.subjects[0].around is not None


async def test_outside_of_its_schedule_a_rule_says_when_that_opens_and_asks_for_nothing() -> None:
    night = {"timeZone": "UTC", "windows": [{"start": "01:00", "end": "05:00"}]}
    it = explained(await started(schedule=night))
    tomorrow = f"{it.at.date() + timedelta(days=1)} 01:00Z"
    assert it.schedule == f"01:00-05:00 (UTC): closed until {tomorrow}"
    assert it.headline.startswith("Not firing: scorer: outside of its schedule")
    assert it.next == f"Its schedule opens at {tomorrow}; nothing fires before."
    assert it.actions == []
    assert explained(await started()).schedule is None


async def test_while_it_is_evaluated_that_is_what_comes_next() -> None:
    world = await started()
    world.clock.step(5)
    world.engine.start_due()  # taken, and not yet due again
    it = explained(world)
    assert it.next_evaluation is None
    assert only(it).next == it.next == "An evaluation is under way since 12:00:10Z."
    world.apply(rule(severity="x"))
    assert only(explained(world)).next == "Nothing, as the rule is not evaluated now."
    await world.engine.settle()


async def test_a_first_evaluation_that_takes_long_says_since_when() -> None:
    world = World()
    world.deploy()
    world.apply(rule())
    world.list_all()
    world.source.hangs = True
    await world.tick(7)
    it = explained(world)
    assert it.headline == "Not evaluated yet."
    assert it.next == "An evaluation is under way since 12:00:05Z."
    world.source.hangs = False
    world.source.released.set()
    await world.tick(1)
    assert explained(world).headline != "Not evaluated yet."
