"""Whether what the API server tells still reaches this process: renewals must come back."""

import time
from collections.abc import Callable
from typing import Final

import structlog

_log = structlog.get_logger(__name__)

#: Without a renewal that came back for so long, watches are taken for dead, in seconds.
SILENCE: Final = 30.0


class Echo:
    """Of the Lease called `name`; `reconnect` makes all other watches begin anew.

    It is called once the API server answers again after a silence, and not before: a connection
    that waits for a server to come back is as good as a new one.
    """

    def __init__(
        self,
        name: str,
        reconnect: Callable[[], object],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._name = name
        self._reconnect = reconnect
        self._monotonic = monotonic
        self._heard_at: float | None = None
        self._fresh_at = monotonic()
        #: What last went wrong with renewing and with listening, until it went well.
        self.troubles: dict[str, str] = {}

    @property
    def age(self) -> float | None:
        """Seconds since a renewal came back; None before the first one did."""
        return None if self._heard_at is None else self._monotonic() - self._heard_at

    def begin(self) -> None:
        """Watches begin now: nothing can have come back before."""
        self._fresh_at = self._monotonic()

    def heard(self) -> None:
        """A renewal has come back."""
        self.answered()
        self._heard_at = self._fresh_at = self._monotonic()

    def answered(self) -> None:
        """The API server answers: what was silent for too long is not worth waiting for."""
        silent = self._monotonic() - self._fresh_at
        if silent > SILENCE:
            self._fresh_at = self._monotonic()  # the new watches get the same time
            _log.warning("watches begin anew", lease=self._name, silent_for=round(silent))
            self._reconnect()

    def problem(self) -> str | None:
        """Why what is known of the cluster may be stale, if it may."""
        age = self.age
        causes = "; ".join(tuple(self.troubles.values()))
        said = causes or "the API server takes renewals, but its watch tells of none"
        if age is None:
            return f"the watch on Lease {self._name} has told of no renewal yet: {said}"
        if age <= SILENCE:
            return None
        return f"the watch on Lease {self._name} has not told of a renewal for {age:.0f} s: {said}"
