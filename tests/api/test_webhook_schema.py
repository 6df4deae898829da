"""The published schema of webhooks is that of the models, and says what every field means."""

from pathlib import Path

from tocsin.api.webhook.schema import main, schema

PUBLISHED = Path(__file__).parents[2] / "docs" / "webhook.schema.json"


def test_the_published_schema_is_that_of_the_models() -> None:
    assert main(["--check", str(PUBLISHED)]) == 0


def test_every_field_says_what_it_means() -> None:
    models = {"Message": schema(), **schema()["$defs"]}
    fields = [
        (name, field, of)
        for name, model in models.items()
        for field, of in model.get("properties", {}).items()
    ]
    assert len(fields) > 50
    assert [(name, field) for name, field, of in fields if not of.get("description")] == []
    assert [field for _, field, _ in fields if "_" in field] == []
