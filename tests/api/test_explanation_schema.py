"""The published schema of explanations is that of the models, and says what every field means."""

from pathlib import Path
from typing import Any

import pytest

from tocsin.api.explanation.schema import main, schema

PUBLISHED = Path(__file__).parents[2] / "docs" / "explain.schema.json"


def test_the_published_schema_is_that_of_the_models() -> None:
    assert main(["--check", str(PUBLISHED)]) == 0


def test_a_schema_that_differs_or_is_missing_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "schema.json"
    assert main(["--check", str(path)]) == 1
    assert "run `make generate`" in capsys.readouterr().err
    assert main([str(path)]) == 0
    assert path.read_text() == PUBLISHED.read_text()


def test_every_field_of_every_part_says_what_it_means() -> None:
    parts: dict[str, Any] = schema()["$defs"]
    fields = [
        (name, field, of)
        for name, part in parts.items()
        for field, of in part.get("properties", {}).items()
    ]
    assert len(fields) > 80
    assert [(name, field) for name, field, of in fields if not of.get("description")] == []
    assert [field for _, field, _ in fields if "_" in field] == []
