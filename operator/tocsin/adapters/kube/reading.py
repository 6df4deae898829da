"""One object of the core group, read as JSON.

The client has a class for that group, whose models take 24 MiB; and where it cannot read an answer
into them it tells what was in it.
"""

from typing import Any

import orjson
from kubernetes.aio.client import ApiClient
from kubernetes.aio.client.exceptions import ApiException


async def read_core(
    api: ApiClient, kind: str, plural: str, namespace: str, name: str, within: float
) -> dict[str, Any]:
    """The object of that `kind`; it has to come `within` so many seconds.

    Raises:
        ApiException: it is not there, or not to be had; nothing of an answer is in it.
    """
    request = await api.param_serialize(
        method="GET",
        resource_path="/api/v1/namespaces/{namespace}/{plural}/{name}",
        path_params={"namespace": namespace, "plural": plural, "name": name},
        header_params={"Accept": "application/json"},
        auth_settings=["BearerToken"],
    )
    answer = await api.call_api(*request, _preload_content=False, _request_timeout=within)
    response = answer.response
    raw = await response.read()
    if response.status >= 400:
        raise ApiException(response.status, response.reason)
    try:
        body = orjson.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict) or body.get("kind") != kind:
        raise ApiException(502, "what answers is not the API server")
    return body
