"""MLAlertRule: what a user writes."""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import ConfigDict, Field, StrictBool

from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.cel import rule, rules
from tocsin.api.v1alpha1.criteria.composite import CompositeSpec
from tocsin.api.v1alpha1.criteria.promql import PromQLSpec
from tocsin.api.v1alpha1.criteria.single import SPECS, SingleCriterion
from tocsin.api.v1alpha1.criteria.spec import known_parameter
from tocsin.api.v1alpha1.forms import (
    LABEL_NAME,
    LINK_NAME,
    PARAMETER_NAME,
    LabelName,
    Link,
    LongText,
    ShortText,
)
from tocsin.api.v1alpha1.markers import Names, Unique
from tocsin.api.v1alpha1.schedules import ScheduleSpec
from tocsin.api.v1alpha1.timing import DatapointsSpec, LabelCoverageSpec, MinSamplesSpec
from tocsin.api.v1alpha1.types import AmountField, Within
from tocsin.api.v1alpha1.workloads import Workloads
from tocsin.core.reduction import Reduce
from tocsin.core.rules import MissingData, Mode, Severity

MAX_NAME_LENGTH: Final = 40
FOR_OR_DATAPOINTS: Final = "for and datapoints are two ways to wait: keep one of them"

Interval = Annotated[timedelta, Within(timedelta(seconds=1), timedelta(hours=24))]
For = Annotated[timedelta, Within(timedelta(), timedelta(hours=8760))]


class Criterion(SingleCriterion):
    """What is tested: exactly one criterion."""

    promql: PromQLSpec | None = None
    """Every series that a query with a comparison returns, as in a Prometheus rule. Example:
    `{query: ml_drift_score > 0.2}`."""

    composite: CompositeSpec | None = None
    """Several criteria, and which of them have to be met together. Example:
    `{parts: [{name: errors, threshold: {…}}, {name: slow, threshold: {…}}], when: errors && slow}`.
    """


class MLAlertRuleSpec(Schema):
    """What is tested, for which workloads, and what an alert says."""

    model_config = ConfigDict(
        json_schema_extra=rules(
            rule("!has(self.__for__) || !has(self.datapoints)", FOR_OR_DATAPOINTS, field="for"),
            *(
                known_parameter(name, limit)
                for name, spec in SPECS.items()
                for limit in spec.limits
            ),
        )
    )

    severity: Severity
    """How urgent an alert is: critical (P1), high (P2), medium (P3), low (P4) or info (P5).
    Example: `high`."""

    mode: Mode | None = None
    """Active, or Shadow: the rule is evaluated and keeps states and history, and tells nobody;
    `status.wouldHaveNotified` counts what it would have told. Default: `Active`. Example:
    `Shadow`."""

    suspend: StrictBool | None = None
    """Stops the rule: nothing is evaluated, and its alerts end with the reason RuleSuspended.
    Default: `false`. Example: `true`."""

    workloads: Workloads | None = None
    """Which workloads the rule is for; series that belong to none of them are ignored, and
    counted in `status.unattributed`. Default: workloads with the label `tocsin.dev/model`, and
    series that belong to no workload alert on their own. Example:
    `{kinds: [Deployment], selector: {matchLabels: {team: fraud}}}`."""

    criterion: Criterion
    """What is tested: exactly one criterion. Example:
    `{threshold: {metric: {prometheus: {query: ml_prediction_error_ratio}}, above: "0.05"}}`."""

    reduce: Reduce | None = None
    """How several values of one alert, as of a workload's pods, become one: the Worst, the Best,
    their Sum or their Mean. Default: `Worst`. Example: `Mean`."""

    identity_labels: Annotated[list[LabelName], Field(max_length=8), Unique()] | None = None
    """Labels of the series that make alerts of their own: with `[gpu]`, each GPU of a workload has
    its alert. Default: one alert for a workload. Example: `[gpu]`."""

    for_: Annotated[For | None, Field(alias="for")] = None
    """How long the criterion has to be met before the alert fires: a duration (ms s m h d w) from
    0s to 8760h. Default: `0s`, at once. Example: `5m`."""

    datapoints: DatapointsSpec | None = None
    """Instead of `for`: the alert fires once so many of the last observed values met the
    criterion, and ends at a good value once fewer did. Default: none. Example:
    `{matching: 3, of: 5}`."""

    keep_firing_for: For | None = None
    """How long good values have to be observed before a firing alert ends; until then its state
    is Recovering: a duration from 0s to 8760h. Default: `0s`, it ends at the first good value.
    Example: `2m`."""

    missing_data: MissingData | None = None
    """What it means that a live workload gives no data, be it no series or NaN: Unknown (an alert
    stays as it is, and none begins), NotMet (an alert ends, with the reason NoData) or Met (as if
    the criterion was met). A source that fails is never missing data. Default: `Unknown`. Example:
    `NotMet`."""

    min_samples: MinSamplesSpec | None = None
    """How many samples a value has to rest on; with fewer the verdict is Unknown. Default: any
    value counts. Example:
    `{metric: {prometheus: {query: "increase(ml_predictions_total[5m])"}}, atLeast: 30}`."""

    label_delay: Annotated[timedelta, Within(timedelta(), timedelta(days=35))] | None = None
    """How late the true labels of predictions come: everything is asked as of so long ago, so that
    predictions are judged whose labels had the time to come. A duration from 0s to 840h; the source
    has to have a past, as prometheus does. Default: `0s`. Example: `2h`."""

    label_coverage: LabelCoverageSpec | None = None
    """For which share of the predictions the label has to have come; with less the verdict is
    Unknown. Default: any value counts. Example:
    `{metric: {prometheus: {query: "ml_labels_matched_total / ml_predictions_total"}},
    atLeast: 80%}`."""

    parameters: (
        Annotated[dict[str, AmountField], Field(max_length=16), Names(PARAMETER_NAME)] | None
    ) = None
    """Named amounts that limits of the criterion may be: `$limit`. A workload sets its own by the
    annotation `param.tocsin.dev/<rule>.<name>`, as
    `param.tocsin.dev/high-latency.limit: 300ms`. Default: none. Example: `{limit: 200ms}`."""

    schedule: ScheduleSpec | None = None
    """Windows of time in which the rule holds, as for a model that runs at night. Outside of them
    nothing is looked at: no alert begins, and one that fires is held. Default: always. Example:
    `{timeZone: Europe/Berlin, windows: [{start: "01:00", end: "05:00"}]}`."""

    interval: Interval | None = None
    """How often the rule is evaluated: a duration from 1s to 24h. Default: the operator's setting,
    30s if that is not changed; the effective value is `status.effective.interval`. Example:
    `1m`."""

    labels: Annotated[dict[str, ShortText], Field(max_length=32), Names(LABEL_NAME)] | None = None
    """Labels that every alert of the rule gets, beside those of its series. Default: none.
    Example: `{team: fraud}`."""

    annotations: Annotated[dict[str, LongText], Field(max_length=32), Names(LABEL_NAME)] | None = (
        None
    )
    """Further texts of an alert, by name; templates as in Prometheus rules. Default: none.
    Example: `{features: "{{ $labels.drifted_features }}"}`."""

    summary: ShortText | None = None
    """One line that says what is wrong; a template as in Prometheus rules. Default: made of the
    rule's name, the workload, the value and the threshold. Example:
    `P99 latency of {{ $workload.name }} is {{ $value | humanizeDuration }}`."""

    description: LongText | None = None
    """What it means and how to find out more; a template as in Prometheus rules. Default: none.
    Example: `The scorer answers slowly since its last rollout.`."""

    links: Annotated[dict[str, Link], Field(max_length=16), Names(LINK_NAME)] | None = None
    """Links by name, at most 16; templates as in Prometheus rules. Default: none. Example:
    `{runbook: "https://wiki.example.com/latency"}`."""

    actions: Annotated[list[ShortText], Field(max_length=16)] | None = None
    """What to do, most useful first; templates as in Prometheus rules. Default: none. Example:
    `["kubectl rollout undo deployment/{{ $workload.name }} -n {{ $workload.namespace }}"]`."""
