"""Which of the kinds that serve models this cluster has."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from kubernetes.aio.client import ApiClient, CustomObjectsApi

from tocsin.adapters.kube.requests import TIMEOUT, Count, send
from tocsin.core.serving import OPTIONAL, ServingKind
from tocsin.ports import GoneError, WriteError

_log = structlog.get_logger(__name__)

_AGAIN_AFTER: Final = 5.0


async def installed(
    api: ApiClient, count: Count, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> tuple[ServingKind, ...]:
    """The optional ones whose definitions are there now.

    An API server that does not answer is asked again until it does: a kind that is overlooked
    would not be watched.
    """
    found = [one for one in OPTIONAL if await _is_installed(api, count, one, sleep)]
    _log.info("kinds that serve models", installed=[one.kind for one in found])
    return tuple(found)


async def _is_installed(
    api: ApiClient, count: Count, one: ServingKind, sleep: Callable[[float], Awaitable[None]]
) -> bool:
    objects = CustomObjectsApi(api)
    while True:
        request = objects.get_api_resources(one.group, one.version, _request_timeout=TIMEOUT)
        try:
            answer = await send(count, "get", "apiresources", request)
        except GoneError:
            return False
        except WriteError as error:
            _log.warning("definitions not read", kind=one.kind, error=str(error))
            await sleep(_AGAIN_AFTER)
        else:
            return any(resource.name == one.plural for resource in answer.resources or ())
