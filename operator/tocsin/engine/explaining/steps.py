"""What a person can do next: the rule's own words first, else where to look."""

from collections.abc import Iterator
from datetime import timedelta

from tocsin.core.alerts import Alert
from tocsin.core.criteria.anomaly import Anomaly, Method
from tocsin.core.inventory import ObjectRef
from tocsin.core.looks import Look
from tocsin.core.queries.pods import PodsQuery
from tocsin.core.serving import ALWAYS, BY_KIND
from tocsin.core.verdicts import Verdict
from tocsin.engine.explaining.looks import Seen
from tocsin.engine.explaining.nobodys import step_for_nobodys
from tocsin.engine.explaining.shown import clock
from tocsin.engine.explaining.view import View
from tocsin.engine.wording import Wording


def steps(view: View, seen: Seen, alert: Alert | None, wording: Wording) -> list[str]:
    """What to do about what was seen; nothing where all is well."""
    if view.opens_at:
        return []
    match seen.outcome.verdict:
        case Verdict.FAILED:
            return [_look_at_source(view)]
        case Verdict.UNKNOWN if seen.look.no_data:
            return list(_no_data(view, seen))
        case Verdict.UNKNOWN:  # of one with too little data there is nothing to look for
            return list(_warm_up(view, seen.look))
    if alert is None:
        return []
    lost = step_for_nobodys(view, seen)
    own = [action for action in wording.actions if action.strip()]
    return [*([lost] if lost else ()), *(own or _look_at(view, alert.identity.workload))]


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
    if lost := step_for_nobodys(view, seen):
        yield lost
        return
    ref, source, query = seen.identity.workload, view.rule.metric.source, view.rule.metric.query
    if isinstance(query, PodsQuery) and ref:
        yield from _on_pages(query, ref)
        return
    yield (
        f"Ask the query in the source {source}: does it return anything, with the labels "
        "namespace and pod, or namespace and deployment, or model?"
    )
    if ref:
        yield f"See whether its pods run and are scraped: kubectl get pods -n {ref.namespace}"


def _on_pages(query: PodsQuery, ref: ObjectRef) -> Iterator[str]:
    """How to see what pods expose; of kinds that kubectl cannot forward to, one takes a pod."""
    where = f"-n {ref.namespace}"
    to = f"{ref.kind.lower()}/{ref.name}" if BY_KIND[ref.kind] in ALWAYS else "POD"
    yield f"See whether its pods run: kubectl get pods {where}"
    yield (
        f"See what they expose: kubectl port-forward {to} 9999:{query.port} {where}, then open "
        f"http://localhost:9999{query.path}"
    )


def _warm_up(view: View, look: Look) -> Iterator[str]:
    """Until when the past of a series, or of those of parts, is not known well enough."""
    after, seasonal = timedelta(), False
    for one in (look, *(part.look for part in look.parts)):
        if one.warming and isinstance(one.criterion, Anomaly):
            after = max(after, one.criterion.warm_after(one.warming, view.rule.interval))
            seasonal |= one.criterion.method is Method.SEASONAL
    looked = view.record.looked
    if looked is None or not after:
        return
    at = view.due_after(looked.at + after) or looked.at + after
    yield f"Wait until {clock(at, view.now)}: enough of its past is there then at the earliest."
    if not seasonal:
        yield "Or shorten baseline.window: half of it has to be there, of a long one a day."


def _look_at_source(view: View) -> str:
    source = view.rule.metric.source
    return f"See whether the source {source} can be reached, and whether it takes the query."
