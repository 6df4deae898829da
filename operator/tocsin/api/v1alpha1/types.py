"""Durations, amounts and times: how they are checked here, and what the API server checks."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import (
    AwareDatetime,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

from tocsin.api.problems import cut
from tocsin.api.v1alpha1.cel import JsonSchema, rule, rules
from tocsin.api.v1alpha1.forms import PARAMETER_NAME
from tocsin.core.amounts import AMOUNT_PATTERN, Amount, parse_amount
from tocsin.core.durations import (
    DURATION_PATTERN,
    format_duration,
    parse_duration,
    write_duration,
)

MAX_AMOUNT_LENGTH: Final = 32
MAX_DURATION_LENGTH: Final = 32
_NAME: Final = "its name, like $limit"


@dataclass(frozen=True)
class Within:
    """Marks a duration between two bounds, both allowed."""

    least: timedelta
    most: timedelta

    def check(self, value: object) -> timedelta:
        """The time span that `value` names, if it is within."""
        if not isinstance(value, str) or len(value) > MAX_DURATION_LENGTH:
            raise ValueError('this is not a duration: write a text like "30s", "5m" or "1h30m"')
        span = parse_duration(value)
        if not self.least <= span <= self.most:
            raise ValueError(f"{value} {self._refusal}")
        return span

    def __get_pydantic_core_schema__(
        self, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        written = core_schema.plain_serializer_function_ser_schema(write_duration)
        return core_schema.no_info_plain_validator_function(self.check, serialization=written)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchema:
        least, most = _written(self.least), _written(self.most)
        bounds = rule(
            f"self >= duration('{least}') && self <= duration('{most}')",
            f"the duration {self._refusal}",
        )
        return {
            "type": "string",
            "format": "duration",
            "pattern": DURATION_PATTERN,
            "maxLength": MAX_DURATION_LENGTH,
            **rules(bounds),
        }

    @property
    def _refusal(self) -> str:
        return f"is not between {_written(self.least)} and {_written(self.most)}: choose one within"


def _written(bound: timedelta) -> str:
    hours, rest = divmod(bound, timedelta(hours=1))
    return f"{hours}h" if hours and not rest else format_duration(bound)


def read_amount(value: object) -> Amount:
    """The amount that a JSON value is.

    Raises:
        ValueError: it is none; the message says why and what one looks like.
    """
    if isinstance(value, float):
        if not value.is_integer():
            quoted = f'quote it ("{value}"), or write it like 20%'
            raise ValueError(f"{value} is a number with a fraction: {quoted}")
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | str):
        wrong = 'this is not an amount: write one like "0.2", 20% or 200ms'
        raise ValueError(wrong)  # noqa: TRY004  # pydantic reports ValueErrors only
    if len(str(value)) > MAX_AMOUNT_LENGTH:
        raise ValueError(f"the amount is longer than {MAX_AMOUNT_LENGTH} characters: shorten it")
    return parse_amount(value)


@dataclass(frozen=True)
class Reference:
    """A parameter in the place of an amount: `$limit`."""

    name: str


def read_limit(value: object) -> Amount | Reference:
    """The amount that a JSON value is, or the parameter that it names.

    Raises:
        ValueError: it is neither; the message says why and what one looks like.
    """
    if isinstance(value, str) and value.startswith("$"):
        if not re.fullmatch(PARAMETER_NAME.pattern, value[1:]):
            raise ValueError(f'"{cut(value)}" does not name a parameter: write $ and {_NAME}')
        return Reference(value[1:])
    return read_amount(value)


def _int_or_text(pattern: str) -> WithJsonSchema:
    text = {"type": "string", "pattern": pattern, "maxLength": MAX_AMOUNT_LENGTH}
    return WithJsonSchema({"anyOf": [{"type": "integer"}, text]})


AmountField = Annotated[
    Amount,
    PlainValidator(read_amount),
    _int_or_text(AMOUNT_PATTERN),
]
LimitField = Annotated[
    Amount | Reference,
    PlainValidator(read_limit),
    _int_or_text(f"^({AMOUNT_PATTERN[1:-1]}|[$]{PARAMETER_NAME.pattern[1:-1]})$"),
]


def _rfc3339(time: datetime) -> str:
    text = time.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z").replace(".000Z", "Z")


_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)", re.ASCII
)


def read_time(value: object) -> datetime:
    """The time that a JSON value names, in UTC and whole milliseconds.

    Raises:
        ValueError: it names none; the message says what one looks like.
    """
    try:
        if isinstance(value, datetime):  # constructed by us
            time = value.astimezone(UTC)
        elif isinstance(value, str) and _TIME.fullmatch(value):
            time = datetime.fromisoformat(value).astimezone(UTC)
        else:
            raise ValueError("no time")  # noqa: TRY301  # said in words below
    except (ValueError, OverflowError):
        shown = f'"{cut(value)}"' if isinstance(value, str) else "this"
        wrong = f'{shown} is no time with its zone: write one like "2026-01-31T14:00:00Z"'
        raise ValueError(wrong) from None
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


TimeField = Annotated[
    datetime,
    PlainValidator(read_time),
    PlainSerializer(_rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time", "maxLength": 64}),
]
Timestamp = Annotated[
    AwareDatetime,
    PlainSerializer(_rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
