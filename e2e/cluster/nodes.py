"""The node image: kind's own where it can be pulled, else built from the Go module."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from e2e.cluster import bases, images, programs, work
from e2e.cluster.locks import lock
from e2e.cluster.paths import HERE, digest, files
from e2e.cluster.progress import say

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.cluster.engine import Engine

FOLDER = HERE / "node"
REGISTRY = "registry.k8s.io"


@dataclass(frozen=True)
class NodeImage:
    """An image that kind makes a node of; a built one brings its own pod network."""

    ref: str
    pulled: bool


def choose(engine: Engine) -> NodeImage:
    """The image, pulled or built."""
    public = (programs.build(["kind"])["kind"] / "default-image").read_text()
    if images.pull(engine, public):
        say(f"node image: kind's own, pulled ({public.split('@')[0]})")
        return NodeImage(public, pulled=True)
    tag = built_tag()
    if not engine.image_id(tag):
        programs.build(["tools", "prometheus", "node"])  # all in one go
        base = bases.node_base(engine)
        with lock("images"):
            if not engine.image_id(tag):
                _build(engine, tag, base)
    say(f"node image: built here ({tag}), since no registry gives kind's own")
    return NodeImage(tag, pulled=False)


def built_tag() -> str:
    """The built image, by all that it is made of."""
    parts: list[str | Path] = [programs.folder("node").name, programs.folder("kind").name]
    return f"tocsin/node:{digest([*parts, bases.node_tag(), *files(FOLDER)])}"


def _build(engine: Engine, tag: str, base: str) -> None:
    """Build the image, with the images of the control plane inside."""
    kind, node = programs.folder("kind"), programs.folder("node")
    with work.folder("images/node") as context:
        shutil.copytree(FOLDER, context, dirs_exist_ok=True)
        shutil.copytree(kind / "files", context / "files")
        (context / "bin").mkdir()
        for name, program in (
            ("node", "node"), ("pause", "pause"), ("containerd-shim-runc-v2", "shim"),
        ):  # fmt: skip
            (context / "bin" / name).hardlink_to(node / program)
        _system_images(engine, context, base, node)
        args = {"BASE": base, "VERSION": f"v{programs.VERSION}"}
        images.build(engine, tag, context, build_args=args)
    images.prune(engine, [tag, bases.node_tag(), bases.python_tag()])


def _system_images(engine: Engine, context: Path, base: str, node: Path) -> None:
    """Build the control plane's images, and the list of names that are expected of them."""
    tags = {name: f"tocsin/node-{name}:new" for name in ("system", "coredns", "pause")}
    bases_ = {"system": {"BASE": base}, "coredns": {"BASE": tags["system"]}, "pause": {}}
    for name, tag in tags.items():
        file = context / f"{name}.Dockerfile"
        images.build(engine, tag, context, dockerfile=file, build_args=bases_[name])
    config = (context / "files" / "etc" / "containerd" / "config.toml").read_text()
    expected = kubeadm_images(node) + re.findall(rf"{REGISTRY}/pause:[\w.]+", config)
    (context / "names").write_text(names(expected, tags))
    save = ["save", "--output", str(context / "system.tar"), *tags.values()]
    engine.docker(*save, timeout=300)
    for tag in reversed(tags.values()):
        engine.docker("image", "rm", tag, check=False)


def names(expected: list[str], tags: dict[str, str]) -> str:
    """Lines of an image of ours and the name that it is expected under."""
    lines = set()
    for image in expected:
        part = image.removeprefix(f"{REGISTRY}/").split(":")[0].split("/")[0]
        lines.add(f"{tags.get(part, tags['system'])} {image}\n")
    return "".join(sorted(lines))


def kubeadm_images(node: Path) -> list[str]:
    """The images that kubeadm expects, asked of kubeadm itself: the program under that name."""
    words = ["kubeadm", "config", "images", "list", "--kubernetes-version", f"v{programs.VERSION}"]
    asked = subprocess.run(  # noqa: S603  # a list, no shell
        words, executable=node / "node", capture_output=True, text=True, check=True, timeout=30
    )  # fmt: skip
    return asked.stdout.split()
