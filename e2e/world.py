"""What the tests say of rules and models, in a sentence each."""

import json
from typing import Any

from e2e.operators import SELECTOR, leader, page
from e2e.stage import BAD_ROLLOUT, MODEL, RELEASE, SYSTEM
from e2e.tools import ROOT, Tools, wait_for

Json = dict[str, Any]
LATENCY = (ROOT / "examples" / "demo" / "high-latency.yaml").read_text()


class World:
    """One namespace with models and rules in it."""

    def __init__(self, tools: Tools, namespace: str) -> None:
        self.tools = tools
        self.namespace = namespace

    def run_model(self) -> None:
        """Start the model and its traffic, and wait until both are ready."""
        self.tools.apply(self.namespace, MODEL)
        self.tools.kubectl(
            "rollout", "status", "deployment/scorer", "-n", self.namespace, "--timeout=120s"
        )

    def roll_out_slow_version(self) -> None:
        """Version v18, of which each prediction takes 400 ms longer."""
        args = ["patch", "deployment", "scorer", "-n", self.namespace]
        self.tools.kubectl(*args, "--patch-file", str(BAD_ROLLOUT))

    def roll_back(self) -> None:
        """Back to the version before."""
        self.tools.kubectl("rollout", "undo", "deployment/scorer", "-n", self.namespace)

    def status(self, rule: str = "high-latency") -> Json:
        """The rule's status, empty while there is none."""
        found: Json = self.tools.get("mlar", rule, self.namespace).get("status", {})
        return found

    def wait_for_state(self, state: str, rule: str = "high-latency", seconds: float = 60) -> Json:
        """The rule's status once it is in `state`."""

        def probe() -> Json | None:
            status = self.status(rule)
            return status if status.get("state") == state else None

        try:
            return wait_for(f"{rule} is {state}", probe, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{json.dumps(self.status(rule), indent=1)}") from None

    def wait_until_evaluated(self, rule: str) -> None:
        """Wait until the rule's source was asked; before that, its state says nothing."""
        wait_for(f"{rule} is evaluated", lambda: self.condition("SourceReachable", rule))

    def condition(self, kind: str, rule: str = "high-latency") -> Json:
        """One condition of the rule's status."""
        conditions: list[Json] = self.status(rule).get("conditions", [])
        return next((c for c in conditions if c["type"] == kind), {})

    def events(self, reason: str, kind: str | None = None) -> list[Json]:
        """The Events of a reason, on objects of a kind."""
        events = self.tools.items("events.events.k8s.io", self.namespace)
        return [
            event
            for event in events
            if event["reason"] == reason and kind in (None, event["regarding"]["kind"])
        ]

    def wait_for_event(self, reason: str, kind: str | None = None, seconds: float = 30) -> Json:
        """The first Event of a reason."""
        return wait_for(
            f"Event {reason} on {kind or 'anything'}",
            lambda: next(iter(self.events(reason, kind)), None),
            seconds,
        )


def metrics_page(tools: Tools, release: str = RELEASE, system: str = SYSTEM) -> str:
    """The leader's own metrics, as Prometheus reads them."""
    return page(tools, leader(tools, release, system), "metrics", system)


def metric(tools: Tools, name: str, release: str = RELEASE, system: str = SYSTEM) -> float:
    """The sum of a metric of the operator's, over all its labels; 0 if it has none yet."""
    page = metrics_page(tools, release, system)
    lines = (line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))
    return sum(float(value) for key, value in lines if key.partition("{")[0] == name)


def wait_for_evaluations(tools: Tools, more: int = 3) -> None:
    """Wait until whoever leads has evaluated rules a few more times."""
    name, begun = "tocsin_evaluations_total", dict[str, float]()

    def probe() -> bool:
        who, now = leader(tools), metric(tools, name)
        begun[who] = min(now, begun.get(who, now))  # its container may have started again
        return now - begun[who] >= more

    wait_for(f"{more} more evaluations", probe, 60)


def restart_operator(tools: Tools) -> None:
    """Delete the operator's pods, and wait until their successor has evaluated."""
    tools.kubectl("delete", "pod", "-n", SYSTEM, "-l", SELECTOR)
    tools.kubectl("rollout", "status", f"deployment/{RELEASE}", "-n", SYSTEM, "--timeout=60s")
    rules = wait_for("the operator answers", lambda: metric(tools, "tocsin_rules"), 60)
    wait_for_evaluations(tools, more=3 * int(rules))  # so each of them, at an interval of 1 s
