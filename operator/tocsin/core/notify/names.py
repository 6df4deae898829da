"""Names that outlive processes: of incidents, of groups outside, and of notifications."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from tocsin.core.notify.incidents import Incident, Told
from tocsin.core.notify.routes import RouteKey

_PREFIX_LENGTH = 40


def incident_name(route: RouteKey, group: Mapping[str, str], opened_at: datetime) -> str:
    """The name of the incident of `group` that opened then: two processes find the same."""
    readable = group.get("workload", "").rpartition("/")[2] or group.get("rule", "")
    prefix = re.sub(r"[^a-z0-9]+", "-", readable.rpartition("/")[2].lower())[:_PREFIX_LENGTH]
    digest = _digest(str(route), *_flat(group), opened_at.isoformat(timespec="milliseconds"))
    return f"{prefix.strip('-') or route.name[:_PREFIX_LENGTH].strip('-.')}-{digest[:10]}"


def group_key(cluster: str, incident: Incident) -> str:
    """What a receiver deduplicates by: the same for each incident of the same group."""
    parts = [f"{name}={value}" for name, value in sorted(incident.group.items())]
    storm = "/storm" if incident.storm else ""
    return f"{cluster}/{incident.route}{storm}:{{{', '.join(parts)}}}"


def notification_id(cluster: str, incident: Incident, told: Told) -> str:
    """The id of what `told` intends: the same however often it is tried.

    It has the incident's name in it, as numbers begin anew with each incident, and what is told:
    where an intent or an incident was lost, the same number comes again, and whoever deduplicates
    must not take what is new for what it has.
    """
    intent = told.intent
    number, reason, upto = (
        (intent.number, intent.reason, intent.upto)
        if intent
        else (told.sent, told.reason, told.upto)
    )
    return _digest(cluster, str(incident.key), told.receiver.name, told.receiver.destination,
                   str(number), str(reason or ""), str(upto))[:32]  # fmt: skip


def _flat(group: Mapping[str, str]) -> list[str]:
    return [part for item in sorted(group.items()) for part in item]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
