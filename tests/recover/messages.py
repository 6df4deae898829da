"""What must hold of each message: it has a cause, it comes in time, and it comes once."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.recover.clockwork import SECOND
from tests.recover.journal import Message, Tried
from tests.recover.mail import Episode, Mail
from tests.recover.violations import DOUBLED, INVENTED, LOST, Violation


class Messages:
    """Checks all attempts to tell somebody, and all that was taken."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail

    def violations(self) -> Iterator[Violation]:
        """All that is wrong with them."""
        known: set[tuple[str, str]] = set()
        for place, tried in self._mail.tried:
            message = tried.message
            yield from self._intended(place, tried)
            yield from self._caused(place, tried)
            if (message.receiver, message.id) not in known:
                yield from self._audible(place, tried)
            known.add((message.receiver, message.id))
        yield from self._keys()
        yield from self._repeated()
        yield from self._told_again()

    def _intended(self, place: int, tried: Tried) -> Iterator[Violation]:
        """What it says was stored before, unless the API server did not take it."""
        stands = self._mail.intended(tried.message, place) is not None
        if not stands and not self._mail.was_hindered("incident", tried.at):
            yield Violation(LOST, tried.at, f"told before it was stored: {_of(tried.message)}")

    def _caused(self, place: int, tried: Tried) -> Iterator[Violation]:
        message, mail = tried.message, self._mail
        decided = mail.intended(message, place)
        for shown in message.firing:
            stood = mail.stood.get(Episode(shown.alert, shown.fired))
            unwritten = mail.unwritten(shown.alert, shown.fired, tried.at)
            if (stood is None or stood > place) and not unwritten:
                yield Violation(INVENTED, tried.at, f"told, and never in status: {_of(message)}")
        for shown in message.resolved:
            fires = mail.fires_at(shown.alert, place) == (shown.alert, shown.fired)
            again = decided is not None and decided <= shown.fired  # since that was decided
            if fires and not again and not mail.unwritten(shown.alert, shown.fired, tried.at):
                yield Violation(INVENTED, tried.at, f"resolved, and it fires: {_of(message)}")
        if message.firing and tried.at < message.opened + mail.wait(message.route):
            yield Violation(INVENTED, tried.at, f"before groupWait: {_of(message)}")

    def _audible(self, place: int, tried: Tried) -> Iterator[Violation]:
        """What is new to somebody is not silenced, as far as was known when it was decided."""
        at = self._mail.intended(tried.message, place)
        for shown in tried.message.firing:
            if at is not None and shown.new and self._mail.silenced(shown.alert, at):
                yield Violation(INVENTED, tried.at, f"told while silenced: {_of(tried.message)}")

    def _keys(self) -> Iterator[Violation]:
        """A group has one key, whichever incident of it is told."""
        keys: dict[tuple[str, Any], str] = {}
        for _, tried in self._mail.tried:
            message = tried.message
            if keys.setdefault((message.route, message.group), message.key) != message.key:
                yield Violation(DOUBLED, tried.at, f"another key: {message.key} {_of(message)}")

    def _repeated(self) -> Iterator[Violation]:
        """The same is sent again only where nobody knows whether it was taken."""
        last: dict[tuple[str, str], int] = {}
        began = {id(tried.message): place for place, tried in self._mail.tried}
        heard: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, one in self._mail.heard:
            heard[one.message.receiver, one.message.id].append(place)
        for place, took in self._mail.took:
            message = took.message
            named = message.receiver, message.id
            before, begun = last.get(named, place), began[id(message)]
            last[named] = place
            dies = any(before < at < begun for at, _ in self._mail.died)
            known = any(before < at < begun for at in heard[named])
            if known and not dies and not self._mail.forgotten(message.incident):
                yield Violation(DOUBLED, took.at, f"sent again, though heard: {_of(message)}")

    def _told_again(self) -> Iterator[Violation]:
        """Each episode is new once, and over once, to each receiver of each route."""
        first: dict[tuple[str, str, Episode, bool], Message] = {}
        for _, took in self._mail.took:
            message = took.message
            new = [one for one in message.firing if one.new]
            for shown in [*new, *message.resolved]:
                episode = Episode(shown.alert, shown.fired)
                named = message.receiver, message.route, episode, shown in new
                before = first.setdefault(named, message)
                excused = self._excused(before, message, shown.alert)
                unwritten = self._mail.unwritten(shown.alert, shown.fired, took.at)
                if before.id != message.id and not excused and not unwritten:
                    yield Violation(DOUBLED, took.at, f"told twice: {_of(message)}")

    def _excused(self, before: Message, message: Message, alert: str) -> bool:
        mail = self._mail
        incidents = {before.incident, message.incident}
        return mail.ever_silenced(alert) or any(map(mail.forgotten, incidents))


def _of(message: Message) -> str:
    shown = [(s.alert[:4], s.fired / SECOND, s.ended) for s in (*message.firing, *message.resolved)]
    return f"{message.receiver} {message.reason} of {message.incident} {message.id[:6]} {shown}"
