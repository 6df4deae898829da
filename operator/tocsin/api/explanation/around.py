"""What surrounds a subject in the cluster: docs/concepts/context.md says what is told, and when."""

from pydantic import AwareDatetime, Field

from tocsin.api.explanation.parts import Part


class Replicas(Part):
    """How many replicas there are."""

    wanted: int
    """How many are wanted. Example: `2`."""

    ready: int | None = None
    """How many are ready. Example: `1`."""

    updated: int | None = None
    """How many are of the current revision. Example: `2`."""


class Rollout(Part):
    """How the current revision came to be."""

    before: str = Field(default="", alias="from")
    """The version before. Example: `v17`."""

    to: str
    """The version now. Example: `v18`."""

    revision: int
    """The number of the revision. Example: `7`."""

    started_at: AwareDatetime
    """When the rollout began. Example: `2026-01-31T11:54:00Z`."""

    again: bool = False
    """Whether this revision was current before, as after a rollback."""

    first: bool = False
    """Whether there was none before it."""

    changes: list[str] = Field(default_factory=list)
    """What it changed. Example: `[image ml/scorer:v17 → ml/scorer:v18]`."""


class Termination(Part):
    """How a container ended last."""

    reason: str = ""
    """Why. Example: `OOMKilled`."""

    exit_code: int | None = None
    """The code it ended with. Example: `137`."""

    finished_at: AwareDatetime | None = None
    """When. Example: `2026-01-31T12:01:00Z`."""


class Container(Part):
    """A container of a pod."""

    name: str
    """Its name. Example: `server`."""

    image: str = ""
    """Its image. Example: `ml/scorer:v18`."""

    memory_limit: str = ""
    """Its limit of memory. Example: `512Mi`."""

    restarts: int = 0
    """How often it was started again. Example: `3`."""

    waiting: str = ""
    """Why it waits, if it does. Example: `CrashLoopBackOff`."""

    message: str = ""
    """What the kubelet says about that."""

    last_termination: Termination | None = None
    """How it ended last; absent where it never did."""


class Pod(Part):
    """A pod of the workload."""

    name: str
    """Its name. Example: `scorer-5d9f7c-x2x8p`."""

    revision: str = ""
    """The name of the revision that it was made from. Example: `scorer-5d9f7c`."""

    phase: str = ""
    """Its phase. Example: `Running`."""

    ready: bool = False
    """Whether it is ready."""

    started_at: AwareDatetime | None = None
    """When it was started. Example: `2026-01-31T11:54:00Z`."""

    node: str = ""
    """Its node. Example: `gpu-3`."""

    restarts: int = 0
    """How often its containers were started again, all together. Example: `3`."""

    ending: bool = False
    """Whether it is being deleted."""

    reason: str = ""
    """What is wrong with it as a whole. Example: `Evicted`."""

    message: str = ""
    """What is said about that."""

    containers: list[Container] = Field(default_factory=list)
    """Its containers."""


class Around(Part):
    """What is known of the workload in the cluster now, seen from the onset of its alert."""

    sentence: str = ""
    """What matters most of it. Example: `v18 rolled out 6m before the onset: image …`."""

    onset: AwareDatetime | None = None
    """Since when the criterion is met; absent where it is not."""

    model: str = ""
    """The model that it says it serves: its label `tocsin.dev/model`. Example: `fraud`."""

    replicas: Replicas | None = None
    """How many replicas are wanted, ready, and of the current revision."""

    version: str = ""
    """The version of its model. Example: `v18`."""

    revision: int | None = None
    """The number of its current revision. Example: `7`."""

    image: str = ""
    """The image of its pods. Example: `ml/scorer:v18`."""

    model_uri: str = ""
    """Where its model is from. Example: `s3://models/fraud/18`."""

    pods_started_at: AwareDatetime | None = None
    """When the first of its current pods started. Example: `2026-01-31T11:54:00Z`."""

    rollout: Rollout | None = None
    """How its current revision came to be."""

    pods: list[Pod] = Field(default_factory=list)
    """Up to ten of its pods, those in trouble first."""

    more_pods: int = 0
    """How many more there are. Example: `0`."""
