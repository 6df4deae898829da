"""The stand-ins on the cluster: pods reach them, and tests read and set them from outside."""

import json

from e2e.receivers.known import ROUTING_KEY
from e2e.stage import RECEIVERS, RELEASE, SYSTEM
from e2e.told import PAGERDUTY, Told
from e2e.tools import Done, Tools

SEND = """
import sys, urllib.request
request = urllib.request.Request(sys.argv[1], sys.argv[2].encode())
print(urllib.request.urlopen(request, timeout=10).read().decode())
"""


def send(tools: Tools, url: str, body: object) -> Done:
    """Send JSON from the operator's pod."""
    words = ["exec", f"deployment/{RELEASE}", "-n", SYSTEM, "--"]
    return tools.kubectl(*words, "python", "-c", SEND, url, json.dumps(body), check=False)


def test_a_pod_pages_somebody_and_a_fault_keeps_it_from_doing_so(tools: Tools, told: Told) -> None:
    payload = {"summary": "slow", "source": "fraud/scorer", "severity": "error"}
    event = {"routing_key": ROUTING_KEY, "event_action": "trigger", "dedup_key": "a"}
    url = f"{PAGERDUTY}/v2/enqueue"
    assert "Event processed" in send(tools, url, {**event, "payload": payload}).stdout
    assert told.wait_for_incident("triggered", "slow")["dedup_key"] == "a"
    told.go_wrong("/pagerduty/", status=503, times=1)
    assert "503" in send(tools, url, {**event, "payload": payload}).stderr
    assert [entry["status"] for entry in told.journal("pagerduty")] == [202, 503]
    assert told.pages() == 1


def test_the_page_is_read_from_outside(tools: Tools, told: Told) -> None:
    told.go_wrong("/slack/", status=500)
    path = f"/api/v1/namespaces/{RECEIVERS}/services/receivers:http/proxy/"
    page = tools.kubectl("get", "--raw", path).stdout
    assert "Goes wrong on purpose: /slack/ 500." in page
