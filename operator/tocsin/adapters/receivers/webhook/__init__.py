"""Any service that takes JSON by HTTP: Tocsin's own format, signed, or Alertmanager's."""

from tocsin.adapters.receivers.webhook.receiver import Webhook

__all__ = ["Webhook"]
