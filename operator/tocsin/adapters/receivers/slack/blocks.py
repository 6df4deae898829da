"""A notification as a message of Slack, which reads well on a phone."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tocsin.adapters.receivers import wording
from tocsin.adapters.receivers.slack.mrkdwn import code, escaped, line, link, plain, time
from tocsin.adapters.receivers.templates import Words
from tocsin.adapters.receivers.texts import units
from tocsin.core.notify.notification import AlertNotice, Notification, Reason
from tocsin.core.rules import Severity

Json = dict[str, Any]

#: Slack takes 50 blocks, and about 10,000 characters in them, which it does not document.
_TOTAL: Final = 9000
#: What commands in actions begin with.
_COMMANDS: Final = ("kubectl ", "helm ", "tocsin ", "argocd ", "flux ")
_SECTION: Final = 3000
_HEADER: Final = 150
#: A message that is edited may have 4000.
_TEXT: Final = 3000
#: Alerts in full, and in a line each.
_FULL: Final = 3
_LINES: Final = 10
_SIGNS: Final[Mapping[Severity, str]] = {
    Severity.CRITICAL: "🔴",
    Severity.HIGH: "🟠",
    Severity.MEDIUM: "🟡",
    Severity.LOW: "🔵",
    Severity.INFO: "⚪",
}


def message(notification: Notification, words: Words) -> Json:
    """The message on the incident as it is now: `text` and `blocks`."""
    sign = "✅" if notification.is_resolved else _SIGNS[notification.severity]
    before = [_header(f"{sign} {words.title}"), _section(_state(notification))]
    after = [*_footer(notification)]
    room = _TOTAL - sum(map(_size, (*before, *after)))
    inner = _own(words.text, room) if words.own_text else _alerts(notification, room)
    text = f"{sign} {escaped(words.title, 400)}\n{escaped(_on_a_phone(notification), 1000)}"
    return {"text": text, "blocks": [*before, *inner, *after]}


def _on_a_phone(notification: Notification) -> str:
    """What a locked phone shows below the title: of one alert its summary says more."""
    alone = notification.firing_count == 1 and not notification.acknowledgement
    if alone and notification.firing and notification.firing[0].summary:
        return notification.firing[0].summary
    return wording.headline(notification)


def reply(notification: Notification) -> Json:
    """What is new, for the thread: `text` and `blocks`."""
    headline = escaped(wording.headline(notification), 1000)
    resolved = notification.reason in (Reason.SOME_RESOLVED, Reason.ALL_RESOLVED)
    if resolved:
        told, total = notification.resolved, notification.resolved_count
    else:
        new = tuple(one for one in notification.firing if one.new)
        whole = len(notification.firing) == notification.firing_count
        told = new or notification.firing
        total = len(new) if new and whole else notification.firing_count
    lines = _lines(told, total, _SECTION - units(headline) - 1)
    text = f"{escaped(wording.title(notification), 400)}\n{headline}"
    return {"text": text, "blocks": [_section("\n".join([headline, *lines]))]}


def _state(notification: Notification) -> str:
    said = [f"*{escaped(wording.headline(notification), 1000)}*"]
    if notification.acknowledgement and notification.reason is not Reason.ACKNOWLEDGED:
        said.append(escaped(wording.acknowledged(notification), 500))
    said.append(f"Since {time(notification.opened_at)}")
    return "\n".join(said)


def _alerts(notification: Notification, room: int) -> list[Json]:
    """As many alerts as there is room for, and how many more there are."""
    ended = _lines(
        notification.resolved, notification.resolved_count, min(_SECTION, room // 3), " resolved"
    )
    over = [_section("\n".join(ended))] if ended else []
    room -= sum(map(_size, over))
    firing: list[Json] = []
    for notice in notification.firing[:_FULL]:
        block = _section(_alert(notice))
        if _size(block) > room:
            break
        room -= _size(block)
        firing.append(block)
    lines = _lines(
        notification.firing[len(firing) :],
        notification.firing_count - len(firing),
        min(_SECTION, room),
        " firing",
    )
    return [*firing, *([_section("\n".join(lines))] if lines else []), *over]


def _alert(notice: AlertNotice) -> str:
    """One alert in full: less than a section may have."""
    summary = line(notice.summary, 400) or line(notice.rule.name, 400)
    about = [
        line(wording.subject(notice), 200),
        line(wording.amount(notice), 130),
        f"since {time(notice.fired_at)}",
    ]
    if notice.silenced_by:
        about.append(f"silenced by {line(notice.silenced_by, 150)}")
    said = [f"{_SIGNS[notice.severity]} *{summary}*", " · ".join(part for part in about if part)]
    said += [f"• {line(text, 150)}" for text in wording.changed(notice, most=4)]
    commands = [action for action in notice.actions if action.strip()][:2]
    if notice.explain.startswith("tocsin "):
        commands.append(notice.explain)
    said += [_to_copy(command) for command in commands]
    if links := " · ".join(_links(notice)):
        said.append(links)
    return "\n".join(said)


def _to_copy(action: str) -> str:
    """An action, of which the command can be copied: `Roll back: kubectl …`."""
    said, colon, command = action.partition(": ")
    if colon and command.startswith(_COMMANDS):
        return f"{line(said, 100)}: {code(command, 200)}"
    return code(action, 200)


def _links(notice: AlertNotice, room: int = 700) -> Iterator[str]:
    """The explanation, then the rule's links, as many as there is room for."""
    for name, url in {"explain": notice.explain, **notice.links}.items():
        shown = link(url, name)
        if shown and units(shown) + 3 <= room:
            room -= units(shown) + 3
            yield shown


def _lines(notices: Iterable[AlertNotice], total: int, room: int, what: str = "") -> list[str]:
    """Alerts, a line each, and how many more there are, in at most `room` characters."""
    lines: list[str] = []
    room -= 40  # for how many more
    for notice in notices:
        said = _line(notice)
        if len(lines) >= _LINES or units(said) + 1 > room:
            break
        room -= units(said) + 1
        lines.append(said)
    rest = total - len(lines)
    return [*lines, f"… and {rest} more{what}"] if rest else lines


def _line(notice: AlertNotice) -> str:
    sign = "✅" if notice.resolved_at else _SIGNS[notice.severity]
    said = line(wording.what(notice, 200), 200)
    after = line(wording.ended(notice) or wording.amount(notice), 150)
    return f"{sign} {said}" + (f" ({after})" if after else "")


def _own(text: str, room: int) -> list[Json]:
    """The route's own text, in as many sections as it needs."""
    whole = escaped(text, max(1, min(room, 2 * _SECTION)))
    parts: list[str] = []
    while whole:
        end = len(whole) if len(whole) <= _SECTION else _break(whole)
        parts.append(whole[:end].strip("\n"))
        whole = whole[end:].lstrip("\n")
    return [_section(part) for part in parts if part.strip()]


def _break(text: str) -> int:
    """Where a text of more than one section may be parted: not inside of `&lt;`."""
    end = text.rfind("\n", _SECTION // 2, _SECTION)
    if end < 0:
        ampersand = text.rfind("&", _SECTION - 5, _SECTION)
        end = ampersand if ampersand > 0 else _SECTION
    return end


def _footer(notification: Notification) -> Iterator[Json]:
    place = [
        f"cluster {line(notification.cluster, 100)}" if notification.cluster else "",
        f"namespace {line(notification.namespace, 100)}",
        f"incident {line(notification.incident, 260)}" if notification.incident else "",
        link(notification.external_url, "Tocsin") if len(notification.external_url) < 300 else "",
    ]
    yield _context(" · ".join(part for part in place if part))
    hints = {
        "take it on": wording.acknowledge_hint(notification),
        "silence it": wording.silence_hint(notification),
    }
    said = [f"{what}: {code(hint, 900)}" for what, hint in hints.items() if hint]
    if said:
        yield _context("\n".join(said))


def _header(text: str) -> Json:
    return {"type": "header", "text": {"type": "plain_text", "text": plain(text, _HEADER)}}


def _section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _context(text: str) -> Json:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}


def _size(block: Json) -> int:
    """The length of a block's texts."""
    texts = block.get("elements") or [block["text"]]
    return sum(units(text["text"]) for text in texts)
