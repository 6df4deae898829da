"""The context as a whole: what is in it, in which order, and how much."""

from dataclasses import replace

from tests.core.context.making import ONSET, container, minutes, oom_killed, pod, revision
from tocsin.core.context.context import SENTENCE_LIMIT, surround
from tocsin.core.context.rollouts import Replicas
from tocsin.core.context.templates import ContainerTemplate, Template

REPLICAS = Replicas(wanted=3, total=3, ready=2, updated=3)
REVISIONS = [revision(1, "v17", -600), revision(2, "v18", -6)]


def test_the_current_revision_says_version_and_image() -> None:
    pods = [pod("old", "r-v17"), pod("b", started=-4), pod("a", started=-5)]
    found = surround(REPLICAS, REVISIONS, pods, ONSET)
    assert (found.version, found.revision, found.image) == ("v18", 2, "ml/scorer:v18")
    assert found.started_at == minutes(-5)
    assert [one.name for one in found.pods] == ["a", "b", "old"]


def test_rollout_readiness_and_trouble_are_one_sentence() -> None:
    killed = container(restarts=3, termination=oom_killed())
    found = surround(REPLICAS, REVISIONS, [pod("a", "r-v18", killed)], ONSET)
    assert found.sentence == (
        "v18 rolled out 6m before the onset: image ml/scorer:v17 → ml/scorer:v18; 2 of 3 ready; "
        "a: 3 restarts, last OOMKilled (limit 64Mi) 1m before the onset"
    )


def test_ten_pods_are_shown_those_in_trouble_first() -> None:
    bad = pod("z", "r-v18", container(waiting="CrashLoopBackOff"))
    found = surround(REPLICAS, REVISIONS, [*(pod(f"p{n:02}") for n in range(30)), bad], ONSET)
    assert [one.name for one in found.pods] == ["z", *(f"p{n:02}" for n in range(9))]
    assert found.pod_count == 31


def test_what_is_not_known_is_left_out() -> None:
    found = surround(None, [], [], ONSET)
    assert (found.sentence, found.rollout, found.revision, found.pods) == ("", None, None, ())


def test_many_changes_give_way_to_a_pod_in_trouble() -> None:
    changed = replace(
        REVISIONS[1],
        template=Template((ContainerTemplate("server", "ml/scorer:v18",
                                             env=tuple((f"VARIABLE_{n}", "m") for n in range(3)),
                                             env_from=("Secret database", "ConfigMap settings")),),
                          main="server"),
    )  # fmt: skip
    killed = container(waiting="CrashLoopBackOff", restarts=3, termination=oom_killed())
    found = surround(REPLICAS, [REVISIONS[0], changed], [pod("a", "r-v18", killed)], ONSET)
    assert ", and 2 more; 2 of 3 ready; a: CrashLoopBackOff" in found.sentence
    assert found.sentence.endswith("1m before the onset")


def test_the_sentence_has_an_end() -> None:
    long = pod("x" * 250, "r-v18", container(waiting="W" * 300, message="m" * 300))
    found = surround(REPLICAS, REVISIONS, [long], ONSET)
    assert len(found.sentence) == SENTENCE_LIMIT
    assert found.sentence.endswith("…")
