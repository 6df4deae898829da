"""Counts what receivers take and do not take."""

from collections.abc import Callable
from typing import Final

from tocsin.core.notify.notification import Notification
from tocsin.core.notify.receivers import DeliveryError, Receipt, Receiver
from tocsin.ports import Receivers

TAKEN: Final = "taken"
#: It may have been taken: no answer came.
UNCERTAIN: Final = "uncertain"
#: It was not, and may be later.
FAILED: Final = "failed"
#: It was not, and will not be before somebody changes something.
REFUSED: Final = "refused"


class CountedReceivers:
    """Receivers of which `count` is told, by kind and outcome."""

    def __init__(self, receivers: Receivers, count: Callable[[str, str], None]) -> None:
        self._receivers = receivers
        self._count = count

    async def tell(self, receiver: Receiver, namespace: str, notification: Notification) -> Receipt:
        """What came back once `receiver` has taken `notification`.

        Raises:
            DeliveryError: it was not taken.
        """
        try:
            receipt = await self._receivers.tell(receiver, namespace, notification)
        except DeliveryError as error:
            self._count(receiver.kind, _outcome(error))
            raise
        self._count(receiver.kind, TAKEN)
        return receipt

    async def check(self, receiver: Receiver, namespace: str) -> None:
        """Nothing, where `receiver` could be told; nothing is sent.

        Raises:
            DeliveryError: a Secret or an address that it names cannot be used.
        """
        await self._receivers.check(receiver, namespace)

    async def beat(self, receiver: Receiver, namespace: str) -> None:
        """Tell `receiver`, a dead man's switch, that the operator is alive.

        Raises:
            DeliveryError: it was not heard.
        """
        try:
            await self._receivers.beat(receiver, namespace)
        except DeliveryError as error:
            self._count(receiver.kind, _outcome(error))
            raise
        self._count(receiver.kind, TAKEN)


def _outcome(error: DeliveryError) -> str:
    if error.uncertain:
        return UNCERTAIN
    return FAILED if error.retry else REFUSED
