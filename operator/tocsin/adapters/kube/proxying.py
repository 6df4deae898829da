"""Reads a page of a Service through the API server, with the rights of the kubeconfig's user."""

from collections.abc import Mapping

from kubernetes.aio.config import ConfigException

from tocsin.adapters.kube.connecting import connect
from tocsin.adapters.kube.requests import TIMEOUT


class NotReachedError(Exception):
    """Nothing was answered; the message says why."""


async def read_service(
    namespace: str, service: str, page: str, query: Mapping[str, str]
) -> tuple[int, bytes]:
    """The code and body that `page` has on the port `http` of a Service; or the API server's own.

    Raises:
        NotReachedError: there is no kubeconfig, or the API server does not answer.
    """
    path = f"/api/v1/namespaces/{namespace}/services/http:{service}:http/proxy/{page}"
    try:
        async with await connect() as api:
            method, url, headers, body, post = await api.param_serialize(
                "GET",
                path,
                query_params=list(query.items()),
                header_params={"Accept": "application/json"},
                auth_settings=["BearerToken"],
            )
            answer = await api.call_api(method, url, headers, body, post, TIMEOUT)
            return answer.status, await answer.read()
    except ConfigException as error:
        raise NotReachedError(f"no kubeconfig can be used: {error}") from error
    except Exception as error:
        said = f"{type(error).__name__} {error}".strip()
        raise NotReachedError(f"the API server does not answer: {said}") from error
