"""Posts to a webhook."""

from dataclasses import dataclass
from typing import Final

from tocsin.adapters.receivers.sending import Desk, Letter
from tocsin.adapters.receivers.settings import Settings
from tocsin.adapters.receivers.templates import words
from tocsin.adapters.receivers.webhook.alertmanager import alertmanager_format
from tocsin.adapters.receivers.webhook.own import own_format
from tocsin.adapters.receivers.webhook.signing import key_of, signed, unsigned
from tocsin.core.notify.notification import Notification
from tocsin.core.notify.receivers import DeliveryError, Receipt
from tocsin.ports import Renderer
from tocsin.ports.transport import Response

_ALERTMANAGER: Final = "Alertmanager"
_CREDENTIALS: Final = ("bearerSecretRef", "signingSecretRef", "urlSecretRef")
#: Which Secrets an answer puts in doubt.
_BLAMED: Final = {
    401: _CREDENTIALS, 403: _CREDENTIALS, 404: ("urlSecretRef",), 410: ("urlSecretRef",)
}  # fmt: skip


@dataclass(frozen=True)
class _Way:
    """Where to, and with what; no `token` or `key`: without one. `hidden` must not show."""

    url: str
    token: str
    key: bytes
    hidden: tuple[str, ...]


@dataclass(frozen=True)
class Webhook:
    """Takes a notification when it answers 2xx."""

    desk: Desk
    renderer: Renderer

    async def tell(self, settings: Settings, namespace: str, notification: Notification) -> Receipt:
        """What came back once the webhook has taken `notification`.

        Raises:
            DeliveryError: it did not.
        """
        way = await self._way(settings, namespace)
        body, warning = self._body(settings, notification)
        headers = {"authorization": f"Bearer {way.token}"} if way.token else {}
        now = self.desk.clock.now()
        if way.key:
            headers |= signed(notification.id, now, body, way.key)
        else:
            headers |= unsigned(notification.id, now)
        response = await self.desk.post(Letter(way.url, body, headers, way.hidden))
        if not 200 <= response.status < 300:
            raise self._not_taken(response, way.hidden, settings, namespace)
        return Receipt(warning=warning)

    async def check(self, settings: Settings, namespace: str) -> None:
        """Nothing, where its Secrets and addresses can be used; nothing is sent.

        Raises:
            DeliveryError: one cannot.
        """
        await self._way(settings, namespace)

    async def _way(self, settings: Settings, namespace: str) -> _Way:
        url, hidden = await self.desk.address(namespace, settings)
        host, token, key = self.desk.host(url), "", b""
        if ref := settings.secret("bearerSecretRef"):
            token = await self.desk.secret(namespace, ref, host)
            hidden += (token,)
        if ref := settings.secret("signingSecretRef"):
            secret = await self.desk.secret(namespace, ref, host)
            hidden += (secret,)
            try:
                key = key_of(secret)
            except ValueError as error:
                raise DeliveryError(
                    f"{ref.field}: key {ref.key} of Secret {namespace}/{ref.name}: {error}"
                ) from None
        return _Way(url, token, key, hidden)

    def _not_taken(
        self, response: Response, hidden: tuple[str, ...], settings: Settings, namespace: str
    ) -> DeliveryError:
        """What to make of an answer; what a Secret holds may be mended without the route."""
        error = self.desk.not_taken(response, hidden, _todo(response.status))
        names = _BLAMED.get(response.status, ())
        refs = [ref for name in names if (ref := settings.secret(name))]
        self.desk.forget(namespace, *refs)
        return DeliveryError(str(error)) if refs else error

    def _body(self, settings: Settings, notification: Notification) -> tuple[bytes, str]:
        most = settings.number("maxAlerts")
        if settings.text("format") == _ALERTMANAGER:
            templated = settings.part("template").values
            return alertmanager_format(notification, most), (
                f"{settings.where}.template: Alertmanager's format has no place for it"
                if templated
                else ""
            )
        said = words(self.renderer, settings, notification)
        return own_format(notification, said, most), said.warning


def _todo(status: int) -> str:
    """What to do about a final answer."""
    match status:
        case 401 | 403:
            return "look at bearerSecretRef and signingSecretRef, and at who may call it"
        case 404 | 410:
            return "look at the address"
        case 413:
            return "it takes less than 256 KiB: set maxAlerts"
        case _:
            return "look at what it expects"
