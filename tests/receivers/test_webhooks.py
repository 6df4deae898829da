"""Webhooks: signatures, repetitions, Alertmanager's form, and beats of a heart."""

import base64
from typing import Any

import pytest

from e2e.receivers.webhooks import sign
from tests.receivers.standins import NOW, StandIns, running

SECRET = "whsec_" + base64.b64encode(b"a secret of the tests").decode()
BODY = b'{"id": "1"}'


def signed(
    identity: str = "msg-1", at: float = NOW, secret: str = SECRET, body: bytes = BODY
) -> dict[str, str]:
    sent = str(int(at))
    return {
        "webhook-id": identity,
        "webhook-timestamp": sent,
        "webhook-signature": f"v1,bm90aGluZw== {sign(secret, identity, sent, body)}",
    }


def test_a_signature_is_the_one_of_the_specifications_own_example() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105  # from the specification
    body = b'{"test": 2432232314}'
    assert sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


async def test_what_is_signed_is_taken_once(standins: StandIns) -> None:
    standins.world.known.change({"webhook_secrets": {"ops": SECRET}})
    for answer in ("ok", "known already"):
        said = await standins.send("/webhook/ops", BODY, signed())
        assert (said.status, said.body["status"]) == (200, answer)
    webhook = (await standins.state())["webhook"]["ops"]
    assert ([m["body"] for m in webhook["messages"]], webhook["again"]) == ([{"id": "1"}], 1)
    assert webhook["count"] == 1
    assert [e["outcome"] for e in await standins.journal()] == ["taken", "came before"]


@pytest.mark.parametrize(
    ("problem", "headers"),
    [
        ("missing: webhook-id, webhook-timestamp, webhook-signature", {}),
        ("no signature matches", signed(body=b"{}")),
        ("no signature matches", signed(secret="whsec_b3RoZXI=")),  # noqa: S106  # another
        ("no signature matches", signed() | {"webhook-id": "msg-2"}),
        ("webhook-timestamp is more than 300 s from now", signed(at=NOW - 301)),
        ("webhook-timestamp is more than 300 s from now", signed(at=NOW + 301)),
        (
            "webhook-timestamp is no number of seconds since 1970",
            signed() | {"webhook-timestamp": "now"},
        ),
    ],
)
async def test_what_is_signed_badly_is_refused(
    standins: StandIns, problem: str, headers: dict[str, str]
) -> None:
    standins.world.known.change({"webhook_secrets": {"ops": SECRET}})
    said = await standins.send("/webhook/ops", BODY, headers)
    assert (said.status, said.body) == (401, {"error": problem})


async def test_without_a_secret_any_object_is_taken_but_noted(standins: StandIns) -> None:
    assert (await standins.send("/webhook/open", BODY)).status == 200
    assert "webhook-id" in (await standins.journal())[0]["notes"][0]
    assert (await standins.send("/webhook/open", [])).status == 400
    assert (await standins.send("/webhook/open", b"{")).status == 400
    assert (await standins.send("/webhook/open", BODY, {"Content-Type": "text/plain"})).status == (
        415
    )


async def test_with_a_schema_every_webhook_fits_it() -> None:
    form = {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}
    async with running(form) as standins:
        assert (await standins.send("/webhook/ops", {"id": 1})).status == 200
        said = await standins.send("/webhook/ops", BODY)
    assert (said.status, said.body) == (400, {"errors": ["/id: must be integer"]})


def alert(**change: Any) -> dict[str, Any]:
    return {
        "status": "firing", "labels": {"alertname": "slow", "pod": "a"}, "annotations": {},
        "startsAt": "2026-11-26T02:00:00.123456789Z", "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "", "fingerprint": "00000000000000ff", **change,
    }  # fmt: skip


def message(*alerts: dict[str, Any], **change: Any) -> dict[str, Any]:
    return {
        "version": "4", "groupKey": '{}:{alertname="slow"}', "truncatedAlerts": 0,
        "status": "firing", "receiver": "ops", "groupLabels": {"alertname": "slow"},
        "commonLabels": {"alertname": "slow", "pod": "a"}, "commonAnnotations": {},
        "externalURL": "", "alerts": list(alerts or [alert()]), **change,
    }  # fmt: skip


async def test_alertmanagers_own_message_is_taken(standins: StandIns) -> None:
    ended = alert(status="resolved", endsAt="2026-11-26T03:00:00+01:00", fingerprint="a" * 16)
    assert (await standins.send("/alertmanager/ops", message(alert(), ended))).status == 200
    told = (await standins.state())["alertmanager"]["ops"]
    assert [len(each["body"]["alerts"]) for each in told] == [2]


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        ("/version: const 4 does not hold", message(version="3")),
        ("/receiver: minLength 1 does not hold", message(receiver="")),
        ("/status: enum ['firing', 'resolved'] does not hold", message(status="ok")),
        ("/colour: must not be there", message(colour="red")),
        ("/alerts/0/startsAt: format date-time does not hold", message(alert(startsAt="now"))),
        (
            "/alerts/0/startsAt: format date-time does not hold",
            message(alert(startsAt="2026-11-26T02:00:00")),
        ),
        (
            "/alerts/0/fingerprint: pattern ^[0-9a-f]{16}$ does not hold",
            message(alert(fingerprint="ff")),
        ),
        ("/commonLabels/pod: must be string", message(commonLabels={"pod": 1})),
        ("/status: must be firing where an alert is, else resolved", message(status="resolved")),
        ("/alerts: two have one fingerprint", message(alert(), alert())),
        ("/commonAnnotations: must be what all alerts share", message(commonAnnotations={"a": ""})),
        ("/groupLabels: must be among the common labels", message(groupLabels={"a": "b"})),
        ("/alerts/0/endsAt: a resolved alert has ended",
         message(alert(status="resolved"), status="resolved")),
    ],
)  # fmt: skip
async def test_a_message_that_is_not_alertmanagers_is_refused(
    standins: StandIns, problem: str, told: dict[str, Any]
) -> None:
    said = await standins.send("/alertmanager/ops", told)
    assert (said.status, said.body) == (400, {"errors": [problem]})


async def test_labels_have_names_and_one_is_the_alerts(standins: StandIns) -> None:
    wrong = alert(labels={"a-b": "x"})
    told = message(wrong, commonLabels={"a-b": "x"}, groupLabels={})
    assert (await standins.send("/alertmanager/ops", told)).body["errors"] == [
        "/alerts/0/labels/a-b: no name of a label",
        "/alerts/0/labels/alertname: is missing",
    ]


async def test_each_beat_has_its_time(standins: StandIns) -> None:
    for method in ("GET", "POST", "HEAD"):
        assert (await standins.send("/heartbeat/dead-man", b"", method=method)).status == 200
        standins.now += 30
    assert (await standins.send("/heartbeat/dead-man", b"", method="PUT")).status == 404
    beats = (await standins.state())["heartbeat"]["dead-man"]
    start = int(NOW * 1000)
    assert beats == {"count": 3, "at": [start, start + 30_000, start + 60_000]}
