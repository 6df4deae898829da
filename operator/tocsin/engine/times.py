"""Times as status holds them: RFC 3339 in UTC with milliseconds."""

from datetime import UTC, datetime


def write_time(time: datetime) -> str:
    """`time` as 2026-01-31T12:00:00.250Z."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_time(text: str) -> datetime:
    """The time that `text` says.

    Raises:
        ValueError: it says none, or not in which zone.
    """
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return time.astimezone(UTC)
