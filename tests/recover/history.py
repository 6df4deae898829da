"""The checker: what must hold of any history, whatever went wrong in it.

Nothing lost: what was seen for long enough stands in status and was told. Nothing invented: what
stands there, or was told, has a cause. Nothing changed: ids and times stay what they were.
"""

from collections.abc import Iterator

from tests.recover.beliefs import Beliefs
from tests.recover.journal import STOPPED, Bug, Died, Entry, Journal, Stored, Tried, Wrote
from tests.recover.mail import Mail
from tests.recover.messages import Messages
from tests.recover.observed import Observed
from tests.recover.rest import Rest
from tests.recover.statuses import Statuses
from tests.recover.told import Told
from tests.recover.violations import INVENTED, LOST, Violation


def check(journal: Journal) -> list[Violation]:
    """All violations in a history that came to rest, by time."""
    observed = Observed(journal)
    found = set(_all(journal, observed))
    return sorted(found, key=lambda violation: (violation.at, violation.what))


def _all(journal: Journal, observed: Observed) -> Iterator[Violation]:
    for entry in journal:
        if isinstance(entry, Bug):
            yield Violation(LOST, entry.at, f"a step failed: {entry.what}")
    yield from _after_its_lease(journal)
    yield from Statuses(observed).violations()
    yield from Told(observed).violations()
    yield from Rest(observed).violations()
    mail = Mail(journal, observed)
    yield from Messages(mail).violations()
    yield from Beliefs(mail).violations()


def _after_its_lease(journal: Journal) -> Iterator[Violation]:
    """Who was stopped until another one led writes nothing and tells nobody any more."""
    stopped: dict[int, int] = {}
    for entry in journal:
        if isinstance(entry, Died) and entry.cause == STOPPED:
            stopped[entry.life] = entry.at
        elif entry.life in stopped and _begun(entry) > stopped[entry.life]:
            what = f"life {entry.life} did something after its lease: {type(entry).__name__}"
            yield Violation(INVENTED, entry.at, what)


def _begun(entry: Entry) -> int:
    """When the process began to do this; -1: it is not of its doing."""
    match entry:
        case Tried():
            return entry.at
        case Wrote() | Stored():
            return entry.sent
    return -1
