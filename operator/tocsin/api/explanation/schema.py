"""`python -m tocsin.api.explanation.schema [--check] FILE`: write the JSON schema, or compare."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from tocsin.api.explanation.index import Index
from tocsin.api.explanation.rule import Explanation, Missing

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """What `/explain` answers: a rule, the index, or that something is not there."""
    answers: Any = [(model, "serialization") for model in (Explanation, Index, Missing)]
    models, definitions = models_json_schema(answers)
    return {
        "$schema": _DIALECT,
        "title": "What /explain answers",
        "description": "Explanation with ?rule=, Index without, Missing where the code is 404.",
        "anyOf": list(models.values()),
        **definitions,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 1 if `--check` finds that the file differs from the models."""
    parser = argparse.ArgumentParser(prog="python -m tocsin.api.explanation.schema")
    parser.add_argument("file", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    options = parser.parse_args(arguments)
    text = json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    path: Path = options.file
    if not options.check:
        path.write_text(text, encoding="utf-8")
    elif not path.is_file() or path.read_text(encoding="utf-8") != text:
        sys.stderr.write(f"{path} differs from the models: run `make generate`\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
