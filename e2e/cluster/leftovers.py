"""What an engine of ours left behind: decisions only, from what was there before and is there now.

Bridges and chains that were there before our engine started are never touched; where another
engine runs on the same machine, the names that both share (docker0, the DOCKER chains) stay.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from e2e.cluster.processes import Process

NETWORK_BRIDGE = re.compile(r"br-[0-9a-f]{12}")
CONTAINER = re.compile(r"[0-9a-f]{64}")
PROGRAMS = ("dockerd", "docker-proxy", "docker-init", "runc", "runc-fit")
MARK = "TOCSIN_ENGINE"  # in the environment of what the engine starts


@dataclass
class Table:
    """One table of iptables-save."""

    chains: dict[str, str] = field(default_factory=dict)  # name: policy, "-" for a user's chain
    rules: list[str] = field(default_factory=list)  # without the leading "-A "


def tables(saved: str) -> dict[str, Table]:
    """The tables in the output of iptables-save."""
    found: dict[str, Table] = {}
    current = Table()
    for line in saved.splitlines():
        if line.startswith("*"):
            current = found.setdefault(line[1:].strip(), Table())
        elif line.startswith(":"):
            name, policy = line[1:].split()[:2]
            current.chains[name] = policy
        elif line.startswith("-A "):
            current.rules.append(line[3:])
    return found


def bridges(
    before: Collection[str], now: Iterable[str], known: Collection[str], *, shared: bool
) -> list[str]:
    """Bridges to remove; known are those that our engine's own records name."""
    ours = []
    for name in now:
        if name in before:
            continue
        is_network = NETWORK_BRIDGE.fullmatch(name) is not None
        if name in known or (not shared and (is_network or name == "docker0")):
            ours.append(name)
    return sorted(ours)


def firewall(before: str, now: str, gone: Collection[str], *, shared: bool) -> list[list[str]]:
    """Arguments for iptables, in order: rules out, then chains emptied and deleted."""
    was, commands = tables(before), list[list[str]]()
    for name, table in tables(now).items():
        old = was.get(name, Table())
        ours = [
            chain
            for chain, policy in table.chains.items()
            if policy == "-" and chain.startswith("DOCKER") and chain not in old.chains
        ]
        chains = [] if shared else ours
        for rule in table.rules:
            words = shlex.split(rule)
            if words[0] in chains or rule in old.rules:
                continue
            if _leads_to(words, chains) or _is_at(words, gone):
                commands.append(["-t", name, "-D", *words])
        commands += [["-t", name, "-F", chain] for chain in chains]
        commands += [["-t", name, "-X", chain] for chain in chains]
        policy = table.chains.get("FORWARD")
        if not shared and policy == "DROP" and old.chains.get("FORWARD", "ACCEPT") == "ACCEPT":
            commands.append(["-t", name, "-P", "FORWARD", "ACCEPT"])
    return commands


def _leads_to(words: list[str], chains: Collection[str]) -> bool:
    return any(a in ("-j", "-g") and b in chains for a, b in pairwise(words))


def _is_at(words: list[str], gone: Collection[str]) -> bool:
    return any(a in ("-i", "-o") and b in gone for a, b in pairwise(words))


def empty_tables(before: str, now: str) -> list[str]:
    """Tables that were not there before and hold nothing now."""
    was = tables(before)
    return [
        name
        for name, table in tables(now).items()
        if name not in was
        and not table.rules
        and all(policy == "ACCEPT" for policy in table.chains.values())
    ]


def mounts(mountinfo: str, roots: Iterable[Path]) -> list[Path]:
    """Mounts below these folders, the last one made first."""
    below = []
    for line in mountinfo.splitlines():
        point = re.sub(r"\\(\d{3})", lambda m: chr(int(m[1], 8)), line.split()[4])
        if any(Path(point).is_relative_to(root) for root in roots):
            below.append(Path(point))
    return below[::-1]


def is_of_engine(
    process: Process, environ: str, cgroup: str, engine: Path, containers: Collection[str]
) -> bool:
    """Whether a process belongs to the engine in this folder.

    By what the engine put in its environment, by a path of the engine among the words of one of
    its programs, or by the cgroup of one of its containers.
    """
    if f"{MARK}={engine}" in environ.split("\0"):
        return True
    program = Path(process.argv[0]).name if process.argv else process.name
    if program in PROGRAMS or program.startswith("containerd"):
        inside = f"{engine}/"
        if any(word.removeprefix("unix://").startswith(inside) for word in process.argv):
            return True
    return any(name in containers for name in CONTAINER.findall(cgroup))


def is_making(process: Process, cluster: Path) -> bool:
    """Whether a process makes the cluster of this folder for a run that is gone.

    Only what a run starts counts: a person's editor or kubectl never does.
    """
    program = Path(process.argv[0]).name if process.argv else process.name
    return program in ("kind", "docker") and any(f"{cluster}/" in word for word in process.argv)


def is_working_in(process: Process, places: Iterable[Path], folder: Path) -> bool:
    """Whether a process works in a folder that only runs use: by its words, or where it is."""
    return any(word == str(folder) or f"{folder}/" in word for word in process.argv) or any(
        place.is_relative_to(folder) for place in places
    )


def unused(names: Iterable[str], used: Collection[str], keep: Mapping[str, str]) -> list[str]:
    """Names like group-hash (or group:hash) that nothing uses; keep gives each group's current."""
    return [
        name
        for name in names
        for group in [re.split(r"[-:](?=[0-9a-f]{12}$)", name)[0]]
        if group in keep and name not in used and name != keep[group]
    ]
