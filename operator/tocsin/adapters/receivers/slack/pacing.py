"""One message a second and channel, which is what Slack takes."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from tocsin.core.notify.receivers import DeliveryError
from tocsin.ports import Clock

_EVERY: Final = timedelta(seconds=1)
_LONGEST: Final = timedelta(seconds=10)
#: Channels beyond so many are looked through for those that nobody waits for.
_MANY: Final = 1000


class Pace:
    """Messages to one channel wait in turn, for at most ten seconds.

    They wait here and not as failed attempts, because a short wait is no failure that a route's
    status should show. What would wait longer is a DeliveryError that says when to come again, so
    that a storm holds up nothing but its own channel, and what waits is in the incident.
    """

    def __init__(
        self, clock: Clock, pause: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self._clock = clock
        self._pause = pause
        self._free: dict[str, datetime] = {}

    async def turn(self, channel: str) -> None:
        """Wait until a message may be sent to `channel`.

        Raises:
            DeliveryError: too many wait already.
        """
        now = self._clock.now()
        if len(self._free) > _MANY:
            self._free = {name: at for name, at in self._free.items() if at > now}
        at = max(now, self._free.get(channel, now))
        if at - now > _LONGEST + _EVERY:
            at = now  # the clock was set back
        if at - now > _LONGEST:
            raise DeliveryError(
                "more messages wait for this channel of Slack than it takes in 10s", after=at - now
            )
        self._free[channel] = at + _EVERY
        if at > now:
            await self._pause((at - now).total_seconds())
