"""One bad rollout as people are told of it: what the page of the stand-ins is looked at with."""

import json
from typing import Any, Final

from e2e.receivers.calls import Call, Json
from e2e.receivers.faults import parse_fault
from e2e.receivers.known import ROUTING_KEY, SLACK_HOOK, SLACK_TOKEN
from e2e.receivers.slackchannels import channel_id
from e2e.receivers.world import World

START: Final = 1_790_000_000.0
_HEADERS: Final = {
    "authorization": f"Bearer {SLACK_TOKEN}",
    "content-type": "application/json; charset=utf-8",
}
#: What somebody who wants to break the page would write into an annotation.
_EVIL: Final = "<script>window.broken = 1</script><img src=x onerror='window.broken = 1'>"


class Story:
    """Tells a world, a moment after the other."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.now = START

    def send(self, path: str, body: Any, **headers: str) -> Json:
        """Send JSON; the answer."""
        self.now += 1.4
        call = Call("POST", path, {**_HEADERS, **headers}, json.dumps(body).encode(), self.now)
        answer, _ = self.world.receive(call)
        return answer.body if answer and isinstance(answer.body, dict) else {}

    def slack(self, method: str = "chat.postMessage", **message: Any) -> Json:
        """Call Slack's Web API."""
        return self.send(f"/slack/api/{method}", {"channel": "#ml-alerts", **message})

    def event(self, action: str, key: str, summary: str, severity: str = "error") -> None:
        """Send an event to PagerDuty."""
        payload = {
            "summary": summary, "severity": severity, "source": "fraud/scorer",
            "component": "scorer", "group": "fraud", "custom_details": {"value": "612ms"},
        }  # fmt: skip
        links = [{"href": "https://wiki.example.com/latency", "text": "runbook"}]
        event = {"routing_key": ROUTING_KEY, "event_action": action, "dedup_key": key,
                 "payload": payload, "links": links}  # fmt: skip
        self.send("/pagerduty/v2/enqueue", event)


def tell(world: World) -> Story:
    """An alert fires, gets worse, is taken on and resolved; a second one is open; much fails."""
    story = Story(world)
    world.known.change({"slack_channels": {"#fraud-team": True}})
    root = story.slack(text="high: latency on scorer", blocks=_blocks(":red_circle:", "Firing"))
    story.event("trigger", "e2e/fraud/latency", "High latency on scorer: 612ms, above 200ms")
    story.slack(text="*errors* began, too: 12 % of `POST /predict`", thread_ts=root["ts"])
    story.event("trigger", "e2e/fraud/latency", "High latency on scorer: 903ms, above 200ms")
    story.event("trigger", "e2e/fraud/down", f"Model down {_EVIL}", "critical")
    story.event("acknowledge", "e2e/fraud/latency", "jane has it")
    story.slack(
        text=f":eyes: <@U123|jane> has it: > on it {_EVIL}\n> rolled back", thread_ts=root["ts"]
    )
    story.now += 60
    green = _blocks(":large_green_circle:", "Resolved")
    story.slack("chat.update", channel=channel_id("#ml-alerts"), ts=root["ts"],
                text="resolved: latency on scorer", blocks=green)  # fmt: skip
    story.event("resolve", "e2e/fraud/latency", "Resolved: 80ms")
    story.event("resolve", "e2e/fraud/latency", "Resolved: 80ms")
    bar = {"color": "#b3261e", "blocks": _blocks(":rotating_light:", "Firing")[1:3]}
    story.slack(channel="#fraud-team", text="critical: model down", attachments=[bar])
    story.send(f"/slack/hooks/{SLACK_HOOK}", {"text": "A hook's *own* message"})
    story.send("/webhook/ops", {"id": "1", "reason": "First"}, **{"webhook-id": "msg-1"})
    story.send("/webhook/ops", {"id": "1", "reason": "First"}, **{"webhook-id": "msg-1"})
    story.send("/heartbeat/dead-man", {})
    _go_wrong(story)
    return story


def _go_wrong(story: Story) -> None:
    story.slack(text="x", blocks=[{"type": "heading"}])
    story.slack(channel="#nowhere", text="x" * 300)
    story.send("/pagerduty/v2/enqueue", {"routing_key": ROUTING_KEY, "event_action": "fire"})
    fault = {"path": "/slack/", "status": 503, "retryAfter": 2, "times": 3}
    story.world.faults.add(parse_fault(fault, story.now))
    story.slack(text="nobody takes this")
    story.send(f"/nowhere/{_EVIL}", {"much": "text" * 2000})


def _blocks(sign: str, state: str) -> list[Json]:
    link = {"type": "button", "url": "https://example.com/explain",
            "text": {"type": "plain_text", "text": "Why?"}}  # fmt: skip
    return [
        {"type": "header", "text": {"type": "plain_text", "text": f"{sign} latency on scorer"}},
        {"type": "section",
         "text": {"type": "mrkdwn", "text": f"*{state}*: P99 is `612ms`, above 200ms &lt;now&gt;"},
         "fields": [{"type": "mrkdwn", "text": "*Version*\nv18, rolled out 40 s before"},
                    {"type": "mrkdwn", "text": "*Workload*\nfraud/Deployment/scorer"}]},
        {"type": "section",
         "text": {"type": "mrkdwn", "text": "```\nkubectl rollout undo deployment/scorer\n```"}},
        {"type": "actions", "elements": [
            link | {"style": "primary"},
            link | {"text": {"type": "plain_text", "text": ":book: Runbook"}}]},
        {"type": "divider"},
        {"type": "context", "elements": [
            {"type": "mrkdwn", "text": "cluster *e2e*"},
            {"type": "mrkdwn", "text": "<https://example.com/graph|graph>"}]},
    ]  # fmt: skip
