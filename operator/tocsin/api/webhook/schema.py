"""`python -m tocsin.api.webhook.schema [--check] FILE`: write the JSON schema, or compare."""

import sys
from collections.abc import Sequence
from typing import Any

from tocsin.api.publishing import DIALECT, publish
from tocsin.api.webhook.message import Message


def schema() -> dict[str, Any]:
    """What a webhook receives in the format Tocsin."""
    return {
        "$schema": DIALECT,
        **Message.model_json_schema(mode="serialization"),
        "title": "What a webhook receives in the format Tocsin",
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 1 if `--check` finds that the file differs from the models."""
    return publish(schema(), "python -m tocsin.api.webhook.schema", arguments)


if __name__ == "__main__":
    sys.exit(main())
