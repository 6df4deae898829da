"""All custom resources, with what `kubectl get` shows of them."""

from typing import Final

from tocsin.api.crd.definition import Column, Kind
from tocsin.api.v1alpha1.cel import rule, rules
from tocsin.api.v1alpha1.forms import DNS_LABEL
from tocsin.api.v1alpha1.mlalertrule import MAX_NAME_LENGTH, MLAlertRuleSpec
from tocsin.api.v1alpha1.parse import NAME_RULE
from tocsin.api.v1alpha1.status import MLAlertRuleStatus

_NAME_FITS: Final = (
    f"size(self.metadata.name) <= {MAX_NAME_LENGTH} && "
    f"self.metadata.name.matches('{DNS_LABEL.pattern}')"
)

ML_ALERT_RULE: Final = Kind(
    name="MLAlertRule",
    singular="mlalertrule",
    plural="mlalertrules",
    short="mlar",
    description=(
        "MLAlertRule alerts when a metric of machine-learning models meets a criterion, with one "
        "alert for each workload that serves a model."
    ),
    spec=MLAlertRuleSpec,
    status=MLAlertRuleStatus,
    columns=(
        Column("State", ".status.state", "The rule in one word."),
        Column("Severity", ".spec.severity", "How urgent its alerts are."),
        Column("Firing", ".status.firing", "How many alerts fire.", "integer"),
        Column("Workloads", ".status.workloadCount", "How many workloads it selects.", "integer"),
        Column("Since", ".status.stateSince", "Since when the state is as it is.", "date"),
        Column(
            "Ready",
            '.status.conditions[?(@.type=="Ready")].status',
            "Whether the rule is accepted and evaluated.",
        ),
        Column("Age", ".metadata.creationTimestamp", "When the rule was created.", "date"),
        Column("Message", ".status.message", "What matters most now.", priority=1),
    ),
    selectable=(".status.state", ".spec.severity"),
    rules=rules(rule(_NAME_FITS, NAME_RULE, field="metadata.name")),
)

KINDS: Final = (ML_ALERT_RULE,)
