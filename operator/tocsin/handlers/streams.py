"""The lists and watches that run, so that all of them can be begun anew at once."""

import asyncio
from collections.abc import Awaitable


class Streams:
    """What waits for the API server to send something."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Timeout] = set()

    def cut(self) -> None:
        """End every wait: its stream begins anew, on a new connection and with a list."""
        now = asyncio.get_running_loop().time()
        for waiting in self._waiting:
            waiting.reschedule(now)

    async def run(self, waits: Awaitable[bool]) -> bool:
        """What `waits` returns; False if it was cut."""
        waiting = asyncio.timeout(None)
        try:
            async with waiting:
                self._waiting.add(waiting)
                return await waits
        except TimeoutError:
            if waiting.expired():
                return False
            raise
        finally:
            self._waiting.discard(waiting)
