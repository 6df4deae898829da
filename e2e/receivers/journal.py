"""All that arrived, in order; old entries go when there are too many of them."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from e2e.receivers.calls import Answer, Call, Json
from e2e.receivers.faults import Fault

_ENTRIES: Final = 5000
_BYTES: Final = 24 << 20
#: Headers that say nothing of what was told, or that nobody should read.
_LEFT_OUT: Final = frozenset(("authorization", "host", "accept", "accept-encoding", "connection"))


@dataclass
class Entry:
    """One request, and what became of it.

    `status` is what was sent back, None where that was no whole answer; `fault` what was played.
    """

    number: int
    at: float
    service: str
    method: str
    path: str
    status: int | None
    accepted: bool
    outcome: str
    fault: str
    notes: tuple[str, ...]
    headers: dict[str, str]
    body: Any
    size: int = field(repr=False)

    def shown(self) -> Json:
        """The entry as JSON, its time in milliseconds since 1970."""
        return {
            "number": self.number, "at": round(self.at * 1000), "service": self.service,
            "method": self.method, "path": self.path, "status": self.status,
            "accepted": self.accepted, "outcome": self.outcome, "fault": self.fault,
            "notes": list(self.notes), "headers": self.headers, "body": self.body,
        }  # fmt: skip


class Journal:
    """The latest entries."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque()
        self._size = 0
        self.count = 0

    def add(self, service: str, call: Call, answer: Answer | None, fault: Fault | None) -> Entry:
        """Write down a call; without an answer nothing was done about it."""
        is_told = answer is not None and (fault is None or fault.mode is None)
        self.count += 1
        entry = Entry(
            number=self.count,
            at=call.at,
            service=service,
            method=call.method,
            path=call.path,
            status=answer.status if answer and is_told else fault.status if fault else None,
            accepted=answer.accepted if answer else False,
            outcome=answer.outcome if answer else "nothing was done about it",
            fault=fault.name if fault else "",
            notes=answer.notes if answer else (),
            headers={k: v for k, v in call.headers.items() if k not in _LEFT_OUT},
            body=call.shown(),
            size=len(call.body),
        )
        self._entries.append(entry)
        self._size += entry.size
        while len(self._entries) > _ENTRIES or self._size > _BYTES:
            self._size -= self._entries.popleft().size
        return entry

    def entries(self, service: str = "", after: int = 0) -> Iterable[Entry]:
        """The entries of a service, or of all, behind a number, the oldest first."""
        return (e for e in self._entries if e.number > after and service in ("", e.service))
