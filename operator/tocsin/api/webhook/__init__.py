"""What a webhook receives in the format Tocsin: docs/webhook.schema.json has it."""

from tocsin.api.webhook.message import Message
from tocsin.api.webhook.parts import Acknowledged, Link, ObjectName, ToldAlert, Truncated

__all__ = ["Acknowledged", "Link", "Message", "ObjectName", "ToldAlert", "Truncated"]
