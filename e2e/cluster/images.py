"""Images: pulled, built with the engine, and loaded into the node."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from typing import TYPE_CHECKING

from e2e.cluster import leftovers, network
from e2e.cluster.commands import logged, run
from e2e.cluster.errors import ClusterError
from e2e.cluster.paths import cache, clusters, logs, write
from e2e.cluster.progress import step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from e2e.cluster.engine import Engine

ANSWER = 20  # seconds in which a registry must begin to answer
FORGET = 6 * 3600  # seconds after which a registry that did not answer is asked again
ID_LABEL = "tocsin.dev/image-id"
HASH_TAG = re.compile(r"[0-9a-f]{12}")
KEEP = 5  # images of one name that are tagged by a hash
KEPT_BY_USE = ("tocsin/node", "tocsin/node-base", "tocsin/python-base")  # see prune()
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")


def pull(engine: Engine, image: str) -> bool:
    """Have an image that is to be pulled; a failure is remembered for some hours of this boot."""
    if engine.image_id(image):
        return True
    memory, key = cache() / "pulls.json", f"{engine.host or 'default'} {image}"
    failed = _failures(memory)
    if key in failed:
        return False
    with step(f"pull {image.split('@', maxsplit=1)[0]}", ANSWER) as current:
        started = time.monotonic()

        def note(log: str) -> str:
            if "Pulling" not in log and time.monotonic() - started > ANSWER:
                raise TimeoutError
            return f"{log.count('Pull complete')} of {log.count('Pulling fs layer')} layers"

        try:
            logged(
                [engine.client, "pull", image], "pull", current,
                env=engine.environment(), note=note, timeout=1200,
            )  # fmt: skip
        except (ClusterError, TimeoutError):
            current.result = "no registry gives it here"
            write(memory, json.dumps(failed | {key: {"boot": network.boot(), "at": time.time()}}))
            return False
        current.result = "pulled"
    return True


def _failures(memory: Path) -> dict[str, dict[str, object]]:
    """Failed pulls that still count."""
    try:
        entries: dict[str, dict[str, object]] = json.loads(memory.read_text())
    except (OSError, ValueError):
        return {}
    return {key: entry for key, entry in entries.items() if still_counts(entry, time.time())}


def still_counts(entry: Mapping[str, object], now: float) -> bool:
    """Whether a failed pull is of this boot and recent."""
    at = entry.get("at")
    return entry.get("boot") == network.boot() and isinstance(at, float) and now - at < FORGET


def build(
    engine: Engine,
    tag: str,
    context: Path,
    *,
    dockerfile: Path | None = None,
    build_args: Mapping[str, str] | None = None,
    title: str = "",
) -> None:
    """Build an image, on the machine's own network: a mirror or proxy here answers there too."""
    args = {name: os.environ[name] for name in PROXIES if os.environ.get(name)}
    args |= build_args or {}
    words = [engine.client, "build", "--network", "host", "--tag", tag]
    for name, value in args.items():
        words += ["--build-arg", f"{name}={value}"]
    words += ["--file", str(dockerfile)] if dockerfile else []
    log = "image-" + tag.replace("/", "-").replace(":", "-")
    with step(f"image {tag}{title}") as current:
        logged([*words, str(context)], log, current, env=engine.environment(), note=last_step)
        current.result = "built"
    _drop_older(engine, tag)


def _drop_older(engine: Engine, tag: str) -> None:
    """Of images tagged by what they are made of, keep the newest."""
    name = tag.rpartition(":")[0]
    if name and HASH_TAG.fullmatch(tag.rpartition(":")[2]) and name not in KEPT_BY_USE:
        listed = engine.docker("images", "--format", "{{.Tag}}", name).stdout.split()
        for old in [each for each in listed if HASH_TAG.fullmatch(each)][KEEP:]:
            engine.docker("image", "rm", f"{name}:{old}", check=False)


def last_step(log: str) -> str:
    """The build step that a build is at."""
    steps = [line for line in log.splitlines() if line.startswith(("Step ", "#"))]
    return steps[-1] if steps else ""


def full_name(tag: str) -> str:
    """The name that a node knows an image by."""
    head, _, rest = tag.partition("/")
    if not rest or not ("." in head or ":" in head or head == "localhost"):
        tag = f"docker.io/{tag}" if rest else f"docker.io/library/{tag}"
    return tag if ":" in tag.rsplit("/", 1)[1] or "@" in tag else f"{tag}:latest"


def load(engine: Engine, node: str, tags: Iterable[str]) -> list[str]:
    """Load images into the node, but for those that it has; the ones loaded."""
    ids = {}
    for tag in tags:
        found = engine.image_id(tag)
        if found is None:
            raise ClusterError(f"no image {tag} to load: build it first")
        ids[tag] = found
    ctr = ["exec", "-i", node, "ctr", "--namespace", "k8s.io", "images"]
    there = engine.docker(*ctr, "ls").stdout
    todo = [tag for tag, found in ids.items() if not _has(there, full_name(tag), found)]
    if not todo:
        return []
    with step(f"load {', '.join(todo)}") as current:
        log = logs() / "load.log"
        with log.open("wb") as out:
            saving = subprocess.Popen(  # noqa: S603  # a list, no shell
                [engine.client, "save", *todo], env=engine.environment(),
                stdout=subprocess.PIPE, stderr=out,
            )  # fmt: skip
            with saving:
                done = subprocess.run(  # noqa: S603  # a list, no shell
                    [engine.client, *ctr, "import", "--local", "--snapshotter", "overlayfs", "-"],
                    env=engine.environment(), stdin=saving.stdout, stdout=out, stderr=out,
                    check=False,
                )  # fmt: skip
        if saving.returncode or done.returncode:
            raise ClusterError(f"loading failed: {log.read_text().strip()}\nThe log: {log}")
        for tag in todo:
            engine.docker(*ctr, "label", full_name(tag), f"{ID_LABEL}={ids[tag]}")
        current.result = "loaded"
    return todo


def _has(listing: str, name: str, image_id: str) -> bool:
    """Whether `ctr images ls` shows the image with the label of its id."""
    return any(
        line.split()[:1] == [name] and f"{ID_LABEL}={image_id}" in line
        for line in listing.splitlines()
    )


def import_folder(engine: Engine, root: Path, tag: str, work: Path) -> None:
    """Make an image of a folder."""
    archive = work / "root.tar"
    run(["tar", "-C", root, "-cf", archive, "."], timeout=600)
    engine.docker("import", str(archive), tag, timeout=600)


def prune(engine: Engine, current: Iterable[str]) -> None:
    """Remove older images of the same names that no cluster was made of."""
    keep = {tag.rpartition(":")[0]: tag for tag in current}
    states = [path.read_text() for path in clusters().glob("*/state.json")]
    there = engine.docker("images", "--format", "{{.Repository}}:{{.Tag}}").stdout.split()
    used = {tag for tag in there if any(tag in state for state in states)}
    for tag in leftovers.unused(there, used, keep):
        engine.docker("image", "rm", tag, check=False)
