"""What a person can do next: the rule's own words first, else where to look."""

from collections.abc import Iterator

from tocsin.core.alerts import Alert
from tocsin.core.inventory import ObjectRef
from tocsin.core.serving import ALWAYS, BY_KIND
from tocsin.core.verdicts import Verdict
from tocsin.engine.explaining.looks import Seen
from tocsin.engine.explaining.view import View
from tocsin.engine.wording import Wording


def steps(view: View, seen: Seen, alert: Alert | None, wording: Wording) -> list[str]:
    """What to do about what was seen; nothing where all is well."""
    if view.opens_at:
        return []
    match seen.outcome.verdict:
        case Verdict.FAILED:
            return [_look_at_source(view)]
        case Verdict.UNKNOWN:  # of one with too little data there is nothing to look for
            return list(_no_data(view, seen)) if seen.look.no_data else []
    if alert is None:
        return []
    own = [action for action in wording.actions if action.strip()]
    return own or list(_look_at(view, alert.identity.workload))


def _look_at(view: View, ref: ObjectRef | None) -> Iterator[str]:
    if ref is None:
        yield f"Ask the query in the source {view.rule.metric.source}, and look at this series."
        return
    kind, where = ref.kind.lower(), f"-n {ref.namespace}"
    yield f"kubectl describe {kind} {ref.name} {where}"
    if BY_KIND[ref.kind] in ALWAYS:  # of others kubectl knows neither logs nor history
        yield f"kubectl logs {kind}/{ref.name} {where} --since=15m"
        yield f"kubectl rollout history {kind}/{ref.name} {where}"


def _no_data(view: View, seen: Seen) -> Iterator[str]:
    source = view.rule.metric.source
    yield (
        f"Ask the query in the source {source}: does it return anything, with the labels "
        "namespace and pod, or namespace and deployment, or model?"
    )
    if ref := seen.identity.workload:
        yield f"See whether its pods run and are scraped: kubectl get pods -n {ref.namespace}"


def _look_at_source(view: View) -> str:
    source = view.rule.metric.source
    return f"See whether the source {source} can be reached, and whether it takes the query."
