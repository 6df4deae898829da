"""Debian's chromium without a window, driven by its own protocol: what a page looks like."""

import asyncio
import base64
import itertools
import json
import os
import shutil
import tempfile
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp

from e2e.cluster import packages
from e2e.cluster.errors import ClusterError

#: Programs and fonts, and the packages that they come with.
_NEEDED: Final = {
    "chromium": "chromium",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf": "fonts-dejavu-core",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf": "fonts-liberation",
}
_START: Final = 30.0
_ANSWER: Final = 20.0


@dataclass(frozen=True)
class Screen:
    """What a page is shown on."""

    width: int
    height: int
    dark: bool = False

    @property
    def name(self) -> str:
        """How pictures of it are called."""
        return f"{self.width}{'-dark' if self.dark else ''}"


PHONE: Final = Screen(390, 844)
DESKTOP: Final = Screen(1280, 900)


class Tab:
    """One page in the browser."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._session: dict[str, str] = {}

    async def open(self, screen: Screen) -> None:
        """Become a page on `screen`."""
        target = await self._tell("Target.createTarget", url="about:blank")
        attached = await self._tell(
            "Target.attachToTarget", targetId=target["targetId"], flatten=True
        )
        self._session = {"sessionId": attached["sessionId"]}
        scheme = {"name": "prefers-color-scheme", "value": "dark" if screen.dark else "light"}
        await self._tell("Emulation.setEmulatedMedia", features=[scheme])
        await self._tell(
            "Emulation.setDeviceMetricsOverride",
            width=screen.width,
            height=screen.height,
            deviceScaleFactor=1,
            mobile=screen.width < 600,
        )

    async def show(self, url: str) -> None:
        """Load `url`, and wait until all of it is there."""
        await self._tell("Page.enable")
        answer = await self._tell("Page.navigate", url=url)
        if problem := answer.get("errorText"):
            raise ClusterError(f"{url} cannot be shown: {problem}")
        await self.until("document.readyState == 'complete'")

    async def until(self, condition: str) -> None:
        """Wait until a JavaScript expression is true."""
        async with asyncio.timeout(_ANSWER):
            while not await self.evaluate(condition):  # noqa: ASYNC110  # the browser's state
                await asyncio.sleep(0.02)

    async def evaluate(self, script: str) -> Any:
        """The value of a JavaScript expression."""
        answer = await self._tell("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in answer:
            raise ClusterError(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    async def picture(self, path: Path) -> None:
        """The whole page as a PNG."""
        answer = await self._tell("Page.captureScreenshot", captureBeyondViewport=True)
        await asyncio.to_thread(_keep, path, base64.b64decode(answer["data"]))

    async def _tell(self, method: str, **params: Any) -> Any:
        number = next(self._numbers)
        await self._socket.send_json(
            {"id": number, "method": method, "params": params, **self._session}
        )
        async with asyncio.timeout(_ANSWER):
            async for message in self._socket:
                answer = json.loads(message.data)
                if answer.get("id") != number:
                    continue  # an event
                if "error" in answer:
                    raise ClusterError(f"{method}: {answer['error']}")
                return answer["result"]
        raise ClusterError(f"the browser ended before it answered {method}")


def _keep(path: Path, picture: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture)


@asynccontextmanager
async def browsing(screen: Screen) -> AsyncIterator[Tab]:
    """A page on `screen`; chromium is installed if it is not there, and ended behind it."""
    await asyncio.to_thread(packages.install, _NEEDED)
    folder = Path(tempfile.mkdtemp(prefix="tocsin-browser-"))
    process = await _start(folder)
    try:
        address = await _address(folder, process)
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(address, max_msg_size=64 << 20) as socket,
        ):
            tab = Tab(socket)
            await tab.open(screen)
            yield tab
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        shutil.rmtree(folder, ignore_errors=True)


async def _start(folder: Path) -> Process:
    flags = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
    flags += ["--no-first-run", "--disable-extensions", "--remote-debugging-port=0"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")  # it refuses root otherwise; it shows our own pages only
    environment = {**os.environ, "HOME": str(folder)}
    return await asyncio.create_subprocess_exec(
        packages.which("chromium") or "chromium",
        *flags,
        f"--user-data-dir={folder / 'profile'}",
        env=environment,
        stdout=DEVNULL,
        stderr=DEVNULL,
    )


async def _address(folder: Path, process: Process) -> str:
    """Where the browser takes orders, as it writes once it listens."""
    written = folder / "profile" / "DevToolsActivePort"
    async with asyncio.timeout(_START):
        while process.returncode is None:
            lines = written.read_text().split() if written.exists() else []
            if len(lines) == 2:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            await asyncio.sleep(0.05)
    raise ClusterError(f"chromium ended at once with code {process.returncode}")
