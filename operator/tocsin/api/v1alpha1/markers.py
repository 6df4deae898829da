"""Marks for texts, maps and lists: what is checked here, and what the API server checks."""

import re
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from tocsin.api.problems import cut
from tocsin.api.v1alpha1.cel import JsonSchema, rule, rules


class _Checked:
    """A mark whose `check` pydantic calls after its own."""

    def check(self, value: Any) -> Any:
        """`value`, if it is right; a ValueError says what is wrong with it."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(
        self, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))


@dataclass(frozen=True)
class Form(_Checked):
    """Marks a text that has to match `pattern`; `what` names the form, with an example."""

    pattern: str
    what: str

    def check(self, text: str) -> str:
        """`text`, if it has the form."""
        if not re.fullmatch(self.pattern, text):
            raise ValueError(f'"{cut(text)}" is not {self.what}')
        return text

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchema:
        return {**handler(schema), "pattern": self.pattern}


@dataclass(frozen=True)
class Names(_Checked):
    """Marks a map whose names have a form. An API server cannot be told so but by CEL."""

    form: Form

    def check(self, entries: dict[str, Any]) -> dict[str, Any]:
        """`entries`, if all their names have the form."""
        for name in entries:
            self.form.check(name)
        return entries

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchema:
        known = rule(
            f"self.all(name, name.matches('{self.form.pattern}'))",
            f"each name must be {self.form.what}",
        )
        return {**handler(schema), **rules(known)}


class Unique(_Checked):
    """Marks a list of texts of which none occurs twice."""

    def check(self, entries: list[str]) -> list[str]:
        """`entries`, if none occurs twice."""
        twice = next((entry for entry in entries if entries.count(entry) > 1), None)
        if twice is not None:
            raise ValueError(f'"{cut(twice)}" is listed twice: remove one of them')
        return entries

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchema:
        return {**handler(schema), "x-kubernetes-list-type": "set"}


@dataclass(frozen=True)
class UniqueBy(_Checked):
    """Marks a list of objects of which no two have the same in these required fields."""

    keys: tuple[str, ...]

    def check(self, entries: list[Any]) -> list[Any]:
        """`entries`, if none occurs twice."""
        met = set[tuple[str, ...]]()
        for entry in entries:
            key = tuple(str(getattr(entry, name)) for name in self.keys)
            if key in met:
                shown = cut(" ".join(key))
                raise ValueError(f'"{shown}" is listed twice: rename or remove one of them')
            met.add(key)
        return entries

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchema:
        marks = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": list(self.keys)}
        return {**handler(schema), **marks}
