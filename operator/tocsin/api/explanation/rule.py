"""One rule, explained."""

from enum import StrEnum

from pydantic import AwareDatetime, Field

from tocsin.api.explanation.parts import Ended, ObjectName, Paging, Part, Suppression
from tocsin.api.explanation.subjects import Subject
from tocsin.core.rules import Mode, Severity
from tocsin.core.rulestate import RuleState


class Evaluated(Part):
    """The last evaluation."""

    at: AwareDatetime
    """When the source was asked. Example: `2026-01-31T12:05:10Z`."""

    took: str
    """How long it took, the source's answer included. Example: `42ms`."""

    outcome: str
    """ok, or the kind of failure. Example: `ok`."""


class Use(StrEnum):
    """What a query's answer is for."""

    VALUE = "Value"
    MIN_SAMPLES = "MinSamples"
    LABEL_COVERAGE = "LabelCoverage"


class Question(Part):
    """A query, as the source is asked it."""

    use: Use
    """What its answer is for: Value, MinSamples (are there enough) or LabelCoverage (have enough
    labels come). Example: `Value`."""

    part: str | None = None
    """The part of a composite that asks it; absent where the rule has no parts. Example:
    `errors`."""

    source: str
    """The source's name. Example: `default`."""

    query: str
    """The query, with everything put in."""

    ago: str | None = None
    """As of how long before the evaluation it is asked; absent for now. Example: `1h`."""

    unit: str | None = None
    """The unit of its values; absent where the rule says none. Example: `Seconds`."""


class SourceHealth(Part):
    """What the source said last."""

    name: str
    """The source's name. Example: `default`."""

    answers: bool | None = None
    """Whether its last answer could be used; absent where it was not asked yet."""

    reason: str = ""
    """ok, or the kind of failure. Example: `Timeout`."""

    message: str = ""
    """What was said about a failure, or about what an answer lacks. Example:
    `no answer within 10s`."""


class Unplaced(Part):
    """A series that belongs to no workload of the rule."""

    labels: dict[str, str]
    """Its labels. Example: `{namespace: fraud, pod: scorer-5d9f}`."""

    value: str
    """Its value with the unit. Example: `312ms`."""

    reason: str
    """Why it belongs to none. Example: `pod scorer-5d9f is not there (any more)`."""


class SeriesCount(Part):
    """Where the series of the last answer went."""

    total: int
    """How many there were. Example: `12`."""

    attributed: int
    """How many belong to a workload, or alert on their own. Example: `10`."""

    unattributed: int
    """How many belong to no workload of the rule. Example: `2`."""

    elsewhere: int = 0
    """How many are of other namespaces than the rule's, and ignored. Example: `0`."""

    examples: list[Unplaced] = Field(default_factory=list)
    """Up to 20 of those that belong to none, each with the reason."""


class Explanation(Part):
    """Why a rule's alerts are in the state that they are in, and what comes next."""

    cluster: str
    """The cluster's name in the operator's settings. Example: `prod-eu`."""

    at: AwareDatetime
    """When this was said. Example: `2026-01-31T12:11:00Z`."""

    rule: ObjectName
    """The rule."""

    headline: str
    """All in a sentence. Example:
    `Firing since 12:05Z (6 minutes): P99 latency of scorer is 312ms, limit 200ms.`"""

    next: str
    """What comes next, and when. Example: `Resolves at the next value of at most 150ms.`"""

    around: str = ""
    """What surrounds the alert of the headline. Example:
    `v18 rolled out 6m before the onset: image ml/scorer:v17 → ml/scorer:v18`."""

    telling: str = ""
    """Who is told of the alert of the headline; empty where nobody is told of any. Example:
    `Told to chat at 12:00:45Z.`"""

    actions: list[str] = Field(default_factory=list)
    """What a person can do next."""

    severity: Severity | None = None
    """How urgent its alerts are; absent where the rule cannot be read. Example: `high`."""

    mode: Mode | None = None
    """Active, or Shadow: nobody is told; absent where the rule cannot be read."""

    state: RuleState
    """The rule in one word, as in its status. Example: `Firing`."""

    state_since: AwareDatetime | None = None
    """When that last changed. Example: `2026-01-31T12:05:00Z`."""

    interval: str | None = None
    """How often it is evaluated. Example: `30s`."""

    last_evaluation: Evaluated | None = None
    """The last evaluation; absent before the first one."""

    next_evaluation: AwareDatetime | None = None
    """When it is evaluated next; absent where it is not. Example: `2026-01-31T12:05:40Z`."""

    criterion: str | None = None
    """When it fires and recovers, in words. Example:
    `fires above 200ms, for 5m; recovers at 150ms or less`."""

    schedule: str | None = None
    """When it holds, and until when it is open or closed; absent where it always does. Example:
    `Mon, Tue 01:00-05:00 (Europe/Berlin): closed until 2026-02-02 00:00Z`."""

    asks: list[Question] = Field(default_factory=list)
    """What the source is asked."""

    source: SourceHealth | None = None
    """What the source said last."""

    problems: list[str] = Field(default_factory=list)
    """What is wrong with the rule as it is written, and with its templates."""

    suppressions: list[Suppression] = Field(default_factory=list)
    """Why nobody is told of any of its alerts."""

    firing: int = 0
    """How many of its alerts fire. Example: `1`."""

    recovering: int = 0
    """How many are good again and kept firing. Example: `0`."""

    pending: int = 0
    """How many are pending. Example: `0`."""

    workload_count: int | None = None
    """How many workloads it selects; absent before the first evaluation. Example: `12`."""

    series: SeriesCount | None = None
    """Where the series of the last answer went; absent where there was no answer."""

    asked_for: str | None = None
    """The workload that was asked for by `&workload=`. Example: `Deployment/scorer`."""

    subjects: list[Subject] = Field(default_factory=list)
    """What is looked at, the most urgent first; a page of it."""

    paging: Paging = Paging()
    """Which page of the subjects this is."""

    history: list[Ended] = Field(default_factory=list)
    """Alerts that fired and are over, the latest first; the last 20 are known."""


class Near(Part):
    """Something that is spelled nearly like what was asked for."""

    name: str
    """Its name. Example: `fraud/latency`."""

    link: str
    """Where it is explained, relative to this page. Example: `explain?rule=fraud/latency`."""


class Missing(Part):
    """There is nothing to explain under that name, or no name that could be asked for."""

    error: str
    """What is not there. Example: `there is no rule fraud/latncy`."""

    nearest: list[Near] = Field(default_factory=list)
    """What there is that is spelled nearly like it."""
