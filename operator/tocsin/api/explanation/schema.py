"""`python -m tocsin.api.explanation.schema [--check] FILE`: write the JSON schema, or compare."""

import sys
from collections.abc import Sequence
from typing import Any

from pydantic.json_schema import models_json_schema

from tocsin.api.explanation.index import Index
from tocsin.api.explanation.rule import Explanation, Missing
from tocsin.api.publishing import DIALECT, publish


def schema() -> dict[str, Any]:
    """What `/explain` answers: a rule, the index, or that something is not there."""
    answers: Any = [(model, "serialization") for model in (Explanation, Index, Missing)]
    models, definitions = models_json_schema(answers)
    return {
        "$schema": DIALECT,
        "title": "What /explain answers",
        "description": "Explanation with ?rule=, Index without, Missing where the code is 404.",
        "anyOf": list(models.values()),
        **definitions,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 1 if `--check` finds that the file differs from the models."""
    return publish(schema(), "python -m tocsin.api.explanation.schema", arguments)


if __name__ == "__main__":
    sys.exit(main())
