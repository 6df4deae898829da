"""What a revision of a workload runs: as much of a pod template as changes are told of.

Values of environment variables and arguments are not in here. A `mark` stands for each: equal for
equal values within one process, and not to be turned back.
"""

from dataclasses import dataclass
from datetime import datetime

#: A name (of a variable, an argument, a resource) and its mark or value.
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ContainerTemplate:
    """One container; an argument that is no `--name` has an empty name."""

    name: str
    image: str
    command: str = ""
    arguments: Pairs = ()
    env: Pairs = ()
    env_from: tuple[str, ...] = ()  # like "Secret database"
    resources: Pairs = ()  # like ("memory limit", "1Gi"): these are values


@dataclass(frozen=True, slots=True)
class Template:
    """A pod template: its containers in order, and which of them serves the model.

    `version` is what the pods' labels say, empty where they say nothing; `restarted` is a mark of
    when `kubectl rollout restart` was asked for.
    """

    containers: tuple[ContainerTemplate, ...] = ()
    main: str = ""
    version: str = ""
    model_uri: str = ""
    restarted: str = ""

    @property
    def image(self) -> str:
        """The image of the container that serves the model, empty if there is none."""
        return next((one.image for one in self.containers if one.name == self.main), "")

    @property
    def model_version(self) -> str:
        """What the labels say, else the image's tag; empty where there is neither."""
        return self.version or image_tag(self.image)


@dataclass(frozen=True, slots=True)
class Revision:
    """A ReplicaSet or ControllerRevision of a workload.

    `number` orders the revisions of a workload: the highest is the wanted one. `reused` says that
    it was current before. `created_at` is None where its creation says nothing of its rollout;
    `template` where it is not kept, for all but the latest two.
    """

    name: str
    number: int
    created_at: datetime | None
    reused: bool = False
    template: Template | None = None


def image_tag(image: str) -> str:
    """The tag of `image`: v17 of registry:5000/ml/scorer:v17, empty without one."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[2]
