"""What all models of the custom resources share."""

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.alias_generators import to_camel

from tocsin.api.v1alpha1.cel import exactly_one, exactly_one_message, rules


class Schema(BaseModel):
    """A part of a custom resource.

    Unknown fields are ignored: an older or newer schema may have written the object. Names in
    objects are camelCase; Python code constructs by attribute names.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        alias_generator=to_camel,
        validate_by_alias=True,
        validate_by_name=True,
        use_attribute_docstrings=True,
    )

    def to_json(self) -> dict[str, Any]:
        """The JSON object that the API server takes; what is not set is left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def _one_of(schema: dict[str, Any], model: type[Any]) -> None:
    schema.update(rules(exactly_one(model.choices(), model.what)))


class OneOf(Schema):
    """A choice: exactly one of the fields is set, `settings` aside. `what` is chosen."""

    model_config = ConfigDict(json_schema_extra=_one_of)

    what: ClassVar[str]
    settings: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def choices(cls) -> list[str]:
        """The names of what can be chosen, as users write them."""
        fields = cls.model_fields.items()
        return [field.alias or name for name, field in fields if name not in cls.settings]

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        fields = type(self).model_fields.keys() - self.settings
        if sum(getattr(self, name) is not None for name in fields) != 1:
            raise ValueError(exactly_one_message(self.choices(), self.what))
        return self
