"""The demonstration: a bad rollout makes a model slow, somebody is paged, takes it on, silences and
rolls back, while the operator is killed; then the source, the operator and the model break.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from e2e.breakages import delete_model, kill_operator, kill_prometheus, show
from e2e.cluster import ClusterError
from e2e.drifting import drift_among_three
from e2e.oncall import MANIFEST, is_told, is_told_of_the_end, loses_the_leader
from e2e.reaching import through_api_server
from e2e.stage import BAD_ROLLOUT, SYSTEM, Stage, make_namespace, set_up
from e2e.told import Told
from e2e.tools import CommandError, Tools, wait_for
from e2e.world import LATENCY, Json, World

NAMESPACE = "fraud"
RULE = "high-latency"
_STARTED = time.monotonic()

_NEXT = """
Everything is still running. What to try next:

  export KUBECONFIG={kubeconfig}
  export PATH={bin}:$PATH

  kubectl get mlar -A -o wide                                  # every rule, with its message
  kubectl get mlinc,nroute,asil -A                             # incidents, routes, silences
  kubectl port-forward -n receivers service/receivers 8081:80  # what people were told, as a page:
                                                               # http://localhost:8081
  kubectl describe mlar high-latency -n {namespace}              # conditions, history, Events
  .venv/bin/tocsin explain {namespace}/high-latency              # why it fires, or does not
  kubectl explain mlar.spec.criterion.threshold                # what a rule can say
  kubectl patch deployment scorer -n {namespace} --patch-file {patch}
                                                               # make it slow again
  kubectl get mlar -n ranking -o wide                          # the ten rules of the chart
  kubectl logs -n {system} -l app.kubernetes.io/name=tocsin # what the operator did, as JSON

`make down` ends it all."""


def main() -> int:
    """Tell the story on the terminal; 0 if it went as it should."""
    try:
        _say("A Kubernetes cluster with Prometheus and the operator. The first time takes minutes.")
        stage = set_up()
        _story(stage)
    except (ClusterError, CommandError, AssertionError) as error:
        print(f"\nThe demonstration stopped: {error}", file=sys.stderr)
        return 1
    cluster = stage.tools.cluster
    print(_NEXT.format(kubeconfig=cluster.kubeconfig, bin=cluster.bin, namespace=NAMESPACE,
                       system=SYSTEM, patch=BAD_ROLLOUT))  # fmt: skip
    return 0


def _story(stage: Stage) -> None:
    tools = stage.tools
    world = World(tools, NAMESPACE)
    _say(f"A model, scorer v17, with traffic, in namespace {NAMESPACE}.")
    make_namespace(tools, NAMESPACE)
    world.run_model()
    _say("A rule: P99 latency above 200ms for 2s is an alert of severity high.")
    tools.apply(NAMESPACE, LATENCY)
    _say("A route: alerts of severity high go to a pager and a chat, played in the cluster.")
    told = Told(through_api_server(tools))
    told.forget()
    tools.kubectl("delete", "mlinc,asil", "--all", "-n", NAMESPACE)  # of a former demonstration
    tools.apply(NAMESPACE, MANIFEST)
    world.wait_for_state("Inactive", seconds=120)
    since = datetime.now(UTC).isoformat(timespec="microseconds")
    with _watching(tools):
        _say("v18 is rolled out. Each of its predictions takes 400 ms longer.")
        world.roll_out_slow_version()
        world.wait_for_state("Firing", seconds=120)
        _say("The alert fires. On the Deployment, where its owner looks:")
        _show_event(world, "AlertFiring", since)
        is_told(world, told, _say)
        loses_the_leader(world, _say)
        _say("Rolled back to v17, as the rule's action suggests.")
        world.roll_back()
        world.wait_for_state("Inactive", seconds=120)
    _say("Resolved, because a good value was observed:")
    _show_event(world, "AlertResolved", since)
    is_told_of_the_end(world, told, _say)
    _break_things(world)
    drift_among_three(tools, _say)


def _break_things(world: World) -> None:
    """While it fires again, the source, the operator and the model go."""
    _say("v18 once more; and now things break while the alert fires.")
    world.roll_out_slow_version()
    world.wait_for_state("Firing", seconds=120)
    show(world, _say, "Why does it fire?")
    kill_prometheus(world, _say)
    kill_operator(world, _say)
    delete_model(world, _say)
    _say("The model is deployed again, as v17.")
    world.run_model()
    world.wait_for_state("Inactive", seconds=120)


def _say(sentence: str) -> None:
    print(f"\n[{time.monotonic() - _STARTED:5.0f} s] {sentence}", flush=True)


def _show_event(world: World, reason: str, since: str) -> None:
    """The Event on the model that tells of this run's alert."""

    def told() -> Json | None:
        events = world.events(reason, "Deployment")
        of_rule = [e for e in events if e["related"]["name"] == RULE and _last_said(e) >= since]
        return max(of_rule, key=_last_said, default=None)

    event = wait_for(f"{reason} is told", told)
    at = _last_said(event)[11:19]
    print(f"          {at}  {event['type']:8} {event['reason']:14} {event['note']}")


def _last_said(event: Json) -> str:
    """When an Event was said last: the same words again only count it up."""
    series: Json = event.get("series") or {}
    return str(series.get("lastObservedTime") or event["eventTime"])


@contextmanager
def _watching(tools: Tools) -> Iterator[None]:
    """While this lasts, show what `kubectl get mlar --watch` shows."""
    cluster = tools.cluster
    print("\n          $ kubectl get mlar high-latency --watch")
    command = [str(cluster.bin / "kubectl"), "get", "mlar", RULE, "-n", NAMESPACE, "--watch"]
    env = cluster.environment()
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as watch:  # noqa: S603  # ours
        shown = threading.Thread(target=_relay, args=(watch,), daemon=True)
        shown.start()
        try:
            yield
        finally:
            watch.terminate()
            shown.join(10)


def _relay(watch: "subprocess.Popen[str]") -> None:
    for line in watch.stdout or ():
        print(f"[{time.monotonic() - _STARTED:5.0f} s]   {line.rstrip()}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
