"""How rules name sources."""

from tocsin.api.v1alpha1.base import Schema
from tocsin.api.v1alpha1.forms import ObjectName


class SourceRef(Schema):
    """Names a source of the operator's settings."""

    name: ObjectName
    """The source's name in the operator's settings. Example: `default`."""
