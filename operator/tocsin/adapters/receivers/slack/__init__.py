"""Slack: a channel by a bot's token, or by an incoming webhook."""

from tocsin.adapters.receivers.slack.pacing import Pace
from tocsin.adapters.receivers.slack.receiver import Slack

__all__ = ["Pace", "Slack"]
