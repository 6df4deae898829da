"""An incident with what the engine has to know beside it: how it is stored, what is under way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from tocsin.api.v1alpha1.incidents import incident_status
from tocsin.core.notify.incidents import Incident
from tocsin.core.notify.receivers import Receiver
from tocsin.engine.version import Version
from tocsin.ports import EventReason

KIND: Final = "MLIncident"


@dataclass
class Case:
    """An incident as it is now, and as the API server knows it.

    `written` is the status that is stored as far as is known. The last `failed_writes` attempts
    have failed, the latest at `failed_at`. `owes_record` says that what became of a notification is
    to be stored at once. `in_flight` are the receivers that are being told just now. `due` is when
    something is to be done next. `composed` is the status that was composed last, and of what.
    `placeless` says that it could not be made again, since its namespace is gone. `pointless` is
    what was said of annotations that come to nothing, `refusal` why it could not be stored.
    """

    incident: Incident
    uid: str = ""
    version: Version = field(default_factory=Version)
    written: Mapping[str, Any] = field(default_factory=dict)
    written_at: datetime | None = None
    failed_writes: int = 0
    failed_at: datetime | None = None
    placeless: bool = False
    refusal: str = ""
    owes_record: bool = False
    in_flight: set[Receiver] = field(default_factory=set)
    due: datetime | None = None
    composed: tuple[Incident, datetime | None, Mapping[str, Any]] | None = None
    pointless: Mapping[EventReason, str] = field(default_factory=dict)

    @property
    def is_stored(self) -> bool:
        """Whether the API server has it."""
        return bool(self.version.current)

    @property
    def matters(self) -> bool:
        """Whether it has to be stored: somebody was told of it, or is about to be."""
        return self.is_stored or any(one.sent or one.intent for one in self.incident.told)

    @property
    def is_open(self) -> bool:
        """Whether alerts may still join it."""
        return self.incident.closed_at is None

    def status(self) -> Mapping[str, Any]:
        """The status that it should have, as JSON."""
        if (known := self.composed) and known[0] is self.incident and known[1] == self.due:
            return known[2]
        status = incident_status(self.incident, self.due)
        self.composed = self.incident, self.due, status
        return status

    def forget_stored(self) -> None:
        """The object was deleted."""
        self.uid, self.version, self.written = "", Version(), {}
