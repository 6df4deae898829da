"""Finds the API server: from inside a pod, or by a kubeconfig."""

import os
from pathlib import Path
from typing import Final

from kubernetes.aio import config
from kubernetes.aio.client import ApiClient, Configuration

_OF_THE_POD: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")


def own_namespace() -> str:
    """The namespace of this process: the pod's, the kubeconfig context's, or `default`."""
    if named := os.environ.get("POD_NAMESPACE"):
        return named
    try:
        return _OF_THE_POD.read_text(encoding="utf-8").strip() or "default"
    except OSError:
        pass
    try:
        _, active = config.list_kube_config_contexts()  # type: ignore[no-untyped-call]  # the library's
        return str(active["context"].get("namespace") or "default")
    except (config.ConfigException, OSError, KeyError, TypeError):
        return "default"


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
