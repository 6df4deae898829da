"""What receivers take and do not take is counted."""

from collections import Counter

import pytest

from tocsin.adapters.receivers import CountedReceivers
from tocsin.core.notify.notification import Notification
from tocsin.core.notify.receivers import DeliveryError, Receipt, Receiver

from .told import alert, told

CHAT = Receiver("chat", "slack", "slack #ml")


class Answering:
    """Receivers that all answer the same."""

    def __init__(self, answer: DeliveryError | None) -> None:
        self._answer = answer

    async def tell(self, receiver: Receiver, namespace: str, notification: Notification) -> Receipt:
        if self._answer:
            raise self._answer
        return Receipt("1")

    async def check(self, receiver: Receiver, namespace: str) -> None:
        if self._answer:
            raise self._answer

    async def beat(self, receiver: Receiver, namespace: str) -> None:
        if self._answer:
            raise self._answer


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (None, "taken"),
        (DeliveryError("500"), "failed"),
        (DeliveryError("404", retry=False), "refused"),
        (DeliveryError("no answer", uncertain=True), "uncertain"),
    ],
)
async def test_each_outcome_is_counted_once(answer: DeliveryError | None, outcome: str) -> None:
    counted: Counter[tuple[str, str]] = Counter()

    def count(kind: str, outcome: str) -> None:
        counted[kind, outcome] += 1

    receivers = CountedReceivers(Answering(answer), count)
    if answer:
        with pytest.raises(DeliveryError):
            await receivers.tell(CHAT, "fraud", told(alert()))
        with pytest.raises(DeliveryError):
            await receivers.beat(CHAT, "fraud")
    else:
        assert await receivers.tell(CHAT, "fraud", told(alert())) == Receipt("1")
        await receivers.beat(CHAT, "fraud")
    assert counted == {("slack", outcome): 2}
