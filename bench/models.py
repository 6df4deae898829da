"""So many models in one namespace, each a Deployment with one pod."""

from tocsin.core.inventory import Inventory, ObjectRef, Workload
from tocsin.core.rules import MODEL_LABEL

NAMESPACE = "fraud"


def models(count: int) -> Inventory:
    """`count` models, of which the pods are called model-0-0, model-1-0 and so on."""
    workloads, owners = {}, {}
    for number in range(count):
        model = ObjectRef("Deployment", NAMESPACE, f"model-{number}")
        workloads[model] = Workload(model, f"uid-{number}", {MODEL_LABEL: f"model-{number}"})
        owners[ObjectRef("Pod", NAMESPACE, f"model-{number}-0")] = model
    return Inventory(workloads, owners)
