"""What a rule shows as a whole: one state, and a sentence where no alert speaks for it."""

from enum import StrEnum

from tocsin.core.evaluate import NOTHING_RETURNED, Evaluation
from tocsin.core.rules import Rule
from tocsin.core.states import State
from tocsin.core.verdicts import Verdict

_NAMED_AT_MOST = 3

NO_WORKLOAD = (
    "no workload of this namespace is selected: set spec.workloads.selector to labels that it has, "
    "or label it with tocsin.dev/model"
)


class RuleState(StrEnum):
    """The worst of a rule's alerts, or what keeps it from having any."""

    SUSPENDED = "Suspended"
    INVALID = "Invalid"
    FIRING = "Firing"
    PENDING = "Pending"
    FAILED = "Failed"
    UNKNOWN = "Unknown"
    INACTIVE = "Inactive"


def rule_state(evaluation: Evaluation) -> RuleState:
    """Firing before Pending before Failed before Unknown before Inactive."""
    states = {alert.state for alert in evaluation.alerts.values()}
    verdicts = {outcome.verdict for outcome in evaluation.outcomes.values()}
    if State.FIRING in states:
        return RuleState.FIRING
    if State.PENDING in states:
        return RuleState.PENDING
    if evaluation.failure or Verdict.FAILED in verdicts:
        return RuleState.FAILED
    if Verdict.UNKNOWN in verdicts or not (verdicts or evaluation.at_rest):
        return RuleState.UNKNOWN
    return RuleState.INACTIVE


def quiet_message(rule: Rule, evaluation: Evaluation) -> str:
    """Why nothing is pending or firing; without values, so that it changes only with its cause."""
    if evaluation.failure:
        return evaluation.failure.message
    outcomes = evaluation.outcomes
    if not outcomes:
        return _nothing_to_look_at(rule, evaluation)
    unknown = {i: o for i, o in outcomes.items() if o.verdict is Verdict.UNKNOWN}
    if unknown:
        names = sorted(str(identity) for identity in unknown)
        reasons = sorted({outcome.reason for outcome in unknown.values()})
        more = f" and {len(names) - _NAMED_AT_MOST} more" if len(names) > _NAMED_AT_MOST else ""
        return f"no data for {', '.join(names[:_NAMED_AT_MOST])}{more}: {'; '.join(reasons)}"
    return f"within the limit (fires {rule.criterion.described(rule.metric.unit)})"


def _nothing_to_look_at(rule: Rule, evaluation: Evaluation) -> str:
    attribution = evaluation.attribution
    if evaluation.at_rest:
        return "nothing to look at: every workload of this rule is scaled to zero"
    if rule.workloads is not None and not evaluation.workload_count:
        return NO_WORKLOAD
    if attribution and attribution.unattributed:
        return "no series belongs to a workload of this rule"
    return NOTHING_RETURNED
