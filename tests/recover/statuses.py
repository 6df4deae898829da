"""What must hold of each status that stood, and of any two that followed each other."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from tests.recover.clockwork import SECOND, read_ms
from tests.recover.journal import Wrote
from tests.recover.observed import MET, NOTHING, WELL, Look, Observed, alert_id, duration
from tests.recover.violations import CHANGED, INVENTED, LOST, Causes, Violation

_MOST: Final = 20


class Statuses:
    """Checks all statuses of a history."""

    def __init__(self, observed: Observed) -> None:
        self._observed = observed
        self._causes = Causes(observed)

    def violations(self) -> Iterator[Violation]:
        """All that is wrong with them."""
        for writes in self._observed.writes.values():
            for wrote in writes:
                yield from self._entries(wrote)
                yield from _history(wrote)
                yield from self._as_seen(wrote)
            for before, after in pairwise(writes):
                yield from _firing_kept(before, after)
                yield from _history_kept(before, after)

    def _entries(self, wrote: Wrote) -> Iterator[Violation]:
        for entry in [*alerts(wrote), *history(wrote)]:
            workload = entry["workload"]["name"]
            if entry["id"] != alert_id(wrote.rule, workload):
                yield Violation(CHANGED, wrote.at, f"an id of its own: {entry}")
            if "firedAt" in entry:
                fired = read_ms(entry["firedAt"])
                yield from self._causes.of_firing(wrote.at, wrote.rule, workload, fired)
            if "resolvedAt" in entry:
                end = read_ms(entry["resolvedAt"]), entry["reason"]
                yield from self._causes.of_end(wrote.at, wrote.rule, workload, *end)
            elif "firedAt" in entry:
                yield from self._outlived(wrote, workload, read_ms(entry["firedAt"]))

    def _outlived(self, wrote: Wrote, workload: str, fired: int) -> Iterator[Violation]:
        """An alert does not outlive a change of what its rule asks."""
        known = [one for one in self._observed.rules[wrote.rule] if one.at < wrote.sent]
        looks = self._observed.looks[wrote.rule, workload]
        asked = {look.known.meaning for look in looks if look.at == fired}
        quiet = known and known[-1].life == wrote.life and known[-1].spec.get("severity") == "high"
        if quiet and asked and known[-1].meaning not in asked and wrote.uid == known[-1].uid:
            if any(one.at == wrote.sent for one in self._observed.rules[wrote.rule]):
                return
            what = f"{wrote.rule}/{workload} of {fired / SECOND} fires under another criterion"
            yield Violation(INVENTED, wrote.at, what)

    def _as_seen(self, wrote: Wrote) -> Iterator[Violation]:
        """The status says what its process had seen for certain before it sent it."""
        shown = {entry["id"]: entry["state"] for entry in alerts(wrote)}
        for workload, looks in self._observed.of_rule(wrote.rule):
            certain = self._certain(wrote, workload, looks)
            state = shown.get(alert_id(wrote.rule, workload))
            if certain == MET and state != "Firing":
                what = f"{wrote.rule}/{workload} is {state}, though seen for long enough"
                yield Violation(LOST, wrote.at, what)
            if certain == WELL and state is not None:
                what = f"{wrote.rule}/{workload} is {state}, though seen to be well"
                yield Violation(INVENTED, wrote.at, what)

    def _certain(self, wrote: Wrote, workload: str, looks: list[Look]) -> str | None:
        """Met: it was seen for long enough; NotMet: it was well when last seen; else unknown."""
        mine = [look for look in looks if look.life == wrote.life and look.answered <= wrote.sent]
        # What was seen at the very time of writing may be in it, or may not.
        before = [look for look in mine if look.answered < wrote.sent]
        certain = {self._sight(wrote, workload, seen) for seen in (mine, before)}
        return certain.pop() if len(certain) == 1 else None

    def _sight(self, wrote: Wrote, workload: str, seen: list[Look]) -> str | None:
        since = self._last_disturbed(wrote, workload)
        total, certain, after = 0, False, None
        for look in seen:
            if not look.sure or look.answered <= since:
                total, certain, after = 0, False, None
            elif look.verdict == MET:
                gap = look.at - after.at if after else 0
                total += gap if gap <= 2 * duration(look.known.spec["interval"]) else 0
                after = look
                certain = certain or total >= duration(look.known.spec["for"])
            elif look.verdict == WELL or (look.verdict != NOTHING and not certain):
                total, certain, after = 0, False, None
        if certain:
            return MET
        last = seen[-1] if seen else None
        well = last and last.sure and last.answered > since and last.verdict == WELL
        return WELL if well else None

    def _last_disturbed(self, wrote: Wrote, workload: str) -> int:
        """When anything was told of rule or workload last, before the status was sent."""
        states = self._observed.workloads[workload]
        rules = self._observed.rules[wrote.rule]
        times = [at for at, *_ in states] + [known.at for known in rules]
        return max((at for at in times if at <= wrote.sent), default=-1)


def alerts(wrote: Wrote) -> list[Mapping[str, Any]]:
    """The entries of what was active."""
    return list(wrote.status.get("alerts", ()))


def history(wrote: Wrote) -> list[Mapping[str, Any]]:
    """The entries of what was over."""
    return list(wrote.status.get("history", ()))


def _history(wrote: Wrote) -> Iterator[Violation]:
    """It is bounded and in order, and names nothing twice."""
    ends = [read_ms(entry["resolvedAt"]) for entry in history(wrote)]
    if len(ends) > _MOST or ends != sorted(ends, reverse=True):
        yield Violation(CHANGED, wrote.at, f"history too long or out of order: {ends}")
    episodes = [(entry["id"], entry["firedAt"]) for entry in history(wrote)]
    if len(set(episodes)) < len(episodes):
        yield Violation(INVENTED, wrote.at, f"history names an episode twice: {episodes}")


def _firing_kept(before: Wrote, after: Wrote) -> Iterator[Violation]:
    """What fired in one status fires in the next, or is in its history, with the same times."""
    entries = [*alerts(after), *history(after)]
    kept = {(entry["id"], entry.get("firedAt")): entry for entry in entries}
    for entry in alerts(before):
        now = kept.get((entry["id"], entry.get("firedAt")))
        if "firedAt" in entry and now is None and len(history(after)) < _MOST:
            yield Violation(LOST, after.at, f"{entry} of {before.at / SECOND} is gone")
        elif "firedAt" in entry and now and now["activeAt"] != entry["activeAt"]:
            yield Violation(CHANGED, after.at, f"activeAt of {entry} is {now['activeAt']}")


def _history_kept(before: Wrote, after: Wrote) -> Iterator[Violation]:
    """What is over stays as it was, until twenty others push it out."""
    old, new = history(before), history(after)
    if not any(new[n:] == old[: _MOST - n] for n in range(len(new) + 1)):
        yield Violation(CHANGED, after.at, f"history was {old} and is {new}")
