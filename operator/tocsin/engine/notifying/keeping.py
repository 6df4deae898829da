"""Incidents on their way into the API server."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from tocsin.api.v1alpha1.incidents import FIRST_STATUS, incident_body
from tocsin.engine.backoff import delay_after
from tocsin.engine.notifying.case import KIND, Case
from tocsin.ports import (
    Clock,
    ConflictError,
    GoneError,
    ObjectWriter,
    RefusedError,
    UnavailableError,
    WriteError,
)

_log = structlog.get_logger(__name__)

_AT_MOST_EVERY: Final = timedelta(seconds=1)


class Keeper:
    """Writes incidents, each only if nobody has changed it meanwhile."""

    def __init__(self, writer: ObjectWriter, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock

    def due(self, case: Case, now: datetime) -> datetime | None:
        """When what is not stored of `case` is to be; None: all is, or it need not be yet."""
        if not case.matters or case.status() == case.written:
            return None
        if case.failed_at:
            return case.failed_at + delay_after(case.failed_writes)
        if case.owes_record or case.written_at is None:
            return now
        return max(now, min(now, case.written_at) + _AT_MOST_EVERY)  # a clock may be set back

    async def store(self, case: Case) -> bool:
        """Store `case` as it is now; whether people may be told what it intends.

        They may also where the API server does not answer: then it is stored once it does. They
        may not where another process has it in hand. One that was made with its first status has
        none for a moment: by then there is more to say, and people are told a request earlier.
        """
        key, case.owes_record = case.incident.key, False
        try:
            if not case.is_stored:
                body = incident_body(case.incident, case.status())
                made = await self._writer.create(KIND, key.namespace, body)
                case.uid = made["metadata"]["uid"]
                case.version.wrote(made["metadata"]["resourceVersion"])
                if FIRST_STATUS in body["metadata"].get("annotations", {}):
                    self._stored(case)
                    return True
            status = case.status()
            version = await self._writer.write_status(
                KIND, key.namespace, key.name, case.version.current, status
            )
        except WriteError as error:
            return self._failed(case, error)
        except Exception:  # noqa: BLE001  # a bug must not lose a page
            case.failed_writes, case.failed_at = case.failed_writes + 1, self._clock.now()
            _log.exception("incident not stored", incident=str(key))
            return True
        if case.version.wrote(version):  # else somebody has changed it since
            case.written = status
        self._stored(case)
        return True

    def _stored(self, case: Case) -> None:
        case.written_at = self._clock.now()
        case.failed_writes, case.failed_at, case.placeless, case.refusal = 0, None, False, ""

    async def delete(self, case: Case) -> bool:
        """Delete the object of a case that is over; whether it is gone."""
        key = case.incident.key
        try:
            if case.is_stored:
                await self._writer.delete(KIND, key.namespace, key.name, case.uid)
        except (GoneError, ConflictError):
            return True
        except WriteError as error:
            _log.warning("incident not deleted", incident=str(key), error=str(error))
            return False
        return True

    def _failed(self, case: Case, error: WriteError) -> bool:
        case.failed_writes, case.failed_at = case.failed_writes + 1, self._clock.now()
        key = str(case.incident.key)
        if isinstance(error, ConflictError):
            case.version.conflicts()
            _log.info("incident changed meanwhile", incident=key, error=str(error))
            return False
        if isinstance(error, GoneError) and case.is_stored:
            case.forget_stored()  # deleted by a person: it is made again, under the same keys
            return False
        case.placeless = isinstance(error, GoneError)
        if isinstance(error, RefusedError | GoneError):  # as in a namespace that is being deleted
            if case.refusal != str(error):  # it is tried again and again
                _log.error("incident refused", incident=key, error=str(error))
            case.refusal = str(error)
            return True
        _log.warning("incident not stored", incident=key, error=str(error))
        return isinstance(error, UnavailableError)
