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

    async def beat(self, receiver: Receiver, namespace: str) -> None:
        """Tell `receiver`, a dead man's switch, that the operator is alive.

        Raises:
            DeliveryError: it was not taken.
        """
        ...
