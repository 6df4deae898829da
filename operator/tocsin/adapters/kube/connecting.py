"""Finds the API server: from inside a pod, or by a kubeconfig."""

from kubernetes.aio import config
from kubernetes.aio.client import ApiClient, Configuration


async def connect() -> ApiClient:
    """A client for the API server that this process belongs to.

    Raises:
        ConfigException: neither a pod's service account nor a kubeconfig is there.
    """
    settings = Configuration()
    try:
        config.load_incluster_config(client_configuration=settings)  # type: ignore[no-untyped-call]  # the library's
    except config.ConfigException:
        await config.load_kube_config(client_configuration=settings)  # type: ignore[no-untyped-call]  # the library's
    return ApiClient(settings)
