"""Writes a JSON schema into its file, or compares: what the commands that publish one share."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def publish(schema: dict[str, Any], program: str, arguments: Sequence[str] | None = None) -> int:
    """Run the command; 1 if `--check` finds that the file differs from the models."""
    parser = argparse.ArgumentParser(prog=program)
    parser.add_argument("file", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    options = parser.parse_args(arguments)
    text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    path: Path = options.file
    if not options.check:
        path.write_text(text, encoding="utf-8")
    elif not path.is_file() or path.read_text(encoding="utf-8") != text:
        sys.stderr.write(f"{path} differs from the models: run `make generate`\n")
        return 1
    return 0
