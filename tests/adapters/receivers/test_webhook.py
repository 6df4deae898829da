"""A webhook gets what its schema says, signed, within its budget; its answers become words."""

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import Any

import pytest

from tocsin.api.webhook import Message
from tocsin.core.notify.notification import Notification
from tocsin.core.notify.receivers import DeliveryError, Receipt

from .fakes import Office, answer, no_answer
from .told import CONTEXT, STORIES, T0, alert, other, over, told

URL = "https://hooks.example.com/in"
SETTINGS: dict[str, Any] = {"url": URL}


async def refused(office: Office, settings: dict[str, Any] = SETTINGS) -> DeliveryError:
    """The error that telling ends with."""
    with pytest.raises(DeliveryError) as caught:
        await office.tell("webhook", settings, STORIES["first"])
    return caught.value


@pytest.mark.parametrize("notification", STORIES.values(), ids=STORIES)
async def test_every_story_is_a_message_of_the_published_schema(notification: Notification) -> None:
    office = Office()
    assert await office.tell("webhook", SETTINGS, notification) == Receipt()
    assert office.last.url == URL
    message = Message.model_validate_json(office.last.body)
    assert message.to_json() == office.last.json
    assert len(message.firing) + message.truncated.firing == notification.firing_count
    assert len(message.resolved) + message.truncated.resolved == notification.resolved_count


async def test_a_message_says_all_that_is_known() -> None:
    office = Office()
    await office.tell("webhook", SETTINGS, told(alert()))
    assert office.last.json == {
        "version": "1",
        "type": "incident.firing",
        "id": "8f14e45fceea167a-1",
        "key": "prod/fraud/oncall/workload=Deployment/scorer",
        "timestamp": "2026-01-31T12:00:30Z",
        "reason": "First",
        "title": "CRITICAL: high-latency on Deployment fraud/scorer",
        "text": "1 alert firing.\n"
        "- critical: p99 of scorer is 312ms (limit 200ms) (312ms, limit 200ms)",
        "cluster": "prod",
        "namespace": "fraud",
        "incident": "scorer-7c1e0f6a",
        "route": "fraud/oncall",
        "receiver": "hook",
        "group": {"namespace": "fraud", "workload": "Deployment/scorer"},
        "severity": "critical",
        "openedAt": "2026-01-31T12:00:00Z",
        "storm": False,
        "firingCount": 1,
        "resolvedCount": 0,
        "silencedCount": 0,
        "firing": [
            {
                "id": "7c1e0f6a9b2d4c38",
                "status": "firing",
                "rule": "high-latency",
                "ruleNamespace": "fraud",
                "namespace": "fraud",
                "workload": {"kind": "Deployment", "namespace": "fraud", "name": "scorer"},
                "severity": "critical",
                "firedAt": "2026-01-31T12:00:00Z",
                "isNew": True,
                "summary": "p99 of scorer is 312ms (limit 200ms)",
                "value": "312ms",
                "threshold": "200ms",
                "context": CONTEXT,
                "version": "scorer:v18",
                "rolledOutAt": "2026-01-31T11:56:00Z",
                "changes": ["image v17 → v18", "env MAX_BATCH 8 → 64"],
                "labels": {"team": "risk"},
                "annotations": {"owner": "jane"},
                "links": [{"name": "runbook", "url": "https://wiki.example.com/latency"}],
                "actions": ["kubectl rollout undo deployment/scorer -n fraud"],
                "explain": "https://tocsin.example.com/explain?rule=fraud/high-latency",
            }
        ],
        "resolved": [],
        "truncated": {"firing": 0, "resolved": 0},
        "externalUrl": "https://tocsin.example.com",
    }


async def test_a_message_is_signed_as_standard_webhooks_says() -> None:
    key = b"0123456789abcdef01234567"
    for secret, signs in (("whsec_" + base64.b64encode(key).decode(), key), ("plain", b"plain")):
        office = Office()
        office.vault.values["fraud/hook/signing"] = secret + "\n"
        ref = {"signingSecretRef": {"name": "hook", "key": "signing"}}
        await office.tell("webhook", {**SETTINGS, **ref}, STORIES["first"])
        headers = office.last.headers
        assert headers["webhook-id"] == "8f14e45fceea167a-1"
        assert headers["webhook-timestamp"] == str(int(T0.timestamp()))
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode()
        digest = hmac.digest(signs, content + office.last.body, hashlib.sha256)
        assert headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
        assert office.vault.hosts == ["hooks.example.com"]


def test_the_signature_is_that_of_the_specification_s_example() -> None:
    # From the reference libraries of standard-webhooks.
    from tocsin.adapters.receivers.webhook.signing import key_of, signed  # noqa: PLC0415  # only here

    at = T0.fromtimestamp(1614265330, T0.tzinfo)
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    headers = signed("msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}', key)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


async def test_a_bearer_token_and_a_hidden_address_come_from_secrets() -> None:
    office = Office()
    office.vault.values |= {"fraud/hook/url": URL + "?t=S3CRET\n", "fraud/hook/token": "T0KEN"}
    settings = {
        "urlSecretRef": {"name": "hook", "key": "url"},
        "bearerSecretRef": {"name": "hook", "key": "token"},
    }
    await office.tell("webhook", settings, STORIES["first"])
    assert office.last.url == URL + "?t=S3CRET"
    assert office.last.headers["authorization"] == "Bearer T0KEN"
    office.wire.answers = [answer(400, b"no: /in?t=S3CRET T0KEN t=S3CRET"), no_answer(f"{URL}")]
    for said in (str(await refused(office, settings)), str(await refused(office, settings))):
        assert "S3CRET" not in said
        assert "T0KEN" not in said


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ("a\nb", "has to be one line of printable ASCII; it is something else"),
        (" \n", "it is empty"),
        ("whsec_***", "what follows whsec_ is not base64"),
    ],
)
async def test_a_secret_that_cannot_be_used_names_itself_and_not_its_value(
    secret: str, said: str
) -> None:
    office = Office()
    office.vault.values["fraud/hook/key"] = secret
    ref = {"signingSecretRef": {"name": "hook", "key": "key"}}
    error = await refused(office, {**SETTINGS, **ref})
    assert said in str(error)
    assert "key key of Secret fraud/hook" in str(error)
    assert error.retry  # it may be mended
    assert office.wire.requests == []


@pytest.mark.parametrize(("status", "retry"), [(401, True), (403, True), (404, False)])
async def test_a_secret_in_doubt_is_read_anew_and_tried_again(status: int, retry: bool) -> None:
    office = Office()
    office.vault.values["fraud/hook/token"] = "T0KEN"
    office.wire.answers = [answer(status)]
    ref = {"bearerSecretRef": {"name": "hook", "key": "token"}}
    assert (await refused(office, {**SETTINGS, **ref})).retry is retry
    assert office.vault.forgotten == ["fraud/hook"] * retry


async def test_a_secret_that_is_missing_says_what_to_do() -> None:
    error = await refused(Office(), {"urlSecretRef": {"name": "hook", "key": "url"}})
    assert (str(error), error.retry) == ("Secret fraud/hook has no key url: add it", True)


@pytest.mark.parametrize(
    ("response", "retry", "after", "uncertain", "said"),
    [
        (answer(410, b"gone"), False, None, False, 'refused this with 410 and said "gone"'),
        (answer(404), False, None, False, "refused this with 404: look at the address"),
        (answer(401), False, None, False, "look at bearerSecretRef"),
        (answer(413), False, None, False, "set maxAlerts"),
        (answer(408), True, None, False, "answered 408"),
        (answer(425), True, None, False, "answered 425"),
        (answer(429, retry_after="7"), True, 7, False, "it is told again in 7s"),
        (answer(429, retry_after="99999"), True, 3600, False, "429"),
        (answer(429, retry_after="soon"), True, None, False, "429"),
        (answer(429, retry_after="-3"), True, None, False, "429"),
        (answer(503, retry_after="Sat, 31 Jan 2026 12:00:20 GMT"), True, 20, False, "503"),
        (answer(503, retry_after="Sat, 31 Jan 2026 11:00:20 GMT"), True, 0, False, "503"),
        (answer(503, retry_after="Sat, 31 Jan 2099 11:00:20"), True, 3600, False, "503"),
        (answer(500), True, None, False, "answered 500"),
        (answer(502), True, None, True, "answered 502"),
        (answer(301), False, None, False, "redirects are not followed: write the final address"),
        (answer(600), True, None, False, "600"),
    ],
)  # fmt: skip
async def test_an_answer_says_whether_when_and_what_to_do(
    response: Any, retry: bool, after: int | None, uncertain: bool, said: str
) -> None:
    office = Office()
    office.wire.answers = [response]
    error = await refused(office)
    assert error.retry is retry
    assert error.after == (None if after is None else timedelta(seconds=after))
    assert error.uncertain is uncertain
    assert said in str(error)


async def test_an_answer_is_shown_short_and_clean() -> None:
    office = Office()
    office.wire.answers = [answer(400, "<h1>\x1b[31m\u202eno\r\n\x00".encode() + b"\xff" * 10**6)]
    said = str(await refused(office))
    assert 'and said "<h1>[31mno' in said
    assert len(said) < 300
    assert said.isprintable()


@pytest.mark.parametrize("refused_", [True, False])
async def test_no_answer_may_be_uncertain_or_final(refused_: bool) -> None:
    office = Office()
    office.wire.answers = [no_answer("no answer", uncertain=not refused_, refused=refused_)]
    error = await refused(office)
    assert (error.retry, error.uncertain) == (not refused_, not refused_)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "receiver hook, webhook has no address: write url or urlSecretRef"),
        ({"url": 7}, "receiver hook, webhook.url: it is int, which does not fit"),
        ({"url": URL, "bearerSecretRef": {"name": "a"}}, "it has to have name and key"),
    ],
)
async def test_settings_that_pass_a_schema_by_mistake_name_the_field(
    settings: dict[str, Any], said: str
) -> None:
    error = await refused(Office(), settings)
    assert said in str(error)
    assert not error.retry


async def test_a_kind_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(DeliveryError, match=r"there is no kind pigeon; there are: .*webhook"):
        await Office().tell("pigeon", {}, STORIES["first"])


async def test_a_bug_is_told_by_its_type_alone() -> None:
    office = Office()
    office.wire.answers = [ValueError("S3CRET")]
    error = await refused(office)
    assert "Tocsin failed with ValueError" in str(error)
    assert "S3CRET" not in str(error)
    assert error.retry
    assert error.__cause__ is None
    assert error.__suppress_context__


async def test_a_template_makes_title_and_text() -> None:
    office = Office()
    template = {
        "title": "{{ $cluster }}: {{ $rule.name }} {{ toUpper $reason }}",
        "text": "{{ range $alerts }}{{ .summary }} [{{ .value }}]{{ end }} of {{ $firing }}",
    }
    await office.tell("webhook", {**SETTINGS, "template": template}, STORIES["first"])
    assert office.last.json["title"] == "prod: high-latency FIRST"
    assert office.last.json["text"] == "p99 of scorer is 312ms (limit 200ms) [312ms] of 1"


async def test_a_template_that_fails_is_told_and_the_usual_text_is_sent() -> None:
    office = Office()
    template = {"title": "{{ .nope }}", "text": "{{ if }}"}
    receipt = await office.tell("webhook", {**SETTINGS, "template": template}, STORIES["first"])
    assert office.last.json["title"] == "CRITICAL: high-latency on Deployment fraud/scorer"
    assert office.last.json["text"].startswith("1 alert firing.")
    assert "receiver hook, webhook.template.title: there is no label or field" in receipt.warning
    assert "receiver hook, webhook.template.text: " in receipt.warning


async def test_max_alerts_cuts_and_counts_and_keeps_some_that_were_resolved() -> None:
    office = Office()
    notification = told(
        *(alert(id=f"{n:016x}") for n in range(20)),
        resolved=tuple(over(other(id=f"{n:016x}")) for n in range(30, 40)),
    )
    await office.tell("webhook", {**SETTINGS, "maxAlerts": 8}, notification)
    message = office.last.json
    assert (len(message["firing"]), len(message["resolved"])) == (6, 2)
    assert message["truncated"] == {"firing": 14, "resolved": 8}
    assert message["firingCount"] == 20
