"""The elector in a thread of its own: whatever this process is busy with, the Lease is renewed."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, suppress

import structlog

from tocsin.core.lease import Lease
from tocsin.engine.elector import Elector
from tocsin.engine.tenure import Standing
from tocsin.ports import NotLeaderError, UnavailableError

_log = structlog.get_logger(__name__)


class Election:
    """Of the elector that `opened` makes, on the thread's own event loop.

    `failed` is told on that thread if the elector ends by itself, which is a bug.
    """

    def __init__(
        self,
        opened: Callable[[], AbstractAsyncContextManager[Elector]],
        failed: Callable[[str], object],
    ) -> None:
        self._opened = opened
        self._failed = failed
        self._elector: Elector | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end = asyncio.Event()

    @property
    def leads(self) -> bool:
        """Whether this process leads, as far as it knows."""
        return self._elector is not None and self._elector.leads

    @property
    def holder(self) -> Lease | None:
        """The Lease of whoever leads, if anybody does."""
        return self._elector.holder if self._elector else None

    async def start(self) -> None:
        """Begin to watch the Lease.

        Raises:
            Exception: whatever kept the elector from being made.
        """
        here, started = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()

        def tell(error: BaseException | None) -> None:
            if not started.done():
                started.set_exception(error) if error else started.set_result(None)

        def live() -> None:
            try:
                asyncio.run(self._live(lambda: here.call_soon_threadsafe(tell, None)))
            except BaseException as error:  # noqa: BLE001  # whatever it is, the other thread ends
                if self._elector is None:
                    here.call_soon_threadsafe(tell, error)
                else:
                    _log.exception("the elector failed")
                    self._failed(f"the elector failed: {error!r}")

        threading.Thread(target=live, name="elector", daemon=True).start()
        await started

    def be_warm(self) -> None:
        """From now on the Lease may be taken: all that a leader has to know is known."""
        if self._elector and self._loop:
            self._loop.call_soon_threadsafe(self._elector.be_warm)

    def stand_down(self) -> None:
        """From now on the Lease is not taken any more: this process is about to end."""
        if self._elector and self._loop:
            self._loop.call_soon_threadsafe(self._elector.stand_down)

    async def check(self) -> None:
        """Return if this process may tell people; while its Lease is valid that costs nothing.

        Raises:
            NotLeaderError: it may not.
        """
        elector, loop = self._elector, self._loop
        if elector is None or loop is None:
            raise NotLeaderError("this process does not stand for election")
        if not elector.may_act():
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(elector.decide(), loop))

    async def check_write(self) -> None:
        """Return if this process may write: others cannot while its Lease is valid.

        Who goes on without a Lease may be cut off while another one leads. The watches of this
        process may be the first to come back: it would then write over what the other one wrote,
        at its latest version.

        Raises:
            NotLeaderError: it may not.
            UnavailableError: it may not before the Lease is renewed.
        """
        await self.check()
        if self._elector and not self._elector.is_sure():
            raise UnavailableError("not written before the Lease is renewed: another may lead")

    async def end(self, seconds: float) -> None:
        """Give the Lease back, if that goes so quickly, and end the thread."""
        elector, loop, self._loop = self._elector, self._loop, None
        if elector is None or loop is None:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                release = asyncio.run_coroutine_threadsafe(elector.release(), loop)
                await asyncio.wrap_future(release)
        loop.call_soon_threadsafe(self._end.set)

    async def _live(self, begun: Callable[[], object]) -> None:
        async with self._opened() as elector:
            self._loop, self._elector = asyncio.get_running_loop(), elector
            running = asyncio.create_task(elector.run(), name="elector")
            ending = asyncio.create_task(self._end.wait(), name="end")
            begun()
            done, _ = await asyncio.wait({running, ending}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            await ending  # until then it can be asked, and says that it is over


def asked_on(
    loop: asyncio.AbstractEventLoop, ask: Callable[[], Standing], patience: float = 1.0
) -> Callable[[], Awaitable[Standing | None]]:
    """What asks for the engine's standing on its own loop; None after `patience` seconds."""

    async def answer() -> Standing:
        return ask()

    async def standing() -> Standing | None:
        future = asyncio.run_coroutine_threadsafe(answer(), loop)
        try:
            async with asyncio.timeout(patience):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            return None

    return standing
