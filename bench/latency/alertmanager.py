"""Alertmanager as Debian has it, as an image on the cluster; nothing is installed here."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError
from e2e.cluster import ClusterError, build_image, load_images, work
from e2e.cluster.commands import run
from e2e.cluster.locks import lock

PACKAGE = "prometheus-alertmanager"
#: Debian's is linked to the C library, and reads its templates from a folder.
_DOCKERFILE = """\
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
COPY usr/bin/prometheus-alertmanager /usr/bin/
COPY usr/share/prometheus /usr/share/prometheus
ENTRYPOINT ["/usr/bin/prometheus-alertmanager"]
"""


@dataclass(frozen=True)
class Alertmanager:
    """The name of its image, and its version."""

    image: str
    version: str


def build() -> Alertmanager:
    """Fetch the package, and bring it onto the cluster.

    Raises:
        BenchError: this machine has no Debian packages.
    """
    if not shutil.which("apt-get"):
        raise BenchError(
            f"Debian's package {PACKAGE} is compared with: this machine has no apt-get"
        )
    with lock("alertmanager"), work.folder("alertmanager/package") as folder:
        package = _download(folder)
        version = run(["dpkg-deb", "--field", package, "Version"]).stdout.strip()
        context = folder / "root"
        run(["dpkg-deb", "--extract", package, context])
        (context / "Dockerfile").write_text(_DOCKERFILE)
        name = f"tocsin/alertmanager:{re.sub('[^a-z0-9.]', '-', version)}"
        build_image(name, context)
        load_images(name)
    return Alertmanager(name, version)


def _download(folder: Path) -> Path:
    words = ["apt-get", "download", PACKAGE]
    try:
        run(words, cwd=folder, timeout=120)
    except ClusterError:  # there are no lists yet, or they are too old
        run(["apt-get", "update"], timeout=300)
        run(words, cwd=folder, timeout=120)
    [package] = folder.glob("*.deb")
    return package
