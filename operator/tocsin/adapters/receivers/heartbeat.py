"""A dead man's switch, which alerts when it hears nothing of the operator."""

from dataclasses import dataclass

from tocsin.adapters.receivers.sending import Desk, Letter
from tocsin.adapters.receivers.settings import Settings
from tocsin.core.notify.notification import Notification
from tocsin.core.notify.receivers import DeliveryError, Receipt


@dataclass(frozen=True)
class Heartbeat:
    """Hears a beat when it answers 2xx; of alerts it is told nothing."""

    desk: Desk

    async def tell(
        self,
        settings: Settings,  # noqa: ARG002  # it is told of no alert
        namespace: str,  # noqa: ARG002  # as above
        notification: Notification,  # noqa: ARG002  # as above
    ) -> Receipt:
        """Nothing is sent: that it was not told of an alert is no failure."""
        return Receipt()

    async def check(self, settings: Settings, namespace: str) -> None:
        """Nothing, where its Secrets and addresses can be used; nothing is sent.

        Raises:
            DeliveryError: one cannot.
        """
        url, _ = await self.desk.address(namespace, settings)
        self.desk.host(url)

    async def beat(self, settings: Settings, namespace: str) -> None:
        """Post to its address.

        Raises:
            DeliveryError: it was not heard.
        """
        url, hidden = await self.desk.address(namespace, settings)
        # Services show what they were posted; none needs anything.
        response = await self.desk.post(Letter(url, b'{"from": "tocsin"}', hidden=hidden))
        if 200 <= response.status < 300:
            return
        error = self.desk.not_taken(response, hidden, "look at the address")
        if response.status in (401, 403, 404, 410) and (ref := settings.secret("urlSecretRef")):
            self.desk.forget(namespace, ref)
            raise DeliveryError(str(error))
        raise error
