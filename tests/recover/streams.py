"""What a process is told of objects: lists and watches, late and cut."""

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.recover.process import Process


class Stream:
    """A list and watch of one kind: in order, late, cut at times, and read anew after that."""

    def __init__(self, process: "Process", kind: str) -> None:
        self._process = process
        self._kind = kind
        self._told = 0
        self._due = 0
        self._connected = False

    def list_in(self, ms: int) -> None:
        """Read the whole list in so many milliseconds, and go on from there."""
        self._connected = False
        self._process.world.clockwork.later(ms, lambda: self._process.do(self._list))

    def resume_in(self, ms: int) -> None:
        """Be cut for so long; nothing is missed."""
        self._connected = False
        self._process.world.clockwork.later(ms, lambda: self._process.do(self._resume))

    def changed(self, delay: int) -> None:
        """Something changed: it is told after `delay`, and never before what changed earlier."""
        if self._connected:
            clockwork = self._process.world.clockwork
            self._due = max(self._due, clockwork.ms + delay)
            upto = len(self._process.world.api.changes[self._kind])
            tell = partial(self._tell, upto)
            clockwork.later(self._due - clockwork.ms, lambda: self._process.do(tell))

    def _list(self) -> None:
        if self._process.alive:
            api = self._process.world.api
            self._told, self._connected = len(api.changes[self._kind]), True
            for name, body in api.objects[self._kind].items():
                self._process.saw(self._kind, name, body)
            self._process.listed(self._kind, set(api.objects[self._kind]))

    def _resume(self) -> None:
        if self._process.alive and not self._connected:
            self._connected = True
            self._tell(len(self._process.world.api.changes[self._kind]))

    def _tell(self, upto: int) -> None:
        if self._process.alive and self._connected:
            for change in self._process.world.api.changes[self._kind][self._told : upto]:
                self._process.saw(self._kind, change.name, change.body)
            self._told = max(self._told, upto)
