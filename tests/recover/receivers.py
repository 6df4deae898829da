"""Models of those who are told, with what can go wrong between them and the operator."""

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from tests.recover.clockwork import ms_of
from tests.recover.journal import Heard, Message, Shown, Took, Tried
from tocsin.core.notify.notification import AlertNotice, Notification
from tocsin.core.notify.receivers import DeliveryError, Receipt, Receiver

if TYPE_CHECKING:
    from tests.recover.process import Process

#: How long somebody may be in telling, and how long a receiver may want to be left alone.
SLOWEST_ANSWER = 6000


class Fault(StrEnum):
    """What can go wrong when somebody is told."""

    NONE = "none"
    BUSY = "503: not taken"
    AFTER = "429 with Retry-After: not taken"
    REFUSED = "400: not taken, and of no use to try again"
    LOST = "taken, but the answer is lost"
    NEVER = "not taken, and no answer"
    LATE = "given up by the client, and taken after that"
    SLOW = "taken and answered, after a while"


class Receivers:
    """The port of one process; who is told what is written down."""

    def __init__(self, process: "Process") -> None:
        self._process = process

    async def tell(self, receiver: Receiver, namespace: str, notification: Notification) -> Receipt:
        """Take it, unless and until the fault that is drawn says otherwise."""
        process, world = self._process, self._process.world
        await process.check()
        message, life, sent = _message(receiver, notification), process.life, world.clockwork.ms
        fault, ms = world.fault(receiver.name)
        world.journal.add(Tried(sent, life, message, str(fault)))

        def take() -> None:
            world.journal.add(Took(world.clockwork.ms, life, message, sent))

        match fault:
            case Fault.BUSY:
                raise DeliveryError(fault)
            case Fault.AFTER:
                raise DeliveryError(fault, after=timedelta(milliseconds=ms))
            case Fault.REFUSED:
                raise DeliveryError(fault, retry=False)
            case Fault.NEVER:
                await world.clockwork.sleep(ms)
                raise DeliveryError(fault, uncertain=True)
            case Fault.LOST:
                take()
                raise DeliveryError(fault, uncertain=True)
            case Fault.LATE:
                world.clockwork.later(2 * ms, take)
                await world.clockwork.sleep(ms)
                raise DeliveryError(fault, uncertain=True)
            case Fault.SLOW:
                world.clockwork.later(ms // 2, take)
                await world.clockwork.sleep(ms)
            case _:
                take()
        await process.stillness.over()
        if process.decides:
            world.journal.add(Heard(world.clockwork.ms, life, message))
        return Receipt(reference=f"ref-{receiver.name}")

    async def check(self, receiver: Receiver, namespace: str) -> None:
        """There are no Secrets here."""

    async def beat(self, receiver: Receiver, namespace: str) -> None:
        """There are no dead man's switches here."""


def _message(receiver: Receiver, said: Notification) -> Message:
    return Message(
        receiver=receiver.name,
        kind=receiver.kind,
        key=said.key,
        id=said.id,
        reason=str(said.reason),
        incident=said.incident,
        route=said.route.partition("/")[2],
        group=tuple(sorted(said.group.items())),
        opened=ms_of(said.opened_at),
        firing=tuple(map(_shown, said.firing)),
        resolved=tuple(map(_shown, said.resolved)),
    )


def _shown(notice: AlertNotice) -> Shown:
    ended = ms_of(notice.resolved_at) if notice.resolved_at else None
    return Shown(notice.id, ms_of(notice.fired_at), ended, notice.new, notice.silenced_by)
