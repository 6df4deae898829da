"""What goes wrong on demand: where, what, and how often or how long."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from e2e.receivers.calls import Call, Json


class Mode(StrEnum):
    """How an answer is broken."""

    BROKEN_JSON = "broken-json"  # 200, cut in the middle
    HTML = "html"  # a page of a proxy, with 200 or `status`
    ENDLESS = "endless"  # a body that goes on for as long as somebody reads
    HUGE = "huge"  # a body of 64 MiB
    HANG = "hang"  # no answer
    REDIRECT = "redirect"  # 307 to `location`
    DROP = "drop"  # the connection is closed, nothing was done
    DROP_AFTER_PROCESSING = "drop-after-processing"  # it was done, and nobody says so


@dataclass
class Fault:
    """One thing that goes wrong for calls whose path begins with `path`.

    `contains` narrows it to bodies that have this text. `delay` is in seconds and comes before
    the answer; alone, it changes nothing else: what is asked is done at once, and told late.
    `times` is how often, `until` until when in seconds since 1970; without either it stays until
    it is taken away.
    """

    path: str
    status: int | None = None
    retry_after: str = ""
    delay: float = 0
    mode: Mode | None = None
    contains: str = ""
    location: str = "/redirected"
    times: int | None = None
    until: float | None = None

    @property
    def name(self) -> str:
        """What is played, in a few words."""
        late = [f"{self.delay:g} s late"] if self.delay else []
        what = [str(each) for each in (self.status, self.mode) if each is not None]
        return " ".join(late + what)

    @property
    def is_processed(self) -> bool:
        """Whether the service gets the call all the same."""
        is_late_only = self.mode is None and self.status is None
        return is_late_only or self.mode is Mode.DROP_AFTER_PROCESSING

    def is_set(self, at: float) -> bool:
        """Whether it is still to be played then."""
        is_left = self.times is None or self.times > 0
        return is_left and (self.until is None or at < self.until)

    def meets(self, call: Call) -> bool:
        """Whether it is to be played for this call."""
        if not self.is_set(call.at):
            return False
        return call.path.startswith(self.path) and self.contains.encode() in call.body


_FIELDS: Final[dict[str, Callable[[Any], Any]]] = {
    "path": str, "status": int, "retryAfter": str, "delay": float, "mode": Mode, "contains": str,
    "location": str, "times": int, "until": float, "seconds": float,
}  # fmt: skip


def parse_fault(wanted: Any, now: float) -> Fault:
    """A fault as the control API takes it; ValueError says what is wrong with it.

    `seconds` says how long it lasts from now on, in place of `until`.
    """
    if not isinstance(wanted, dict) or not str(wanted.get("path", "")).startswith("/"):
        raise ValueError('a fault is an object with "path", which begins with /')
    if unknown := sorted(wanted.keys() - _FIELDS.keys()):
        raise ValueError(f"unknown: {', '.join(unknown)}; known: {', '.join(_FIELDS)}")
    try:
        values = {name: _FIELDS[name](value) for name, value in wanted.items()}
    except (TypeError, ValueError) as error:
        raise ValueError(f"a value cannot be read: {error}") from None
    if seconds := values.pop("seconds", None):
        values["until"] = now + seconds
    values["retry_after"] = values.pop("retryAfter", "")
    fault = Fault(**values)
    if not fault.name:
        raise ValueError("nothing goes wrong: give status, mode or delay")
    return fault


class Faults:
    """The faults that are set; the first one that meets a call is played."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Set one more."""
        self._faults.append(fault)

    def take(self, call: Call) -> Fault | None:
        """The fault for this call, counted as played."""
        for fault in self._faults:
            if fault.meets(call):
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None

    def set_at(self, at: float) -> list[Fault]:
        """Those that would be played then."""
        return [fault for fault in self._faults if fault.is_set(at)]

    def shown(self) -> list[Json]:
        """All of them as JSON."""
        return [{k: v for k, v in vars(fault).items() if v not in (None, "")}
                for fault in self._faults]  # fmt: skip
