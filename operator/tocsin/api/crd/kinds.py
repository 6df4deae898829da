"""All custom resources, with what `kubectl get` shows of them."""

from typing import Final

from tocsin.api.crd.definition import Column, Kind
from tocsin.api.v1alpha1.alertsilence import AlertSilenceSpec
from tocsin.api.v1alpha1.cel import rule, rules
from tocsin.api.v1alpha1.forms import DNS_LABEL
from tocsin.api.v1alpha1.mlalertrule import MAX_NAME_LENGTH, MLAlertRuleSpec
from tocsin.api.v1alpha1.mlincident import MLIncidentSpec, MLIncidentStatus
from tocsin.api.v1alpha1.notificationroute import NotificationRouteSpec
from tocsin.api.v1alpha1.parse import NAME_RULE
from tocsin.api.v1alpha1.routestatus import NotificationRouteStatus
from tocsin.api.v1alpha1.silencestatus import AlertSilenceStatus
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

NOTIFICATION_ROUTE: Final = Kind(
    name="NotificationRoute",
    singular="notificationroute",
    plural="notificationroutes",
    short="nroute",
    description=(
        "NotificationRoute says which alerts are told to whom, which of them together, and how "
        "often."
    ),
    spec=NotificationRouteSpec,
    status=NotificationRouteStatus,
    columns=(
        Column(
            "Ready",
            '.status.conditions[?(@.type=="Ready")].status',
            "Whether the route is accepted. Receivers that take nothing: see Failing.",
        ),
        Column("Open", ".status.openIncidents", "How many of its incidents are open.", "integer"),
        Column("Failing", ".status.failing", "How many receivers take nothing.", "integer"),
        Column("Age", ".metadata.creationTimestamp", "When the route was created.", "date"),
        Column("Fallback", ".spec.fallback", "Takes what no other does.", "boolean", priority=1),
        Column(
            "Message",
            '.status.conditions[?(@.type=="Ready")].message',
            "Why it is ready or not, and which receivers take nothing.",
            priority=1,
        ),
    ),
)

ALERT_SILENCE: Final = Kind(
    name="AlertSilence",
    singular="alertsilence",
    plural="alertsilences",
    short="asil",
    description=(
        "AlertSilence says for which alerts nobody is told, from when to when, and why. What fires "
        "stays visible."
    ),
    spec=AlertSilenceSpec,
    status=AlertSilenceStatus,
    columns=(
        Column("State", ".status.state", "The silence in one word."),
        Column("Matched", ".status.matched", "How many alerts it silences now.", "integer"),
        # A column of type date shows times in the future as <invalid>.
        Column("Ends", ".status.ends", "When it ends or has ended."),
        Column("By", ".status.by", "Who created it."),
        Column("Age", ".metadata.creationTimestamp", "When it was created.", "date"),
        Column("Comment", ".spec.comment", "Why.", priority=1),
    ),
    selectable=(".status.state",),
)

ML_INCIDENT: Final = Kind(
    name="MLIncident",
    singular="mlincident",
    plural="mlincidents",
    short="mlinc",
    description=(
        "MLIncident is one open group of alerts of one route, with what was told to whom. The "
        "operator makes it, and removes it a day after it was closed."
    ),
    spec=MLIncidentSpec,
    status=MLIncidentStatus,
    columns=(
        Column("Severity", ".status.severity", "The highest severity of what fires."),
        Column("Model", ".status.model", "What it is about."),
        Column("Alerts", ".status.alerts", "How many alerts fire.", "integer"),
        Column("State", ".status.state", "The incident in one word."),
        Column("Ack", ".status.ack", "Who is on it."),
        Column("Since", ".spec.openedAt", "When it was opened.", "date"),
        Column("Next", ".status.next", "What comes next, and when."),
        Column("Route", ".spec.route.name", "The route that opened it.", priority=1),
    ),
    selectable=(".status.state", ".status.severity"),
)

KINDS: Final = (ML_ALERT_RULE, NOTIFICATION_ROUTE, ALERT_SILENCE, ML_INCIDENT)
