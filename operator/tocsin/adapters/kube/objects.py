"""Objects of Tocsin's own kinds that the operator makes, writes and ends itself."""

from collections.abc import Mapping
from typing import Any, Final

from kubernetes.aio.client import ApiClient, CustomObjectsApi, V1DeleteOptions, V1Preconditions

from tocsin.adapters.kube.requests import TIMEOUT, Count, send
from tocsin.ports import UnavailableError

_GROUP: Final = "tocsin.dev"
_VERSION: Final = "v1alpha1"
_API_VERSION: Final = f"{_GROUP}/{_VERSION}"
_MANAGER: Final = "tocsin"


class KubeObjects:
    """Creates, writes statuses by server-side apply, deletes; each only if nothing came between."""

    def __init__(self, api: ApiClient, count: Count) -> None:
        self._objects = CustomObjectsApi(api)
        self._count = count

    async def create(self, kind: str, namespace: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make the object that `body` describes; the object as it is now stored.

        Raises:
            ConflictError: there is one of that name already.
            WriteError: it is not made.
        """
        whole = {
            **body,
            "apiVersion": _API_VERSION,
            "kind": kind,
            "metadata": {**body["metadata"], "namespace": namespace},
        }
        plural = _plural(kind)
        request = self._objects.create_namespaced_custom_object(
            _GROUP,
            _VERSION,
            namespace,
            plural,
            whole,
            field_manager=_MANAGER,
            field_validation="Strict",  # a field that is dropped in silence would be missed late
            _request_timeout=TIMEOUT,
        )
        answer = await send(self._count, "create", plural, request)
        _version_in(answer)
        return dict(answer)

    async def write_status(
        self,
        kind: str,
        namespace: str,
        name: str,
        resource_version: str,
        status: Mapping[str, Any],
    ) -> str:
        """Replace its status if it is still at `resource_version`; the new version.

        Raises:
            WriteError: it is not written.
        """
        body = {
            "apiVersion": _API_VERSION,
            "kind": kind,
            "metadata": {"name": name, "resourceVersion": resource_version},
            "status": dict(status),
        }
        plural = _plural(kind)
        request = self._objects.patch_namespaced_custom_object_status(
            _GROUP,
            _VERSION,
            namespace,
            plural,
            name,
            body,
            field_manager=_MANAGER,
            force=True,
            _content_type="application/apply-patch+yaml",
            _request_timeout=TIMEOUT,
        )
        return _version_in(await send(self._count, "patch", f"{plural}/status", request))

    async def delete(self, kind: str, namespace: str, name: str, uid: str) -> None:
        """Delete it if it is still the object with this `uid`.

        Raises:
            ConflictError: another of that name has taken its place.
            WriteError: it is not deleted.
        """
        plural = _plural(kind)
        request = self._objects.delete_namespaced_custom_object(
            _GROUP,
            _VERSION,
            namespace,
            plural,
            name,
            body=V1DeleteOptions(preconditions=V1Preconditions(uid=uid)),
            _request_timeout=TIMEOUT,
        )
        await send(self._count, "delete", plural, request)


def _plural(kind: str) -> str:
    return f"{kind.lower()}s"


def _version_in(answer: Any) -> str:
    try:
        return str(answer["metadata"]["resourceVersion"])
    except (KeyError, TypeError) as error:
        raise UnavailableError("what answers is not the API server") from error
