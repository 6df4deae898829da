"""The kinds of objects that serve models."""

from typing import Final, NamedTuple


class ServingKind(NamedTuple):
    """A kind of the API; `plural` is its name in URLs, and `label` the one by which series name an
    object of it. `scales` is whether `kubectl scale` knows it."""

    kind: str
    group: str
    version: str
    plural: str
    label: str
    scales: bool = True

    @property
    def api_version(self) -> str:
        """As objects have it: `apps/v1`."""
        return f"{self.group}/{self.version}"


#: Those that every cluster has.
ALWAYS: Final = (
    ServingKind("Deployment", "apps", "v1", "deployments", "deployment"),
    ServingKind("StatefulSet", "apps", "v1", "statefulsets", "statefulset"),
)
#: Those that a cluster has once somebody has installed them.
OPTIONAL: Final = (
    ServingKind("Rollout", "argoproj.io", "v1alpha1", "rollouts", "rollout"),
    ServingKind(
        "InferenceService", "serving.kserve.io", "v1beta1", "inferenceservices",
        "inferenceservice", scales=False,
    ),
    ServingKind("RayService", "ray.io", "v1", "rayservices", "rayservice", scales=False),
    ServingKind("Model", "mlops.seldon.io", "v1alpha1", "models", "seldon_model"),
)  # fmt: skip
BY_KIND: Final = {one.kind: one for one in (*ALWAYS, *OPTIONAL)}
