"""Base images made here where none can be pulled: a small Debian with Python, and a node's."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from e2e.cluster import images, packages, work
from e2e.cluster.commands import logged
from e2e.cluster.errors import ClusterError
from e2e.cluster.locks import lock
from e2e.cluster.paths import HERE, digest
from e2e.cluster.progress import step

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.cluster.engine import Engine

PUBLIC = "python:3.11-slim"
SUITE = "bookworm"
INCLUDE = "python3,python3-venv,ca-certificates"
BUNDLE = "etc/ssl/certs/ca-certificates.crt"
PACKAGES = {
    "debootstrap": "debootstrap",
    "/usr/share/keyrings/debian-archive-keyring.gpg": "debian-archive-keyring",
}
# Nobody reads them in a container, and they are a third of it.
NOT_NEEDED = ("usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale")
EMPTY = ("var/cache/apt", "var/lib/apt/lists", "var/log")
NODE = HERE / "node" / "base.Dockerfile"


def python_tag() -> str:
    """The local Python base, by what it is made of and this machine's trust."""
    bundle = packages.trust()
    trust = bundle.read_bytes() if bundle.exists() else b""
    return f"tocsin/python-base:{digest(['2', SUITE, INCLUDE, trust, *NOT_NEEDED])}"


def node_tag() -> str:
    """The local base of a node."""
    return f"tocsin/node-base:{digest([python_tag(), NODE])}"


def python_base(engine: Engine, *, pulled: bool) -> tuple[str, dict[str, str]]:
    """A base image for the project's own images, and the build arguments that go with it."""
    if pulled and images.pull(engine, PUBLIC):
        return PUBLIC, {"BASE_IMAGE": PUBLIC}
    tag = python_tag()
    if not engine.image_id(tag):
        with lock("images"):
            if not engine.image_id(tag):
                _debootstrap(engine, tag)
    return tag, {"BASE_IMAGE": tag, "PIP_CERT": f"/{BUNDLE}"}


def node_base(engine: Engine) -> str:
    """The base of a node: systemd and what a kubelet calls."""
    base, tag = python_base(engine, pulled=False)[0], node_tag()
    if not engine.image_id(tag):
        with lock("images"), work.folder("images/node-base") as empty:
            if not engine.image_id(tag):
                args = {"BASE": base}
                images.build(engine, tag, empty, dockerfile=NODE, build_args=args)
    return tag


def _debootstrap(engine: Engine, tag: str) -> None:
    """Make the image from Debian's packages."""
    if not packages.can_install():
        raise ClusterError(
            f"no registry gives {PUBLIC}, and it is made from packages only by root on Debian or"
            f" Ubuntu: `docker pull {PUBLIC}` must succeed"
        )
    packages.install(PACKAGES)
    words = ["debootstrap", "--variant=minbase", f"--include={INCLUDE}", SUITE]
    with work.folder("images/base") as folder, step(f"image {tag}", 45) as current:
        root = folder / "root"
        mirror = packages.debian_mirror()
        logged(
            [*words, root, *([mirror] if mirror else [])], "debootstrap", current,
            note=lambda log: (log.splitlines() or [""])[-1],
            hint="Debian's packages must be reached: `apt-get update` must succeed.",
        )  # fmt: skip
        _tidy(root)
        images.import_folder(engine, root, tag, folder)
        current.result = "made by debootstrap"


def _tidy(root: Path) -> None:
    """This machine's trust in, what nobody needs out."""
    bundle = packages.trust()
    if bundle.exists():
        (root / BUNDLE).unlink(missing_ok=True)
        shutil.copyfile(bundle, root / BUNDLE)
    for name in NOT_NEEDED + EMPTY:
        shutil.rmtree(root / name, ignore_errors=True)
    for name in EMPTY:
        (root / name).mkdir(parents=True)
    rules = "".join(f"path-exclude /{name}/*\n" for name in NOT_NEEDED)
    (root / "etc/dpkg/dpkg.cfg.d").mkdir(parents=True, exist_ok=True)
    (root / "etc/dpkg/dpkg.cfg.d/small").write_text(rules)
