"""Ports that a benchmark without routes does not use."""

from collections.abc import Mapping
from typing import Any

from tocsin.core.notify.notification import Notification
from tocsin.core.notify.receivers import Receipt, Receiver


class Nobody:
    """No route is there, so nothing is told, and nothing kept."""

    async def create(self, kind: str, namespace: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Not called."""
        raise NotImplementedError

    async def write_status(
        self, kind: str, namespace: str, name: str, resource_version: str, status: Mapping[str, Any]
    ) -> str:
        """Not called."""
        raise NotImplementedError

    async def delete(self, kind: str, namespace: str, name: str, uid: str) -> None:
        """Not called."""
        raise NotImplementedError

    async def tell(self, receiver: Receiver, namespace: str, notification: Notification) -> Receipt:
        """Not called."""
        raise NotImplementedError

    async def check(self, receiver: Receiver, namespace: str) -> None:
        """Not called."""
        raise NotImplementedError

    async def beat(self, receiver: Receiver, namespace: str) -> None:
        """Not called."""
        raise NotImplementedError
