"""Those who are told of alerts."""

from typing import Protocol

from tocsin.core.notify.notification import Notification
from tocsin.core.notify.receivers import Receipt, Receiver


class Receivers(Protocol):
    """Tells receivers of all kinds."""

    async def tell(self, receiver: Receiver, namespace: str, notification: Notification) -> Receipt:
        """What came back once `receiver` has taken `notification`.

        `namespace` is that of its route, in which its Secrets are.

        Raises:
            DeliveryError: it was not taken.
        """
        ...

    async def check(self, receiver: Receiver, namespace: str) -> None:
        """Nothing, where `receiver` could be told; nothing is sent.

        Raises:
            DeliveryError: a Secret or an address that it names cannot be used.
        """
        ...

    async def beat(self, receiver: Receiver, namespace: str) -> None:
        """Tell `receiver`, a dead man's switch, that the operator is alive.

        Raises:
            DeliveryError: it was not taken.
        """
        ...
