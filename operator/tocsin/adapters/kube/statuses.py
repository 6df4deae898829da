"""Statuses of rules, by server-side apply."""

from collections.abc import Mapping
from typing import Any, Final

from kubernetes.aio.client import ApiClient, CustomObjectsApi

from tocsin.adapters.kube.requests import TIMEOUT, Count, send
from tocsin.core.rules import RuleKey
from tocsin.ports import UnavailableError

_GROUP: Final = "tocsin.dev"
_VERSION: Final = "v1alpha1"
MANAGER: Final = "tocsin"


class KubeStatuses:
    """Writes statuses; a stale resource version is refused by the server, also for us."""

    def __init__(self, api: ApiClient, count: Count) -> None:
        self._objects = CustomObjectsApi(api)
        self._count = count

    async def write(self, rule: RuleKey, resource_version: str, status: Mapping[str, Any]) -> str:
        """Replace the status of `rule` if it is still at `resource_version`; the new version.

        Raises:
            WriteError: it is not written.
        """
        body = {
            "apiVersion": f"{_GROUP}/{_VERSION}",
            "kind": "MLAlertRule",
            "metadata": {"name": rule.name, "resourceVersion": resource_version},
            "status": dict(status),
        }
        request = self._objects.patch_namespaced_custom_object_status(
            _GROUP,
            _VERSION,
            rule.namespace,
            "mlalertrules",
            rule.name,
            body,
            field_manager=MANAGER,
            force=True,
            _content_type="application/apply-patch+yaml",
            _request_timeout=TIMEOUT,
        )
        answer = await send(self._count, "patch", "mlalertrules/status", request)
        try:
            return str(answer["metadata"]["resourceVersion"])
        except (KeyError, TypeError) as error:
            raise UnavailableError("what answers is not the API server") from error
