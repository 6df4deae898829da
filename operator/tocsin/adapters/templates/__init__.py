"""Go templates, as Prometheus's rules use them, within bounds."""

from tocsin.adapters.templates.renderer import GoTemplates

__all__ = ["GoTemplates"]
