"""Writes to Slack: one message for an incident, edited as it changes, with news in its thread."""

from dataclasses import dataclass
from typing import Any, Final

import orjson

from tocsin.adapters.receivers.sending import Desk, Letter, hidden_of, shown
from tocsin.adapters.receivers.settings import SecretRef, Settings
from tocsin.adapters.receivers.slack import blocks
from tocsin.adapters.receivers.slack.answers import BLOCKS, GONE, Said, blames_secret, problem, said
from tocsin.adapters.receivers.slack.pacing import Pace
from tocsin.adapters.receivers.templates import words
from tocsin.core.notify.notification import Notification, Reason
from tocsin.core.notify.receivers import Receipt
from tocsin.ports import Renderer

Json = dict[str, Any]

_USUAL: Final = "https://slack.com/api"
_STYLE: Final = {"unfurl_links": False, "unfurl_media": False}
#: What is told in the thread is shown in the channel too where it has to be seen anew.
_BROADCAST: Final = frozenset({Reason.REPEAT, Reason.SILENCE_ENDED, Reason.DELIVERY_FAILED})
_ONLY_TEXT: Final = "Slack did not take the message's blocks, only its text; please report it"


@dataclass(frozen=True)
class _Way:
    """Where to, and with what: the Web API as a bot, whose token is `token`."""

    namespace: str
    base: str
    ref: SecretRef
    token: str
    channel: str

    @property
    def secret(self) -> str:
        return f"key {self.ref.key} of Secret {self.namespace}/{self.ref.name}"

    @property
    def pace(self) -> str:
        return f"{self.base} {self.channel}"


class Slack:
    """Takes a message when it answers ok."""

    def __init__(self, desk: Desk, renderer: Renderer, pace: Pace) -> None:
        self._desk = desk
        self._renderer = renderer
        self._pace = pace

    async def tell(self, settings: Settings, namespace: str, notification: Notification) -> Receipt:
        """What came back once Slack has taken `notification`; its reference is the message's.

        Raises:
            DeliveryError: it did not.
        """
        texts = words(self._renderer, settings, notification)
        message = blocks.message(notification, texts)
        if hook := settings.secret("webhookSecretRef"):
            receipt = await self._by_webhook(namespace, hook, message)
        else:
            receipt = await self._by_token(settings, namespace, notification, message)
        warnings = [warning for warning in (texts.warning, receipt.warning) if warning]
        return Receipt(receipt.reference, "; ".join(warnings))

    async def check(self, settings: Settings, namespace: str) -> None:
        """Nothing, where its Secrets and addresses can be used; nothing is sent.

        Raises:
            DeliveryError: one cannot.
        """
        if hook := settings.secret("webhookSecretRef"):
            self._desk.host(await self._desk.secret(namespace, hook, None))
        else:
            await self._way(settings, namespace)

    async def _by_token(
        self, settings: Settings, namespace: str, notification: Notification, message: Json
    ) -> Receipt:
        way = await self._way(settings, namespace)
        channel, _, ts = notification.reference.partition(":")
        if channel and ts:
            receipt = await self._follow_up(way, notification, message, Said("", channel, ts))
            if receipt:
                return receipt
        await self._pace.turn(way.pace)
        return await self._posted(way, {"channel": way.channel, **message})

    async def _way(self, settings: Settings, namespace: str) -> _Way:
        ref = settings.required_secret("tokenSecretRef")
        base = settings.text("url", _USUAL).rstrip("/")
        token = await self._desk.secret(namespace, ref, self._desk.chosen_host(settings))
        return _Way(namespace, base, ref, token, settings.text("channel"))

    async def _follow_up(
        self, way: _Way, notification: Notification, message: Json, root: Said
    ) -> Receipt | None:
        """Edit the message, and answer it in its thread; None: it is gone.

        The edit comes first, as it can be made twice: what an attempt leaves undone is the
        answer, and only that can be seen twice.
        """
        edit = {"channel": root.channel, "ts": root.ts, **message}
        edited = await self._called(way, "chat.update", edit)
        if edited.error in GONE:
            return None
        if edited.error in BLOCKS:
            edited = await self._called(way, "chat.update", {**edit, "blocks": []})
        self._check(way, edited)
        if notification.reason is Reason.ACKNOWLEDGED:  # it is to ring nobody
            return Receipt(root.reference)
        answer = {"channel": root.channel, "thread_ts": root.ts, **blocks.reply(notification)}
        if notification.reason in _BROADCAST:
            answer["reply_broadcast"] = True
        await self._pace.turn(way.pace)
        told = await self._called(way, "chat.postMessage", {**answer, **_STYLE})
        if told.error in GONE:
            return None
        self._check(way, told)
        return Receipt(root.reference)

    async def _posted(self, way: _Way, message: Json) -> Receipt:
        told, warning = await self._called(way, "chat.postMessage", {**message, **_STYLE}), ""
        if told.error in BLOCKS:
            warning = _ONLY_TEXT
            plain = {**message, **_STYLE, "blocks": []}
            told = await self._called(way, "chat.postMessage", plain)
        self._check(way, told)
        return Receipt(told.reference, warning)

    async def _called(self, way: _Way, method: str, arguments: Json) -> Said:
        """What the Web API says to a call of `method`.

        Raises:
            DeliveryError: it says nothing.
        """
        headers = {"authorization": f"Bearer {way.token}"}
        body = orjson.dumps(arguments)
        response = await self._desk.post(
            Letter(f"{way.base}/{method}", body, headers, (way.token,))
        )
        if response.status != 200:
            raise self._desk.not_taken(response, (way.token,), "look at url")
        return said(response)

    def _check(self, way: _Way, answer: Said) -> None:
        """Raise what to make of an answer that is an error."""
        if answer.error:
            if blames_secret(answer.error):
                self._desk.forget(way.namespace, way.ref)
            raise problem(shown(answer.error, (way.token,)), way.channel, way.secret)

    async def _by_webhook(self, namespace: str, ref: SecretRef, message: Json) -> Receipt:
        url = await self._desk.secret(namespace, ref, None)
        hidden = hidden_of(url)
        await self._pace.turn(f"{namespace}/{ref.name}/{ref.key}")
        response = await self._desk.post(Letter(url, orjson.dumps(message), hidden=hidden))
        if response.status == 200:
            return Receipt()
        answer = shown(response.body[:1000].decode("utf-8", "replace"), hidden)
        if response.status not in (400, 403, 404, 410):
            raise self._desk.not_taken(response, hidden, "look at the webhook's URL")
        if answer in BLOCKS:
            plain = {"text": message["text"]}
            response = await self._desk.post(Letter(url, orjson.dumps(plain), hidden=hidden))
            if response.status == 200:
                return Receipt(warning=_ONLY_TEXT)
        self._desk.forget(namespace, ref)
        secret = f"key {ref.key} of Secret {namespace}/{ref.name}"
        raise problem(answer, "of the webhook", secret)
