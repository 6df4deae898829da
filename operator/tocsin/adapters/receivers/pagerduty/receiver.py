"""Sends events to PagerDuty, and says in words what it makes of them."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from tocsin.adapters.receivers.pagerduty.events import Rollout, changes, event
from tocsin.adapters.receivers.sending import Desk, Letter, shown
from tocsin.adapters.receivers.settings import Settings
from tocsin.adapters.receivers.templates import words
from tocsin.core.notify.notification import Notification, Reason
from tocsin.core.notify.receivers import DeliveryError, Receipt
from tocsin.ports import Renderer
from tocsin.ports.transport import Response

_USUAL: Final = "https://events.pagerduty.com"
#: What opens an incident, so that its rollout is told beside it.
_OPENING: Final = frozenset({Reason.FIRST, Reason.STORM})
#: Rollouts of which it is remembered that they were told.
_REMEMBERED: Final = 256


@dataclass(frozen=True)
class PagerDuty:
    """Takes an event when it answers 202, which it does before anybody is paged."""

    desk: Desk
    renderer: Renderer
    #: The rollouts that were told, by routing key: once for all the incidents that follow them.
    told: deque[tuple[str, Rollout]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    async def tell(self, settings: Settings, namespace: str, notification: Notification) -> Receipt:
        """What came back once PagerDuty has taken `notification`.

        Raises:
            DeliveryError: it did not.
        """
        base = settings.text("url", _USUAL).rstrip("/")
        ref = settings.required_secret("routingKeySecretRef")
        key = await self._key(settings, namespace)
        said = words(self.renderer, settings, notification)
        body = event(notification, said, key)
        response = await self.desk.post(Letter(f"{base}/v2/enqueue", body, hidden=(key,)))
        if not 200 <= response.status < 300:
            if _blames_the_key(response):
                self.desk.forget(namespace, ref)
                raise DeliveryError(
                    f"PagerDuty does not know the routing key: put the integration key (32 "
                    f"characters) of a service's Events API V2 integration into key {ref.key} of "
                    f"Secret {namespace}/{ref.name}"
                )
            raise self._not_taken(response, key)
        warnings = [said.warning] if said.warning else []
        if notification.reason in _OPENING and settings.flag("changeEvents"):
            warnings += await self._tell_changes(base, key, notification)
        return Receipt(warning="; ".join(warnings))

    async def check(self, settings: Settings, namespace: str) -> None:
        """Nothing, where its Secrets and addresses can be used; nothing is sent.

        Raises:
            DeliveryError: one cannot.
        """
        await self._key(settings, namespace)

    async def _key(self, settings: Settings, namespace: str) -> str:
        ref = settings.required_secret("routingKeySecretRef")
        return await self.desk.secret(namespace, ref, self.desk.chosen_host(settings))

    async def _tell_changes(self, base: str, key: str, notification: Notification) -> list[str]:
        """Tell the rollouts; what fails is a warning, as the page itself has gone out."""
        for rollout, body in changes(notification, key):
            if (key, rollout) in self.told:
                continue
            letter = Letter(f"{base}/v2/change/enqueue", body, hidden=(key,))
            try:
                response = await self.desk.post(letter)
            except DeliveryError as error:
                return [f"the rollout was not told as a change event: {error}"]
            if not 200 <= response.status < 300:
                refusal = self._not_taken(response, key)
                return [f"the rollout was not told as a change event: {refusal}"]
            self.told.append((key, rollout))
        return []

    def _not_taken(self, response: Response, key: str) -> DeliveryError:
        if response.status == 400 and (errors := _errors(response)):
            said = shown(errors, (key,))
            return DeliveryError(f"PagerDuty refused the event: {said}", retry=False)
        return self.desk.not_taken(response, (key,), "look at url, the address of its Events API")


def _blames_the_key(response: Response) -> bool:
    said = response.body[:4096].lower()
    return response.status in (400, 401, 403) and (
        b"invalid routing key" in said or b"'routing_key'" in said
    )


def _errors(response: Response) -> str:
    """What PagerDuty says is wrong with an event, in its words; empty if it does not say."""
    try:
        said: Any = orjson.loads(response.body)
        return "; ".join(str(error) for error in said["errors"])
    except (ValueError, TypeError, KeyError):
        return ""
