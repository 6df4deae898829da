"""Rules that the operator applies itself, by server-side apply."""

from collections.abc import Mapping
from typing import Any, Final

from kubernetes.aio.client import ApiClient, CustomObjectsApi

from tocsin.adapters.kube.requests import TIMEOUT, Count, send

#: Another manager than that of statuses: what one owns the other would take away.
_MANAGER: Final = "tocsin-own-rules"


class KubeRules:
    """Applies rules; fields that somebody else has changed are not taken back."""

    def __init__(self, api: ApiClient, count: Count) -> None:
        self._objects = CustomObjectsApi(api)
        self._count = count

    async def apply(self, rule: Mapping[str, Any]) -> None:
        """Make `rule`, or bring it up to date.

        Raises:
            ConflictError: somebody else has changed it.
            WriteError: it is not applied.
        """
        metadata = rule["metadata"]
        request = self._objects.patch_namespaced_custom_object(
            "tocsin.dev",
            "v1alpha1",
            metadata["namespace"],
            "mlalertrules",
            metadata["name"],
            dict(rule),
            field_manager=_MANAGER,
            force=False,
            _content_type="application/apply-patch+yaml",
            _request_timeout=TIMEOUT,
        )
        await send(self._count, "patch", "mlalertrules", request)
