"""Bridges and firewall rules of this machine: as they are, as they were, and ours taken away."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from e2e.cluster import leftovers
from e2e.cluster.commands import run
from e2e.cluster.packages import which
from e2e.cluster.paths import write

FAMILIES = {"iptables": "ip", "ip6tables": "ip6"}


@dataclass(frozen=True)
class Network:
    """What there was, on one boot of the machine, before our engine started."""

    boot: str
    bridges: list[str]
    rules: dict[str, str]  # {"iptables": the output of iptables-save, …}


def boot() -> str:
    """The name of this boot of the machine."""
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip() if path.exists() else ""


def now() -> Network:
    """What there is."""
    return Network(boot(), _links("type", "bridge"), {name: _saved(name) for name in FAMILIES})


def _links(*which_ones: str) -> list[str]:
    shown = run(["ip", "-json", "link", "show", *which_ones], check=False).stdout
    return sorted(link["ifname"] for link in json.loads(shown or "[]") if "ifname" in link)


def _saved(tool: str) -> str:
    found = which(f"{tool}-save")
    return run([found], check=False).stdout if found else ""


def remember(path: Path) -> None:
    """Write down what there is, unless that was done on this boot: then what came is ours."""
    old = recall(path)
    if old is None:
        write(path, json.dumps(asdict(now()), indent=1))


def recall(path: Path) -> Network | None:
    """What was written down on this boot."""
    try:
        old = Network(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return old if old.boot == boot() else None


def clear(before: Network, known: set[str], *, shared: bool) -> list[str]:
    """Take away the bridges, their veths and the rules that came with our engine."""
    current = now()
    gone = leftovers.bridges(before.bridges, current.bridges, known, shared=shared)
    for name in gone:
        for port in _links("master", name):
            if port.startswith("veth"):
                run(["ip", "link", "delete", port], check=False)
        run(["ip", "link", "delete", name], check=False)
    for tool, saved in current.rules.items():
        old = before.rules.get(tool, "")
        # A rule may name a bridge that is gone already, so the known ones count too.
        bridges = {*gone, *known} if shared else {*gone, *known, "docker0"} - {*before.bridges}
        for words in leftovers.firewall(old, saved, bridges, shared=shared):
            run([which(tool) or tool, "-w", *words], check=False)
        _drop_empty_tables(tool, old)
    return gone


def _drop_empty_tables(tool: str, old: str) -> None:
    """Where iptables writes to nftables, its tables are made by its first rule."""
    program, nft = which(tool), which("nft")
    if not program or not nft or "nf_tables" not in run([program, "-V"], check=False).stdout:
        return
    for table in leftovers.empty_tables(old, _saved(tool)):
        run([nft, "delete", "table", FAMILIES[tool], table], check=False)
