"""The lists and watches that run, so that all of them can be begun anew at once."""

import asyncio
from collections.abc import Awaitable


class Streams:
    """What waits for the API server to send something."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Timeout, str] = {}

    def cut(self, *kinds: str) -> None:
        """End every wait, or those for these kinds: their streams begin anew, with a list."""
        now = asyncio.get_running_loop().time()
        for waiting, kind in self._waiting.items():
            if kind in kinds or not kinds:
                waiting.reschedule(now)

    async def run(self, kind: str, waits: Awaitable[bool]) -> bool:
        """What `waits`, for a stream of `kind`, returns; False if it was cut."""
        waiting = asyncio.timeout(None)
        try:
            async with waiting:
                self._waiting[waiting] = kind
                return await waits
        except TimeoutError:
            if waiting.expired():
                return False
            raise
        finally:
            self._waiting.pop(waiting, None)
