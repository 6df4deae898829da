"""tocsin.dev/v1alpha1: the custom resources as pydantic models."""

from tocsin.api.problems import Problem, Problems
from tocsin.api.v1alpha1.alerts import AlertRecord, AlertState, AlertStatus, WorkloadRef
from tocsin.api.v1alpha1.incidents import incident_body, incident_status, read_incident
from tocsin.api.v1alpha1.incidentsalvage import salvage_incident
from tocsin.api.v1alpha1.mlalertrule import MLAlertRuleSpec
from tocsin.api.v1alpha1.parse import parse_rule
from tocsin.api.v1alpha1.parseroute import parse_route
from tocsin.api.v1alpha1.parsesilence import parse_silence
from tocsin.api.v1alpha1.routestatus import (
    NotificationRouteStatus,
    ReceiverStatus,
    RouteEffective,
)
from tocsin.api.v1alpha1.silencestatus import AlertSilenceStatus, SilenceEnd, SilenceState
from tocsin.api.v1alpha1.status import (
    Condition,
    ConditionStatus,
    Effective,
    MLAlertRuleStatus,
)

__all__ = [
    "AlertRecord",
    "AlertSilenceStatus",
    "AlertState",
    "AlertStatus",
    "Condition",
    "ConditionStatus",
    "Effective",
    "MLAlertRuleSpec",
    "MLAlertRuleStatus",
    "NotificationRouteStatus",
    "Problem",
    "Problems",
    "ReceiverStatus",
    "RouteEffective",
    "SilenceEnd",
    "SilenceState",
    "WorkloadRef",
    "incident_body",
    "incident_status",
    "parse_route",
    "parse_rule",
    "parse_silence",
    "read_incident",
    "salvage_incident",
]
