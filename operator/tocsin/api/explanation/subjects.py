"""One subject of a rule: a workload, one of its identities, or a series on its own."""

from pydantic import AwareDatetime, Field

from tocsin.api.explanation.around import Around
from tocsin.api.explanation.parts import Link, Look, ObjectName, Part, Suppression, Timer
from tocsin.api.explanation.telling import Telling
from tocsin.core.states import State
from tocsin.core.verdicts import Verdict


class SeriesOf(Part):
    """A series that the last answer had for this subject."""

    labels: dict[str, str]
    """Its labels. Example: `{namespace: fraud, pod: scorer-5d9f}`."""

    value: str
    """Its value with the unit. Example: `312ms`."""


class Subject(Part):
    """What is looked at, what was seen, and where its alert stands."""

    workload: ObjectName | None = None
    """The workload; absent where a series alerts on its own."""

    identity: dict[str, str] = Field(default_factory=dict)
    """The labels that tell it from others of its workload. Example: `{gpu: "0"}`."""

    title: str
    """How it is called in sentences. Example: `scorer {gpu=0}`."""

    state: State
    """Where its alert stands: Inactive, Pending, Firing or Recovering. Example: `Firing`."""

    since: AwareDatetime | None = None
    """Since when it has been pending or firing; absent where it is inactive."""

    headline: str
    """All in a sentence. Example:
    `Firing since 12:05Z (6 minutes): P99 latency of scorer is 312ms, limit 200ms.`"""

    next: str
    """What comes next, and when. Example: `Resolves at the next value of at most 150ms.`"""

    next_at: AwareDatetime | None = None
    """When that is, at the earliest. Example: `2026-01-31T12:05:10Z`."""

    verdict: Verdict
    """What the criterion said last. Example: `Met`."""

    reason: str
    """Why, in a sentence. Example: `312ms is above 200ms`."""

    value: str | None = None
    """The last value with its unit; absent where there was none. Example: `312ms`."""

    threshold: str | None = None
    """The limit that it was measured against. Example: `200ms`."""

    criterion: str
    """When it fires and recovers, with the parameters that its workload sets. Example:
    `fires above 200ms, for 5m; recovers at 150ms or less`."""

    samples: str | None = None
    """What `minSamples` was compared with; absent where the rule asks for none. Example: `120`."""

    labelled: str | None = None
    """What `labelCoverage` was compared with; absent where the rule asks for none. Example:
    `31%`."""

    alert_id: str
    """The id that its alert has or would have. Example: `7c1e0f6a9b2d4c38`."""

    timers: list[Timer] = Field(default_factory=list)
    """The times in the life of its alert, and those to come."""

    suppressions: list[Suppression] = Field(default_factory=list)
    """Why nobody is told of it; empty where somebody is."""

    trail: list[Look] = Field(default_factory=list)
    """The last 20 looks at it, latest first."""

    series: list[SeriesOf] = Field(default_factory=list)
    """Up to 5 of its series in the last answer."""

    series_count: int = 0
    """How many series it had in the last answer. Example: `2`."""

    description: str = ""
    """The rule's description, rendered for its alert."""

    actions: list[str] = Field(default_factory=list)
    """What a person can do next: the rule's own actions rendered, else what to look at."""

    links: list[Link] = Field(default_factory=list)
    """The rule's links, rendered for its alert."""

    around: Around | None = None
    """What is known of the workload in the cluster."""

    telling: Telling
    """Who is told of its alert, or would be, and why others are not."""
