"""Routes, Secrets and incidents as the tests write and read them."""

import json
import re
from typing import Any, Final

from e2e.told import WEBHOOK, Told
from e2e.tools import Tools, wait_for

Json = dict[str, Any]
#: The host of the stand-ins, as a Secret has to allow it.
HOST: Final = WEBHOOK.split("/")[2]
#: A Deployment that runs nothing: there is a workload to be alerted of, and no pod to wait for.
ON_PAPER: Final = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: scorer, labels: {tocsin.dev/model: scorer}}
spec:
  paused: true
  selector: {matchLabels: {app: scorer}}
  template:
    metadata: {labels: {app: scorer, tocsin.dev/model: scorer}}
    spec: {containers: [{name: server, image: none}]}
"""
#: Of that Deployment.
OF_SCORER: Final = "label_replace(vector(0.312), 'model', 'scorer', '', '')"


def route(name: str, *receivers: Json, **spec: Any) -> str:
    """A NotificationRoute that takes all alerts, tells them at once, and repeats nothing."""
    usual = {
        "selector": {"all": True},
        "groupWait": "0s",
        "groupInterval": "1s",
        "repeatInterval": "1h",
    }
    return _ours("NotificationRoute", name, {**usual, **spec, "receivers": list(receivers)})


def silence(name: str, **spec: Any) -> str:
    """An AlertSilence for all alerts of its namespace."""
    return _ours("AlertSilence", name, {"selector": {"all": True}, "comment": name, **spec})


def secret(name: str, *, label: bool = True, hosts: str = HOST, **values: str) -> str:
    """A Secret for receivers, labelled as such or not, for `hosts`."""
    labels = {"tocsin.dev/credentials": "true"} if label else {}
    annotations = {"tocsin.dev/allowed-hosts": hosts} if hosts else {}
    metadata = {"name": name, "labels": labels, "annotations": annotations}
    return json.dumps(
        {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": values}
    )


class Listeners:
    """The webhooks of one namespace, and what they were told.

    Each has an endpoint of its own: what other tests have left behind does not reach it.
    """

    def __init__(self, tools: Tools, namespace: str, told: Told) -> None:
        self.tools = tools
        self.namespace = namespace
        self.told = told

    def endpoint(self, name: str = "hook") -> str:
        """The name of a listener's endpoint at the stand-ins."""
        return f"{self.namespace}-{name}"

    def hook(self, name: str = "hook", **settings: Any) -> Json:
        """A receiver of that name, as a route has it."""
        where = {} if "urlSecretRef" in settings else {"url": f"{WEBHOOK}/{self.endpoint(name)}"}
        return {"name": name, "webhook": {**where, **settings}}

    def heard(self, name: str = "hook") -> list[Json]:
        """What a listener has taken, each message once."""
        return [message["body"] for message in self.told.webhooks(self.endpoint(name))]

    def journal(self, name: str = "hook") -> list[Json]:
        """All requests to a listener, in order."""
        path = f"/webhook/{self.endpoint(name)}"
        return [entry for entry in self.told.journal("webhook") if entry["path"] == path]

    def taken_at(self, name: str = "hook") -> float:
        """When a listener took its first message, in seconds since 1970."""
        at: int = self.told.webhooks(self.endpoint(name))[0]["at"]
        return at / 1000

    def fail(self, name: str, **fault: Any) -> None:
        """Have a listener fail, see `Told.go_wrong`."""
        self.told.go_wrong(f"/webhook/{self.endpoint(name)}", **fault)

    def again(self, name: str = "hook") -> int:
        """How often a listener was told what it had taken before."""
        state = self.told.state("webhook").get(self.endpoint(name), {})
        count: int = state.get("again", 0)
        return count

    def reasons(self, name: str = "hook") -> list[str]:
        """Why a listener was told, in order."""
        return [message["reason"] for message in self.heard(name)]

    def about(self, rule: str, name: str = "hook") -> list[Json]:
        """What a listener was told of a rule's alerts; of all rules, if it is empty."""
        return [
            message
            for message in self.heard(name)
            if rule in ("", *(one["rule"] for one in alerts_of(message)))
        ]

    def wait_for(
        self, reason: str, name: str = "hook", seconds: float = 30, about: str = ""
    ) -> Json:
        """The first message of that reason, about a rule or any."""

        def probe() -> Json | None:
            heard = self.about(about, name)
            return next((one for one in heard if one["reason"] == reason), None)

        try:
            return wait_for(f"{name} is told: {reason}", probe, seconds)
        except AssertionError as error:
            was = json.dumps(self.tools.items("mlinc", self.namespace), indent=1)
            raise AssertionError(f"{error}\nit was told: {self.reasons(name)}\n{was}") from None

    def incidents(self) -> list[Json]:
        """The namespace's incidents."""
        return self.tools.items("mlinc", self.namespace)

    def incident(self, model: str) -> Json:
        """The incident about a workload or a rule, by its name."""
        [found] = [one for one in self.incidents() if one["status"]["model"] == model]
        return found

    def states(self) -> dict[str, str]:
        """Each incident's state, by what it is about."""
        statuses = (one["status"] for one in self.incidents())
        return {status["model"]: status["state"] for status in statuses}

    def wait_for_incident(self, state: str, seconds: float = 30) -> Json:
        """The only incident, once it is in `state`."""

        def probe() -> Json | None:
            [incident] = self.incidents()
            return incident if incident.get("status", {}).get("state") == state else None

        try:
            return wait_for(f"the incident is {state}", probe, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{json.dumps(self.incidents(), indent=1)}") from None

    def annotate(self, what: str, annotation: str) -> None:
        """`kubectl annotate`, as a person writes it."""
        where = [] if what.startswith("namespace/") else ["-n", self.namespace]
        self.tools.kubectl("annotate", what, *where, "--overwrite", annotation)

    def suspend(self, rule: str, suspended: bool = True) -> None:
        """Have a rule rest, which ends its alerts, or go on."""
        patch = json.dumps({"spec": {"suspend": suspended}})
        args = ("patch", "mlar", rule, "-n", self.namespace, "--type=merge", "-p", patch)
        self.tools.kubectl(*args)


def alerts_of(message: Json) -> list[Json]:
    """All alerts that a message shows."""
    return [*message.get("firing", ()), *message.get("resolved", ())]


def in_order(table: str) -> str:
    """A table with its rows sorted: names with a hash in them stand in no order."""
    head, *rows = table.splitlines(keepends=True)
    return "".join([head, *sorted(rows)])


def plain(table: str) -> str:
    """A table of kubectl without ages, times and what is made of them, its columns close."""
    rows = [re.sub(r"(?<= )(\d+[smh])+(?= |$)", "…", row) for row in table.splitlines()]
    rows = [re.sub(r"\w{3} \d\d:\d\d:\d\dZ", "…", row) for row in rows]
    rows = [re.sub(r"-[0-9a-f]{10}\b", "-…", row) for row in rows]
    rows = [re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "…", row) for row in rows]
    return "".join(re.sub(r" {2,}", "  ", row).rstrip() + "\n" for row in rows)


def _ours(kind: str, name: str, spec: Json) -> str:
    head = {"apiVersion": "tocsin.dev/v1alpha1", "kind": kind}
    return json.dumps({**head, "metadata": {"name": name}, "spec": spec})
