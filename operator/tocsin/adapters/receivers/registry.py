"""Tells receivers of every kind."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from tocsin.adapters.receivers.heartbeat import Heartbeat
from tocsin.adapters.receivers.pagerduty import PagerDuty
from tocsin.adapters.receivers.sending import Desk
from tocsin.adapters.receivers.settings import Settings
from tocsin.adapters.receivers.slack import Pace, Slack
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

    async def check(self, settings: Settings, namespace: str) -> None:
        """Nothing, where its Secrets and addresses can be used; nothing is sent.

        Raises:
            DeliveryError: one cannot.
        """
        ...


class AllReceivers:
    """Receivers by kind; whatever goes wrong with one is a DeliveryError.

    `renderer` has to know the `VARIABLES` of receivers; `pause` waits for so many seconds.
    """

    def __init__(
        self,
        transport: Transport,
        secrets: SecretReader,
        clock: Clock,
        renderer: Renderer,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        desk = Desk(transport, secrets, clock)
        self._heartbeat = Heartbeat(desk)
        self._kinds: dict[str, Kind] = {
            "heartbeat": self._heartbeat,
            "pagerduty": PagerDuty(desk, renderer),
            "slack": Slack(desk, renderer, Pace(clock, pause)),
            "webhook": Webhook(desk, renderer),
        }

    async def tell(self, receiver: Receiver, namespace: str, notification: Notification) -> Receipt:
        """What came back once `receiver`, whose Secrets are in `namespace`, has taken it.

        Raises:
            DeliveryError: it was not taken.
        """
        kind = self._kind_of(receiver)
        with _in_words(receiver):
            return await kind.tell(Settings.of(receiver), namespace, notification)

    async def check(self, receiver: Receiver, namespace: str) -> None:
        """Nothing, where `receiver` could be told; nothing is sent.

        Raises:
            DeliveryError: a Secret or an address that it names cannot be used.
        """
        kind = self._kind_of(receiver)
        with _in_words(receiver):
            await kind.check(Settings.of(receiver), namespace)

    async def beat(self, receiver: Receiver, namespace: str) -> None:
        """Tell `receiver`, a heartbeat, that the operator is alive.

        Raises:
            DeliveryError: it was not heard.
        """
        if receiver.kind != "heartbeat":
            raise DeliveryError(
                f"receiver {receiver.name}: {receiver.kind} is no heartbeat", retry=False
            )
        with _in_words(receiver):
            await self._heartbeat.beat(Settings.of(receiver), namespace)

    def _kind_of(self, receiver: Receiver) -> Kind:
        kind = self._kinds.get(receiver.kind)
        if kind is None:
            known = ", ".join(sorted(self._kinds))
            raise DeliveryError(
                f"receiver {receiver.name}: there is no kind {receiver.kind}; there are: {known}",
                retry=False,
            )
        return kind


@contextmanager
def _in_words(receiver: Receiver) -> Iterator[None]:
    """Make a DeliveryError of any failure: that of one receiver is no other's."""
    try:
        yield
    except DeliveryError:
        raise
    except Exception as error:  # noqa: BLE001  # whatever it was, it is told
        # Its text may hold what was sent, and so Secrets.
        raise DeliveryError(
            f"receiver {receiver.name}: Tocsin failed with {type(error).__name__}; please report it"
        ) from None
