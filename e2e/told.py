"""Whom Tocsin told what, read from the stand-ins; and what is to go wrong with them."""

import json
from collections.abc import Callable
from typing import Any, Final

from e2e.reaching import Ask, Json
from e2e.stage import RECEIVERS
from e2e.tools import wait_for

#: Where pods reach them.
URL: Final = f"http://receivers.{RECEIVERS}"
SLACK_API: Final = f"{URL}/slack/api"
SLACK_HOOKS: Final = f"{URL}/slack/hooks"
PAGERDUTY: Final = f"{URL}/pagerduty"
WEBHOOK: Final = f"{URL}/webhook"
ALERTMANAGER: Final = f"{URL}/alertmanager"
HEARTBEAT: Final = f"{URL}/heartbeat"


_ALL: Final = 10**9  # more than anybody sends


class Told:
    """What arrived, and the switches for what goes wrong."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def forget(self, *parts: str) -> None:
        """Forget everything, or parts of it: faults, journal, state, known."""
        self._ask("POST", "/_control/reset", {"only": list(parts)} if parts else None)

    def know(self, **groups: Any) -> None:
        """Register slack_tokens, slack_channels, slack_hooks, routing_keys, webhook_secrets."""
        self._ask("POST", "/_control/secrets", groups)

    def know_only(self, **groups: Any) -> None:
        """The same, in place of what was known of these groups."""
        self._ask("PUT", "/_control/secrets", groups)

    def go_wrong(self, path: str, **fault: Any) -> None:
        """Have calls below `path` fail: status, retryAfter, delay, mode, contains, times, seconds.

        `e2e.receivers.faults` says what each is.
        """
        self._ask("POST", "/_control/faults", {"path": path, **fault})

    def mend(self) -> None:
        """Nothing goes wrong any more."""
        self.forget("faults")

    def journal(self, service: str = "", after: int = 0) -> list[Json]:
        """All requests in order, to one service or to all, behind a number."""
        path = f"/_control/journal?service={service}&after={after}"
        found: list[Json] = self._ask("GET", path, None)["entries"]
        return found

    def last(self) -> int:
        """The number of the latest request, to look only at what comes behind it."""
        last: int = self._ask("GET", f"/_control/journal?after={_ALL}", None)["last"]
        return last

    def state(self, service: str) -> Json:
        """What came of it at slack, slack-hook, pagerduty, webhook, alertmanager or heartbeat."""
        found: Json = self._ask("GET", f"/_control/state?service={service}", None)[service]
        return found

    def messages(self, channel: str = "#ml-alerts") -> list[Json]:
        """A Slack channel's messages as they stand now; `thread_ts` says which one they answer."""
        found: list[Json] = self.state("slack")[channel]["messages"]
        return found

    def incidents(self) -> list[Json]:
        """PagerDuty's incidents in the order of their opening."""
        found: list[Json] = self.state("pagerduty")["incidents"]
        return found

    def pages(self) -> int:
        """How often somebody was paged."""
        count: int = self.state("pagerduty")["pages"]
        return count

    def alertmanager(self, name: str) -> list[Json]:
        """What an endpoint for Alertmanager's webhooks took, its text under `body`."""
        found: list[Json] = self.state("alertmanager").get(name, [])
        return found

    def webhooks(self, name: str) -> list[Json]:
        """What a signed webhook took: each message once, its text under `body`."""
        found: list[Json] = self.state("webhook").get(name, {}).get("messages", [])
        return found

    def beats(self, name: str) -> int:
        """How often a heartbeat was heard."""
        count: int = self.state("heartbeat").get(name, {}).get("count", 0)
        return count

    def wait_for_message(self, text: str, channel: str = "#ml-alerts", seconds: float = 60) -> Json:
        """The first message that has `text` anywhere in it."""
        return self._first(
            f"a message in {channel} with {text!r}", lambda: self.messages(channel),
            lambda message: text in _written(message), seconds,
        )  # fmt: skip

    def wait_for_incident(self, status: str, text: str = "", seconds: float = 60) -> Json:
        """The first incident that is triggered, acknowledged or resolved, with `text` in it."""
        return self._first(
            f"an incident that is {status} with {text!r}", self.incidents,
            lambda it: it["status"] == status and text in _written(it), seconds,
        )  # fmt: skip

    def wait_for_entry(
        self, service: str, outcome: str = "", after: int = 0, seconds: float = 60
    ) -> Json:
        """The first request to a service behind a number whose outcome begins so."""
        return self._first(
            f"{service} says {outcome!r}", lambda: self.journal(service, after),
            lambda entry: str(entry["outcome"]).startswith(outcome), seconds,
        )  # fmt: skip

    def _first(
        self, what: str, read: Callable[[], list[Json]], fits: Callable[[Json], bool],
        seconds: float,
    ) -> Json:  # fmt: skip
        """The first one that fits; where none comes, what arrived is part of the failure."""
        try:
            return wait_for(what, lambda: next((it for it in read() if fits(it)), None), seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self._summary()}") from None

    def _summary(self) -> str:
        lines = (f"{e['number']} {e['service']} {e['status']} {e['outcome']} {e['fault']}"
                 for e in self.journal(after=self.last() - 20))  # fmt: skip
        return "\n".join(["what arrived last:", *lines])


def _written(it: Json) -> str:
    return json.dumps({k: v for k, v in it.items() if k != "before"}, ensure_ascii=False)
