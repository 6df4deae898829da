"""Whom the services know: tokens, channels, keys and secrets. None of them is a real one."""

from dataclasses import dataclass, field
from typing import Any, Final

from e2e.receivers.calls import Json

#: What is known from the start, so that a demonstration needs no set-up.
SLACK_TOKEN: Final = "xoxb-stand-in"  # noqa: S105  # opens nothing but the stand-in
SLACK_HOOK: Final = "T0STANDIN/B0STANDIN/alerts"
SLACK_CHANNEL: Final = "#ml-alerts"
ROUTING_KEY: Final = "0123456789abcdef0123456789abcdef"


@dataclass
class Known:
    """What may be used; everything else is refused as the real services refuse it.

    Channels are by name with "#"; the value says whether the app is a member. Hooks are by what
    stands behind /slack/hooks/, with the channel they write to. Secrets of webhooks are by name.
    """

    slack_tokens: list[str] = field(default_factory=lambda: [SLACK_TOKEN])
    slack_channels: dict[str, bool] = field(default_factory=lambda: {SLACK_CHANNEL: True})
    slack_hooks: dict[str, str] = field(default_factory=lambda: {SLACK_HOOK: SLACK_CHANNEL})
    routing_keys: list[str] = field(default_factory=lambda: [ROUTING_KEY])
    webhook_secrets: dict[str, str] = field(default_factory=dict)

    def change(self, wanted: Json, *, replace: bool = False) -> None:
        """Add what `wanted` has by the names of the fields, or put it in their place.

        ValueError if a name is none of them or a value has another form.
        """
        for name, value in wanted.items():
            now = getattr(self, name, None)
            if not isinstance(now, list | dict) or not isinstance(value, type(now)):
                names = ", ".join(vars(self))
                raise ValueError(f"{name}: one of {names}, in its form")  # noqa: TRY004  # an answer 400
            setattr(self, name, value if replace else _joined(now, value))

    def shown(self) -> Json:
        """All of it as JSON."""
        return dict(vars(self))


def _joined(now: Any, more: Any) -> Any:
    if isinstance(now, dict):
        return {**now, **more}
    return [*now, *(each for each in more if each not in now)]
