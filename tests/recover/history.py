"""The checker: what must hold of any history, whatever went wrong in it.

Nothing lost: what was seen for long enough stands in status and was told. Nothing invented: what
stands there, or was told, has a cause. Nothing changed: ids and times stay what they were.
"""

from collections.abc import Iterator

from tests.recover.beliefs import Beliefs
from tests.recover.journal import Bug, Journal
from tests.recover.mail import Mail
from tests.recover.messages import Messages
from tests.recover.observed import Observed
from tests.recover.rest import Rest
from tests.recover.statuses import Statuses
from tests.recover.told import Told
from tests.recover.violations import LOST, Violation


def check(journal: Journal) -> list[Violation]:
    """All violations in a history that came to rest, by time."""
    observed = Observed(journal)
    found = set(_all(journal, observed))
    return sorted(found, key=lambda violation: (violation.at, violation.what))


def _all(journal: Journal, observed: Observed) -> Iterator[Violation]:
    for entry in journal:
        if isinstance(entry, Bug):
            yield Violation(LOST, entry.at, f"a step failed: {entry.what}")
    yield from Statuses(observed).violations()
    yield from Told(observed).violations()
    yield from Rest(observed).violations()
    mail = Mail(journal, observed)
    yield from Messages(mail).violations()
    yield from Beliefs(mail).violations()
