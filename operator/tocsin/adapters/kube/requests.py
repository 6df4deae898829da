"""One request to the API server: counted, bounded in time, and its errors in the ports' words."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from kubernetes.aio.client.exceptions import ApiException

from tocsin.ports import ConflictError, GoneError, RefusedError, UnavailableError

TIMEOUT: Final = 10.0

#: Told of each request: verb, kind, and the code it was answered with.
Count = Callable[[str, str, str], None]


async def send(count: Count, verb: str, kind: str, request: Awaitable[Any]) -> Any:
    """The answer to `request`.

    Raises:
        WriteError: it was refused, or not answered.
    """
    try:
        answer = await request
    except ApiException as error:
        count(verb, kind, str(error.status))
        raise _translated(error) from error
    except Exception as error:
        count(verb, kind, "none")
        said = f"{type(error).__name__} {error}".strip()
        raise UnavailableError(f"the API server does not answer: {said}") from error
    count(verb, kind, "200")
    return answer


def _translated(error: ApiException) -> Exception:
    said = f"{error.status} {error.reason}: {(error.body or '')[:500]}"
    match error.status:
        case 409:
            return ConflictError(said)
        case 404:
            return GoneError(said)
        case 401 | 408 | 429:
            return UnavailableError(said)
        case int() as status if status >= 500 and "not declared in schema" not in said:
            return UnavailableError(said)
        case _:  # also a 500 that says that we wrote what the schema does not have
            return RefusedError(said)
