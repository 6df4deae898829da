"""The project's images: built with the engine, named by what they are made of, loaded."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from e2e.cluster import Cluster, build_image, load_images
from e2e.cluster import engine as engines
from e2e.cluster.locks import lock
from e2e.cluster.paths import files
from e2e.tools import ROOT

_RECEIVERS = ROOT / "e2e" / "receivers"
_SCHEMA = ROOT / "docs" / "webhook.schema.json"


@dataclass(frozen=True)
class Images:
    """Names that change with the content, so that another content is another rollout."""

    operator: str
    receivers: str


def build_all(cluster: Cluster) -> Images:
    """Build and load all images."""
    server = ROOT / "examples" / "model-server"
    prometheus = ROOT / "e2e" / "prometheus" / "Dockerfile"
    programs = (cluster.bin / "prometheus").resolve().parent
    with lock("images"):  # another checkout builds other images under the same names
        build_image("tocsin/model-server:dev", server)
        build_image("tocsin/prometheus:dev", programs, dockerfile=prometheus)
        operator = operator_image()
        images = Images(operator, _receivers_image(operator))
        load_images(
            images.operator, images.receivers, "tocsin/model-server:dev", "tocsin/prometheus:dev"
        )
    return images


def operator_image() -> str:
    """Build the operator's image; its name."""
    package = sorted((ROOT / "operator" / "tocsin").rglob("*.py"))
    made_of = [ROOT / "Dockerfile", ROOT / "requirements" / "operator.txt", *package]
    name = f"tocsin/operator:{_fingerprint(made_of)}"
    build_image(name, ROOT)
    return name


def _receivers_image(operator: str) -> str:
    """Build the image of the stand-ins on the operator's, for the libraries in that; its name.

    One that is there stays, on whichever operator's it stands: its code is not read.
    """
    made_of = [path for path in files(_RECEIVERS) if "__pycache__" not in path.parts]
    made_of += [ROOT / "requirements" / "operator.txt", *([_SCHEMA] if _SCHEMA.exists() else [])]
    name = f"tocsin/receivers:{_fingerprint(made_of)}"
    engine = engines.running()
    if engine is None or not engine.image_id(name):
        build_image(
            name, ROOT, dockerfile=_RECEIVERS / "Dockerfile",
            build_args={"OPERATOR_IMAGE": operator},
        )  # fmt: skip
    return name


def _fingerprint(made_of: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in made_of:
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]
