"""Credentials out of Secrets: each read by its name, and kept for a short time."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from kubernetes.aio.client import ApiClient

from tocsin.adapters.kube.credentials import Credential, credential, not_for
from tocsin.adapters.kube.reading import read_core
from tocsin.adapters.kube.requests import TIMEOUT, Count, send
from tocsin.ports import GoneError, RefusedError, Secret, SecretError, UnavailableError

#: Seconds for which a value is used without asking again.
KEPT_FOR: Final = 30.0
#: Seconds for an answer while there is a value to go on with: somebody waits to be told.
_WHILE_KEPT: Final = 2.0
_MOST_KEPT: Final = 2048

_Place = tuple[str, str, str]  # namespace, name, key


@dataclass(frozen=True)
class _Kept:
    """A credential, and when it is to be asked for again."""

    credential: Credential
    until: float


class KubeSecrets:
    """Reads by `get` alone. While the API server is away, what was read last is used on.

    `monotonic` tells a time in seconds that only goes forward.
    """

    def __init__(self, api: ApiClient, count: Count, monotonic: Callable[[], float]) -> None:
        self._api = api
        self._count = count
        self._monotonic = monotonic
        self._kept: OrderedDict[_Place, _Kept] = OrderedDict()

    async def read(self, namespace: str, name: str, key: str, *, host: str | None = None) -> Secret:
        """What stands under `key` of the Secret, without one line break at its end.

        `host` is where it is to be sent, if a user chooses that: the Secret has to allow it.

        Raises:
            SecretError: it is not there, not meant for this, or cannot be a credential.
        """
        place = (namespace, name, key)
        kept = self._kept.get(place)
        if kept is None or self._monotonic() >= kept.until:
            kept = await self._asked(place, kept)
        if host is not None and not kept.credential.allows(host):
            self.forget(namespace, name)  # so that a mended annotation is seen by the next try
            raise not_for(f"{namespace}/{name}", kept.credential, host)
        return kept.credential.value

    def forget(self, namespace: str, name: str) -> None:
        """Read the Secret anew the next time; until that succeeds there still is its last value."""
        for place, kept in self._kept.items():
            if place[:2] == (namespace, name):
                self._kept[place] = replace(kept, until=self._monotonic())

    async def _asked(self, place: _Place, before: _Kept | None) -> _Kept:
        """What the API server has now; what it had `before` if it does not answer."""
        namespace, name, key = place
        where = f"{namespace}/{name}"
        try:
            found = credential(where, key, await self._get(namespace, name, before))
        except UnavailableError:
            if before is None:
                raise SecretError(
                    f"Secret {where} cannot be read: the API server does not answer"
                ) from None
            found = before.credential
        except GoneError:
            self._kept.pop(place, None)
            raise SecretError(
                f"Secret {where} does not exist: create it, with the key {key} and the label "
                'tocsin.dev/credentials: "true"'
            ) from None
        except RefusedError as error:
            raise SecretError(_refusal(where, namespace, str(error))) from None
        except SecretError:
            self._kept.pop(place, None)
            raise
        kept = _Kept(found, self._monotonic() + KEPT_FOR)
        self._kept[place] = kept
        self._kept.move_to_end(place)
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return kept

    async def _get(self, namespace: str, name: str, before: _Kept | None) -> Any:
        timeout = _WHILE_KEPT if before else TIMEOUT
        request = read_core(self._api, "Secret", "secrets", namespace, name, timeout)
        return await send(self._count, "get", "secrets", request)


def _refusal(where: str, namespace: str, said: str) -> str:
    if said.startswith("403"):
        return (
            f"Secret {where} cannot be read: the operator has no right to get secrets in namespace "
            f"{namespace}; give it that right, as the Helm chart does"
        )
    return f"Secret {where} cannot be read, and the API server says {said.rstrip(': ')}"
