"""Each kind of receiver says what it could not be told with, and sends nothing to find out."""

from typing import Any

import pytest

from tocsin.core.notify.receivers import DeliveryError

from .fakes import Office

KEY = {"name": "its", "key": "key"}
HOOK = "https://hooks.example.com/in"

NAMING: list[tuple[str, dict[str, Any]]] = [
    ("pagerduty", {"routingKeySecretRef": KEY}),
    ("slack", {"tokenSecretRef": KEY, "channel": "#ml"}),
    ("slack", {"webhookSecretRef": KEY}),
    ("webhook", {"urlSecretRef": KEY}),
    ("webhook", {"url": HOOK, "bearerSecretRef": KEY}),
    ("webhook", {"url": HOOK, "signingSecretRef": KEY}),
    ("heartbeat", {"urlSecretRef": KEY, "interval": "1m"}),
]


@pytest.mark.parametrize(("kind", "settings"), NAMING)
async def test_a_secret_that_is_missing_is_found(kind: str, settings: dict[str, Any]) -> None:
    office = Office()
    with pytest.raises(DeliveryError, match="Secret fraud/its has no key key"):
        await office.check(kind, settings)
    assert office.wire.requests == []


@pytest.mark.parametrize(("kind", "settings"), NAMING)
async def test_a_secret_that_is_there_is_enough(kind: str, settings: dict[str, Any]) -> None:
    office = Office()
    value = HOOK if any(n in settings for n in ("webhookSecretRef", "urlSecretRef")) else "c2VjcmV0"
    office.vault.values["fraud/its/key"] = value
    await office.check(kind, settings)
    assert office.wire.requests == []


async def test_a_key_that_signs_nothing_is_found() -> None:
    office = Office()
    office.vault.values["fraud/its/key"] = "whsec_no base64!"
    with pytest.raises(DeliveryError, match="signingSecretRef"):
        await office.check("webhook", {"url": HOOK, "signingSecretRef": KEY})


async def test_a_kind_that_is_not_there_is_found() -> None:
    with pytest.raises(DeliveryError, match="there is no kind pigeon"):
        await Office().check("pigeon", {})
