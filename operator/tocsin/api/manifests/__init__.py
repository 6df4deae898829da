"""Files of Kubernetes objects: YAML as kubectl reads it, bounded, with the place of every field."""

from tocsin.api.manifests.compose import Mistake
from tocsin.api.manifests.nodes import Entry, Place, locate, to_json
from tocsin.api.manifests.reading import Document, read_manifests

__all__ = ["Document", "Entry", "Mistake", "Place", "locate", "read_manifests", "to_json"]
