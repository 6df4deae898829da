"""Constructs what elects: the elector, its own clients, and the thread they live in."""

import asyncio
import logging
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Final

import structlog

from tocsin.adapters.clock import SystemClock
from tocsin.adapters.crashing import Around
from tocsin.adapters.kube.connecting import connect
from tocsin.adapters.kube.leases import KubeLeases
from tocsin.adapters.kube.rights import Own
from tocsin.adapters.metrics import Metrics
from tocsin.api.settings import Settings
from tocsin.engine.echo import Echo
from tocsin.engine.election import Election, asked_on
from tocsin.engine.elector import Elector
from tocsin.engine.tenure import Standing, Tenure

_log = structlog.get_logger(__name__)

#: The exit code of a process that may do nothing more.
NO_LEADER: Final = 1


@dataclass(frozen=True)
class Candidate:
    """This process, as the Lease names it, and where its pages are; empty: nobody can tell."""

    name: str
    address: str

    @classmethod
    def of(cls, environment: Mapping[str, str], port: int) -> "Candidate":
        """A pod by its name: one process of it follows on the other. Any other is one of many."""
        name = environment.get("POD_NAME") or f"{socket.gethostname()}-{token_hex(3)}"
        ip = environment.get("POD_IP", "")
        host = f"[{ip}]" if ":" in ip else ip
        return cls(name, f"http://{host}:{port}" if host else "")


def election(
    settings: Settings,
    candidate: Candidate,
    own: Own,
    *,
    around: Around,
    metrics: Metrics,
    echo: Echo,
    standing: Callable[[], Standing],
    on_lead: Callable[[datetime | None], None],
) -> Election:
    """The election for `candidate`; `standing` and `on_lead` are called on this event loop."""
    here = asyncio.get_running_loop()

    @asynccontextmanager
    async def opened() -> AsyncIterator[Elector]:
        every = settings.lease.renew_interval
        async with await connect() as api, await connect() as watching:
            leases = KubeLeases(api, watching, metrics.requested, own.namespace, own.lease)
            keeper = around(leases, "lease")
            tenure = Tenure(
                clock=SystemClock(),
                keeper=keeper,
                me=candidate.name,
                address=candidate.address,
                every=every,
                standing=asked_on(here, standing),
                count=metrics.renewed,
            )
            yield Elector(
                keeper=keeper,
                tenure=tenure,
                every=every,
                echo=echo,
                on_lead=lambda until: _told_on(here, on_lead, until),
                on_lost=end_at_once,
                count=metrics.renewed,
            )

    return Election(opened, end_at_once)


def end_at_once(why: str) -> None:
    """End the process: whatever it was about to do, another one may be doing it now."""
    _log.error("no longer leading: this process ends", reason=why)
    logging.shutdown()
    sys.stderr.flush()
    os._exit(NO_LEADER)


def _told_on(
    loop: asyncio.AbstractEventLoop,
    on_lead: Callable[[datetime | None], None],
    until: datetime | None,
) -> None:
    loop.call_soon_threadsafe(on_lead, until)
