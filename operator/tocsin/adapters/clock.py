"""The machine's clock."""

from datetime import UTC, datetime


class SystemClock:
    """The time of this machine, in whole milliseconds: as precise as status keeps it."""

    def now(self) -> datetime:
        """The time in UTC."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)
