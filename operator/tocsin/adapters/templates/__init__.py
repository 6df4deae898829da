"""Go templates, as Prometheus's rules use them, within bounds."""

from tocsin.adapters.templates.bounds import Bounds
from tocsin.adapters.templates.renderer import GoTemplates

__all__ = ["Bounds", "GoTemplates"]
