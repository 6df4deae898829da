"""What receivers believe in the end: that what fires fires, and that nothing else does."""

from collections import defaultdict
from collections.abc import Iterator

from tests.recover.apiserver import RULE
from tests.recover.mail import Mail
from tests.recover.violations import LOST, Violation

#: A receiver, a route, and one of its incidents.
Place = tuple[str, str, str]


class Beliefs:
    """Checks what receivers were told last."""

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._firing: dict[Place, set[str]] = defaultdict(set)
        taken: set[tuple[str, str]] = set()
        for _, took in mail.took:
            message = took.message
            if (message.receiver, message.id) in taken:
                continue  # as it was before, perhaps long after what came next
            taken.add((message.receiver, message.id))
            believed = self._firing[message.receiver, message.route, message.incident]
            believed |= {shown.alert for shown in message.firing}
            believed -= {shown.alert for shown in message.resolved}

    def violations(self) -> Iterator[Violation]:
        """All that is wrong with them."""
        firing = {alert for alert in self._mail.observed.names if self._fires(alert)}
        for place, believed in self._firing.items():
            receiver, route, incident = place
            for alert in sorted(believed - firing):
                if not self._mail.forgotten(incident) and not self._mail.refused(*place):
                    what = f"never resolved: {receiver} of {incident} of {route} about {alert}"
                    yield Violation(LOST, self._mail.end, what)
        for alert in sorted(firing):
            if not self._mail.silenced(alert, self._mail.end - 1):
                yield from self._known_to_all(alert)

    def _known_to_all(self, alert: str) -> Iterator[Violation]:
        for route, spec in self._mail.taking(alert):
            for receiver in spec["receivers"]:
                name = receiver["name"]
                known = (
                    alert in believed
                    for (who, of, _), believed in self._firing.items()
                    if (who, of) == (name, route)
                )
                if not any(known):
                    what = f"never told: {name} of {route} about {alert}"
                    yield Violation(LOST, self._mail.end, what)

    def _fires(self, alert: str) -> bool:
        rule, _ = self._mail.observed.names[alert]
        changes = self._mail.observed.changes[RULE, rule]
        there = changes[-1].body is not None
        return there and self._mail.fires_at(alert, 1 << 60) is not None
