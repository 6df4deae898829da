"""The language of scenario files. docs/scenarios.md describes it."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from tocsin.api.closed import Closed
from tocsin.core.durations import parse_duration
from tocsin.core.inventory import ObjectRef
from tocsin.core.notify.notification import Reason
from tocsin.core.rules import Severity


def _span(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


#: A time in a scenario: so long after its beginning.
When = Annotated[timedelta, BeforeValidator(_span)]


class ScenarioObject(Closed):
    """A NotificationRoute or an AlertSilence, by name and spec."""

    name: str
    namespace: str = "default"
    spec: dict[str, Any]


class ScenarioAlert(Closed):
    """An alert that fires `from` a time `to` another, or until the end."""

    rule: str
    severity: Severity = Severity.HIGH
    namespace: str = "default"
    workload: str | None = None
    labels: dict[str, str] = Field(default_factory=dict)
    workload_labels: dict[str, str] = Field(default_factory=dict)
    from_: When = Field(timedelta(), alias="from")
    to: When | None = None
    without_data_from: When | None = None
    severities: dict[When, Severity] = Field(default_factory=dict)

    @property
    def name(self) -> str:
        """How expectations call it: `rule@workload`, or `rule` where it has none."""
        return f"{self.rule}@{self.workload.partition('/')[2]}" if self.workload else self.rule

    @property
    def ref(self) -> ObjectRef | None:
        """Its workload, if it has one."""
        if self.workload is None:
            return None
        kind, _, name = self.workload.partition("/")
        return ObjectRef(kind, self.namespace, name)


class Acknowledge(Closed):
    """A person takes on all open incidents that hold the alert, or, with `false`, no longer."""

    alert: str
    comment: str = "on it"


class Action(Closed):
    """Something that happens at a time: exactly one of its fields."""

    at: When
    restart: bool = False
    down_for: When | None = None
    route: ScenarioObject | None = None
    delete_route: str | None = None
    silence: ScenarioObject | None = None
    delete_silence: str | None = None
    acknowledge: Acknowledge | None = None
    delete_incidents: bool = False

    @model_validator(mode="after")
    def _one(self) -> "Action":
        given = [name for name in type(self).model_fields if name != "at" and getattr(self, name)]
        if len(given) != 1:
            raise ValueError(f"an action is exactly one thing, this one is {given or 'none'}")
        return self


class Fault(Closed):
    """A receiver that does not take what it is told, or the API server that takes no write.

    `mode`: Busy (try again, after `retryAfter`), Refuses (a mistake that is to be mended), Lost
    (it takes it, but its answer is lost), Dies (it takes it, and the operator dies before it
    knows), NoWrites (nothing can be stored).
    """

    receiver: str = ""
    mode: Literal["Busy", "Refuses", "Lost", "Dies", "NoWrites"] = "Busy"
    from_: When = Field(timedelta(), alias="from")
    to: When | None = None
    times: int | None = None
    retry_after: When | None = None


class Expected(Closed):
    """A notice that has to come `at` a time (give or take a second), or `within` two."""

    at: When | None = None
    within: tuple[When, When] | None = None
    receiver: str
    reason: Reason
    firing: list[str] | None = None
    resolved: list[str] | None = None
    detail: str | None = None

    @model_validator(mode="after")
    def _when(self) -> "Expected":
        if (self.at is None) == (self.within is None):
            raise ValueError("give exactly one of `at` and `within`")
        return self

    @property
    def window(self) -> tuple[timedelta, timedelta]:
        """From when to when it may come."""
        if self.within:
            return self.within
        at = self.at or timedelta()
        return at - timedelta(seconds=1), at + timedelta(seconds=1)


class Forbidden(Closed):
    """What must not be told between two times; what is left out stands for all."""

    from_: When = Field(timedelta(), alias="from")
    to: When | None = None
    receiver: str | None = None
    reason: Reason | None = None


class Scenario(Closed):
    """Alerts, routes and silences; what happens; and who has to be told what, when.

    Every notice has to be expected, unless `others` is Allowed.
    """

    name: str
    start: str = "2026-01-31T12:00:00Z"
    until: When
    routes: list[ScenarioObject]
    silences: list[ScenarioObject] = Field(default_factory=list)
    alerts: list[ScenarioAlert]
    actions: list[Action] = Field(default_factory=list)
    faults: list[Fault] = Field(default_factory=list)
    expect: list[Expected] = Field(default_factory=list)
    forbid: list[Forbidden] = Field(default_factory=list)
    others: Literal["Forbidden", "Allowed"] = "Forbidden"
    storm_limit: int | None = None
