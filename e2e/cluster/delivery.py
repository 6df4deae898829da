"""The project's own images: built with the engine, loaded into the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from e2e.cluster import bases, cluster, existing, images
from e2e.cluster import engine as engines
from e2e.cluster.errors import ClusterError
from e2e.cluster.locks import lock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def build_image(
    tag: str,
    context: Path,
    *,
    dockerfile: Path | None = None,
    build_args: Mapping[str, str] | None = None,
) -> None:
    """Build an image with the engine; BASE_IMAGE is a Python that can be had here."""
    if existing.wanted():
        raise ClusterError(
            "CLUSTER=existing takes no image from here: build it, push it to a registry that the"
            " cluster pulls from, and name it there"
        )
    with lock(cluster.lock_name(cluster.name())):  # so that no `down` ends the engine meanwhile
        engine = engines.find_or_start()
        pulled = bool(cluster.state().get("pulled")) or not engine.private
        _, args = bases.python_base(engine, pulled=pulled)
        args |= build_args or {}
        images.build(engine, tag, context, dockerfile=dockerfile, build_args=args)


def load_images(*tags: str) -> list[str]:
    """Load images into the cluster's node, but for those that it has; the ones loaded."""
    if existing.wanted():
        raise ClusterError(
            f"CLUSTER=existing: push {' '.join(tags)} to a registry that the cluster pulls from"
        )
    with lock(cluster.lock_name(cluster.name())):
        there, engine = cluster.need(), engines.running()
        assert engine is not None  # cluster.need() has just asked it
        return images.load(engine, there.node, tags)
