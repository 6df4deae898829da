"""What a rule shows as a whole: one state, and a sentence where no alert speaks for it."""

from collections.abc import Iterable
from enum import StrEnum

from tocsin.core.alerts import Alert
from tocsin.core.criteria.threshold import Threshold
from tocsin.core.ends import closed_until
from tocsin.core.evaluate import Evaluation
from tocsin.core.looks import nothing_returned
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
    RECOVERING = "Recovering"
    PENDING = "Pending"
    FAILED = "Failed"
    UNKNOWN = "Unknown"
    INACTIVE = "Inactive"


def worst_of(alerts: Iterable[Alert]) -> RuleState | None:
    """The most urgent state of `alerts`, if there are any."""
    states = {alert.state for alert in alerts}
    order = (State.FIRING, State.RECOVERING, State.PENDING)
    return next((RuleState(state) for state in order if state in states), None)


def rule_state(evaluation: Evaluation) -> RuleState:
    """Firing before Recovering before Pending before Failed before Unknown before Inactive."""
    if worst := worst_of(evaluation.alerts.values()):
        return worst
    if evaluation.opens_at:
        return RuleState.INACTIVE
    verdicts = {look.verdict for look in evaluation.looks.values()}
    if evaluation.failure or Verdict.FAILED in verdicts:
        return RuleState.FAILED
    silence_is_good = evaluation.at_rest or evaluation.rule.by_series
    if Verdict.UNKNOWN in verdicts or not (verdicts or silence_is_good):
        return RuleState.UNKNOWN
    return RuleState.INACTIVE


def quiet_message(rule: Rule, evaluation: Evaluation) -> str:
    """Why nothing is pending or firing; without values, so that it changes only with its cause."""
    if evaluation.opens_at:
        return closed_until(evaluation.opens_at)
    if evaluation.failure:
        return evaluation.failure.message
    looks = evaluation.looks
    if not looks:
        return _nothing_to_look_at(rule, evaluation)
    silent = {
        i: look for i, look in looks.items() if look.verdict is Verdict.UNKNOWN or look.no_data
    }
    if silent:
        names = sorted(str(identity) for identity in silent)
        reasons = sorted({look.said for look in silent.values()})
        what = "no data" if any(look.no_data for look in silent.values()) else "no verdict"
        more = f" and {len(names) - _NAMED_AT_MOST} more" if len(names) > _NAMED_AT_MOST else ""
        return f"{what} for {', '.join(names[:_NAMED_AT_MOST])}{more}: {'; '.join(reasons)}"
    well = "not met"
    if isinstance(rule.criterion, Threshold):
        well = "not surely beyond the limit" if rule.criterion.confidence else "within the limit"
    return f"{well} (fires {rule.criterion.described(rule.unit)})"


def _nothing_to_look_at(rule: Rule, evaluation: Evaluation) -> str:
    attribution = evaluation.attribution
    if evaluation.at_rest:
        return "nothing to look at: every workload of this rule is scaled to zero"
    if rule.workloads is not None and not evaluation.workload_count:
        return NO_WORKLOAD
    if attribution and attribution.unattributed:
        return "no series belongs to a workload of this rule"
    if rule.by_series:
        return "not met: the query returns nothing"
    return nothing_returned(evaluation.remarks)
