"""What is wrong with what a user wrote: each problem with its field, and what to do about it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails


@dataclass(frozen=True)
class Problem:
    """One mistake: the field, like `spec.criterion.threshold.above`, and a sentence for people."""

    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


Problems = tuple[Problem, ...]

_TYPES = {
    "string_type": "a text: put it into quotes",
    "bool_type": "true or false: write one of them, without quotes",
    "int_type": "a whole number: write one, without quotes",
    "int_parsing": "a whole number: write one, without quotes",
    "int_from_float": "a whole number: leave the fraction out",
    "list_type": "a list: write `- ` before each entry",
    "dict_type": "a map: write `name: value` lines",
    "model_type": "a map: write its fields below it",
    "model_attributes_type": "a map: write its fields below it",
}


def problems_of(
    error: ValidationError, explain: Callable[[str], str] = lambda _: ""
) -> Iterator[Problem]:
    """The problems that pydantic found, in words that help.

    `explain` says where to read about a field; it is appended where the message cannot say what
    to write.
    """
    for details in error.errors(include_url=False):
        field = _path(details["loc"])
        if sentence := _sentence(details):
            yield Problem(field, sentence)
        elif details["type"] == "extra_forbidden":
            unknown = "there is no such field: check its spelling and where it stands"
            yield Problem(field, f"{unknown}{explain(field.rpartition('.')[0])}")
        else:
            yield Problem(field, f"{_mistake(details)}{explain(field)}")


def cut(text: str, length: int = 60) -> str:
    """`text`, on one line and short enough for a message."""
    text = " ".join(text.splitlines())
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _path(location: Iterable[int | str]) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    return path.removeprefix(".")


def _sentence(details: ErrorDetails) -> str | None:
    """Mistakes of which all can be said here."""
    context, found = details.get("ctx", {}), details["input"]
    match details["type"]:
        case "value_error":
            return str(context["error"])
        case "enum" | "literal_error":
            return f"{_shown(found)} is not allowed: choose {context['expected']}"
        case "string_too_long":
            length, most = len(str(found)), context["max_length"]
            return f"the text is {length} characters long: shorten it to at most {most}"
        case "too_long":
            return f"there are too many entries: keep at most {context['max_length']}"
        case "too_short":
            return "the list is empty: name at least one, or leave the field out"
    return None


def _mistake(details: ErrorDetails) -> str:
    kind = details["type"]
    if kind == "missing":
        return "the field is required: set it"
    if kind == "string_too_short":
        return "the text is empty: write it"
    if wanted := _TYPES.get(kind):
        return f"{_shown(details['input'])} is not {wanted}"
    return f"{details['msg'][:1].lower()}{details['msg'][1:]}"


def _shown(found: object) -> str:
    if isinstance(found, str):
        return f'"{cut(found)}"'
    if found is None or isinstance(found, bool):
        return {True: "true", False: "false", None: "null"}[found]
    if isinstance(found, float) or (isinstance(found, int) and found.bit_length() < 64):
        return str(found)
    return "this"
