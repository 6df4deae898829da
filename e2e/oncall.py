"""What somebody who is on call sees and does in the demonstration."""

import re
from typing import Final

from e2e.breakages import Say
from e2e.operators import leader, signalled
from e2e.told import Told
from e2e.tools import ROOT, wait_for
from e2e.world import Json, World

MANIFEST: Final = ROOT / "examples" / "demo" / "oncall.yaml"


def is_told(world: World, told: Told, say: Say) -> None:
    """One page and one message; and somebody takes it on."""
    page = told.wait_for_incident("triggered")
    say("The pager rings:")
    _show(page["summary"])
    message = told.wait_for_message("scorer")
    say("And the chat has one message, here as a locked phone shows it:")
    _show(message["text"])
    incident = _incident(world)
    say("Somebody takes it on. What goes on is not repeated from now on.")
    _kubectl(world, "annotate", "mlinc", incident, "tocsin.dev/ack=on it, rolling back")
    told.wait_for_incident("acknowledged")
    _kubectl(world, "get", "mlinc")
    say("And mutes what the rollback may stir up.")
    _kubectl(world, "annotate", "deployment", "scorer", "tocsin.dev/silence=30m rolling back",
             "--overwrite")  # fmt: skip
    wait_for("the silence is there", lambda: _silences(world), 30)
    _kubectl(world, "get", "asil")


def loses_the_leader(world: World, say: Say) -> None:
    """The operator that told them is killed; its standby goes on."""
    before = leader(world.tools)
    say(f"The operator that leads, {before}, is killed (kill -9).")
    signalled(world.tools, before, "KILL")


def is_told_of_the_end(world: World, told: Told, say: Say) -> None:
    """Who heard of it hears that it is over, once, though it is silenced."""
    told.wait_for_incident("resolved", seconds=120)
    say("Over. The pager has closed it, and the chat says so in the thread of the message:")
    reply: Json = wait_for("the thread says so", lambda: _last_word(told), 60)
    (root,) = [one for one in told.messages() if one["ts"] == reply["thread_ts"]]
    _show(root["text"])
    _show("in its thread: " + reply["text"])
    if told.pages() != 1:
        raise AssertionError(f"somebody was paged {told.pages()} times for one thing")
    say("Paged once, for all that happened:")
    incidents = world.tools.items("mlinc", world.namespace)
    latest = max(incidents, key=lambda one: one["metadata"]["creationTimestamp"])
    _show("\n".join(latest["status"]["timeline"]))
    world.tools.kubectl("annotate", "deployment", "scorer", "-n", world.namespace,
                        "tocsin.dev/silence-")  # fmt: skip


def _last_word(told: Told) -> Json | None:
    in_thread = (one for one in told.messages() if one["thread_ts"] and "RESOLVED" in one["text"])
    return next(in_thread, None)


def _silences(world: World) -> list[Json]:
    found = world.tools.items("asil", world.namespace)
    return [one for one in found if one.get("status", {}).get("state") == "Active"]


def _incident(world: World) -> str:
    found: Json = wait_for(
        "the incident is there",
        lambda: next(
            (
                one
                for one in world.tools.items("mlinc", world.namespace)
                if one.get("status", {}).get("state") == "Firing"
            ),
            None,
        ),
    )
    return str(found["metadata"]["name"])


def _kubectl(world: World, *words: str) -> None:
    shown = " ".join(word if re.fullmatch(r"[\w./=-]+", word) else f'"{word}"' for word in words)
    print(f"          $ kubectl {shown[:90]}")
    _show(world.tools.kubectl(*words, "-n", world.namespace).stdout)


def _show(text: str) -> None:
    for line in text.strip().splitlines():
        print(f"            {line}", flush=True)
