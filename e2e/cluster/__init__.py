"""A real Kubernetes cluster for this checkout, on any machine: see `python3 -m e2e.cluster`.

Standard library only, so that it works before there is a virtual environment.
"""

from e2e.cluster.cluster import Cluster, find, need
from e2e.cluster.delivery import build_image, load_images
from e2e.cluster.errors import ClusterError
from e2e.cluster.start import up
from e2e.cluster.stop import down

__all__ = [
    "Cluster",
    "ClusterError",
    "build_image",
    "down",
    "find",
    "load_images",
    "need",
    "up",
]
