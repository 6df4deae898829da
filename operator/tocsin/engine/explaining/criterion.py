"""A rule's criterion and what it takes to fire, in words."""

from tocsin.core.amounts import Unit, format_amount
from tocsin.core.criteria.criterion import Criterion
from tocsin.core.durations import format_duration
from tocsin.core.rules import MissingData, Rule


def criterion_in_words(rule: Rule, criterion: Criterion) -> str:
    """When `rule` fires and recovers with `criterion`: its own, or with a workload's parameters."""
    unit = rule.unit
    parts = [f"fires {criterion.described(unit)}{_lasting(rule)}"]
    kept = f", kept firing for {format_duration(rule.keep_firing_for)}"
    parts.append(f"recovers at {criterion.recovery(unit)}{kept if rule.keep_firing_for else ''}")
    if rule.min_samples:
        least = format_amount(rule.min_samples.at_least, rule.min_samples.metric.unit)
        parts.append(f"needs {least} samples")
    if rule.label_delay:
        parts.append(f"as of {format_duration(rule.label_delay)} ago")
    if covered := rule.label_coverage:
        parts.append(f"needs labels of {format_amount(covered.at_least, Unit.RATIO)}")
    if rule.missing_data is not MissingData.UNKNOWN:
        counts = "met" if rule.missing_data is MissingData.MET else "not met"
        parts.append(f"no data counts as {counts}")
    return "; ".join(parts)


def _lasting(rule: Rule) -> str:
    if rule.datapoints:
        return f" in {rule.datapoints} values"
    return f", for {format_duration(rule.for_)}" if rule.for_ else ""
