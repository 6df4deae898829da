"""Tells receivers of every kind."""

from typing import Protocol

from tocsin.adapters.receivers.pagerduty import PagerDuty
from tocsin.adapters.receivers.sending import Desk
from tocsin.adapters.receivers.settings import Settings
from tocsin.adapters.receivers.webhook import Webhook
from tocsin.core.notify.notification import Notification
from tocsin.core.notify.receivers import DeliveryError, Receipt, Receiver
from tocsin.ports import Clock, Renderer
from tocsin.ports.secrets import SecretReader
from tocsin.ports.transport import Transport


class Kind(Protocol):
    """One kind of receivers."""

    async def tell(self, settings: Settings, namespace: str, notification: Notification) -> Receipt:
        """What came back once a receiver with `settings` has taken `notification`.

        Raises:
            DeliveryError: it did not.
        """
        ...


class AllReceivers:
    """Receivers by kind; whatever goes wrong with one is a DeliveryError."""

    def __init__(
        self, transport: Transport, secrets: SecretReader, clock: Clock, renderer: Renderer
    ) -> None:
        desk = Desk(transport, secrets, clock)
        self._kinds: dict[str, Kind] = {
            "pagerduty": PagerDuty(desk, renderer),
            "webhook": Webhook(desk, renderer),
        }

    async def tell(self, receiver: Receiver, namespace: str, notification: Notification) -> Receipt:
        """What came back once `receiver`, whose Secrets are in `namespace`, has taken it.

        Raises:
            DeliveryError: it was not taken.
        """
        kind = self._kinds.get(receiver.kind)
        if kind is None:
            known = ", ".join(sorted(self._kinds))
            raise DeliveryError(
                f"receiver {receiver.name}: there is no kind {receiver.kind}; there are: {known}",
                retry=False,
            )
        try:
            return await kind.tell(Settings.of(receiver), namespace, notification)
        except DeliveryError:
            raise
        except Exception as error:  # noqa: BLE001  # one receiver's failure is no other's
            # Its text may hold what was sent, and so Secrets.
            raise DeliveryError(
                f"receiver {receiver.name}: Tocsin failed with {type(error).__name__}; please "
                f"report it"
            ) from None
