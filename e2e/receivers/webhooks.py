"""Signed webhooks as standardwebhooks.com has them, below /webhook/ with a name."""

import base64
import binascii
import hashlib
import hmac
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

from e2e.receivers import schema
from e2e.receivers.calls import Answer, Call, Json
from e2e.receivers.known import Known

_KEPT: Final = 2000
_TOLERANCE: Final = 300  # seconds between the sender's clock and ours


@dataclass
class Webhook:
    """What one endpoint was told: each message once, the latest of them; `again`: repetitions."""

    messages: deque[Json] = field(default_factory=lambda: deque(maxlen=_KEPT))
    ids: set[str] = field(default_factory=set)
    count: int = 0
    again: int = 0


class Webhooks:
    """Endpoints by name; one whose secret is known takes only what is signed with it."""

    def __init__(self, known: Known, form: schema.Schema | None) -> None:
        self._known = known
        self._form = form
        self._webhooks: dict[str, Webhook] = {}

    def answer(self, call: Call) -> Answer:
        """Take a message; the second of the same id is taken too, and nothing comes of it."""
        if call.method != "POST" or not call.last:
            return Answer(404, {"error": "not found"}, "no such path")
        secret = self._known.webhook_secrets.get(call.last)
        if secret is not None and (wrong := _signature_problem(call, secret)):
            return Answer(401, {"error": wrong}, wrong)
        if call.media_type != "application/json":
            return Answer(415, {"error": "not application/json"}, "not application/json")
        try:
            told = call.json()
        except ValueError as error:
            return Answer(400, {"error": f"no JSON: {error}"}, "no JSON")
        if wrong_fields := self._problems(told):
            return Answer(400, {"errors": wrong_fields}, wrong_fields[0],
                          notes=tuple(wrong_fields[1:]))  # fmt: skip
        return self._take(call, told)

    def state(self) -> Json:
        """What each endpoint was told."""
        return {
            name: {"messages": list(it.messages), "count": it.count, "again": it.again}
            for name, it in self._webhooks.items()
        }

    def _problems(self, told: Any) -> list[str]:
        if self._form is not None:
            return schema.problems(self._form, told)
        return [] if isinstance(told, dict) and told else ["the body is no object"]

    def _take(self, call: Call, told: Any) -> Answer:
        webhook = self._webhooks.setdefault(call.last, Webhook())
        name = call.headers.get("webhook-id", "")
        if name in webhook.ids:
            webhook.again += 1
            return Answer(200, {"status": "known already"}, "came before")
        webhook.ids |= {name} if name else set()
        webhook.count += 1
        webhook.messages.append({"id": name, "at": round(call.at * 1000), "body": told})
        notes = () if name else ("without a webhook-id: nobody can tell it from its repetition",)
        return Answer(200, {"status": "ok"}, "taken", notes=notes)


def _signature_problem(call: Call, secret: str) -> str:
    """Why nobody can know that the sender sent this now; empty if it is signed well."""
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    if missing := [name for name in names if not call.headers.get(name)]:
        return f"missing: {', '.join(missing)}"
    identity, sent, signatures = (call.headers[name] for name in names)
    if not sent.isdecimal():
        return "webhook-timestamp is no number of seconds since 1970"
    if abs(call.at - int(sent)) > _TOLERANCE:
        return f"webhook-timestamp is more than {_TOLERANCE} s from now"
    expected = sign(secret, identity, sent, call.body)
    if not any(hmac.compare_digest(expected, one) for one in signatures.split()):
        return "no signature matches"
    return ""


def sign(secret: str, identity: str, sent: str, body: bytes) -> str:
    """The signature of a message, "v1," and base64; ValueError if the secret is no base64."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error as error:
        raise ValueError(f"the secret is no base64: {error}") from None
    signed = f"{identity}.{sent}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
