"""What goes wrong with the Lease: kept for readiness, and logged once for each kind of failure."""

from typing import Final

import structlog

from tocsin.ports import (
    ConflictError,
    GoneError,
    NotLeaderError,
    RefusedError,
    UnavailableError,
    WriteError,
)

_log = structlog.get_logger(__name__)

_OUTCOMES: Final[dict[type[WriteError], str]] = {
    ConflictError: "conflict",
    GoneError: "gone",
    NotLeaderError: "taken",
    RefusedError: "refused",
    UnavailableError: "unavailable",
}


def outcome(error: WriteError) -> str:
    """The kind of a failure, as metrics name it."""
    return _OUTCOMES.get(type(error), "unavailable")


class Troubles:
    """By what was tried; `said` is what readiness shows of them."""

    def __init__(self, said: dict[str, str]) -> None:
        self._said = said
        self._logged: dict[str, str] = {}
        self._without = False

    def begun(self, what: str, error: WriteError) -> None:
        """`what` failed."""
        self._said[what] = f"{what} it failed: {error}"
        if self._logged.get(what) != outcome(error):
            self._logged[what] = outcome(error)
            _log.warning("lease in trouble", doing=what, error=str(error))

    def over(self, what: str) -> None:
        """`what` went well."""
        self._said.pop(what, None)
        if self._logged.pop(what, None):
            _log.info("lease no longer in trouble", doing=what)

    def without_lease(self, without: bool) -> None:
        """Whether this process goes on though its Lease has run out, as the API server is away."""
        if without and not self._without:
            _log.warning("going on without the lease: the API server does not answer")
        self._without = without
