"""What the operator writes into status can be read back, and is what the schema declares."""

from datetime import UTC, datetime, timedelta, timezone

from tocsin.api.v1alpha1 import (
    AlertState,
    AlertStatus,
    MLAlertRuleStatus,
    WorkloadRef,
)
from tocsin.core.rulestate import RuleState

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
ALERT = AlertStatus(
    id="7c1e0f6a9b2d4c38",
    workload=WorkloadRef(kind="Deployment", namespace="fraud", name="scorer"),
    state=AlertState.FIRING,
    active_at=NOON,
    fired_at=NOON + timedelta(milliseconds=250),
    value_at_transition="312ms",
    threshold="200ms",
)

STATUS = MLAlertRuleStatus(state=RuleState.FIRING, state_since=NOON, firing=1, alerts=[ALERT])


def test_status_is_written_in_the_names_of_the_schema_and_without_what_is_not_set() -> None:
    assert STATUS.to_json() == {
        "state": "Firing",
        "stateSince": "2026-01-31T12:00:00Z",
        "firing": 1,
        "alerts": [
            {
                "id": "7c1e0f6a9b2d4c38",
                "workload": {"kind": "Deployment", "namespace": "fraud", "name": "scorer"},
                "state": "Firing",
                "activeAt": "2026-01-31T12:00:00Z",
                "firedAt": "2026-01-31T12:00:00.250Z",
                "valueAtTransition": "312ms",
                "threshold": "200ms",
            }
        ],
    }


def test_what_was_written_reads_back_the_same() -> None:
    assert MLAlertRuleStatus.model_validate(STATUS.to_json()) == STATUS


def test_fields_of_another_version_are_ignored() -> None:
    stored = {**STATUS.to_json(), "routed": True}
    assert MLAlertRuleStatus.model_validate(stored) == STATUS


def test_times_are_written_in_utc_with_at_most_milliseconds() -> None:
    berlin = timezone(timedelta(hours=1))
    status = MLAlertRuleStatus(state_since=datetime(2026, 1, 31, 13, 0, 0, 1999, tzinfo=berlin))
    assert status.to_json() == {"stateSince": "2026-01-31T12:00:00.001Z"}
