"""CEL rules of the custom resources: the API server refuses at `kubectl apply` what breaks one.

`parse` checks the same again, for objects that were stored before a rule existed.
"""

from typing import Any, Final

JsonSchema = dict[str, Any]

_SUFFIX: Final = "(%|us|ms|s|m|h|Ki|Mi|Gi|Ti)?$"
_FACTORS: Final = (
    "'%': 0.01, 'us': 0.000001, 'ms': 0.001, 's': 1.0, 'm': 60.0, 'h': 3600.0, "
    "'Ki': 1024.0, 'Mi': 1048576.0, 'Gi': 1073741824.0, 'Ti': 1099511627776.0"
)
_UNIT_FACTORS: Final = (
    "{'Seconds': 1.0, 'Milliseconds': 0.001, 'Microseconds': 0.000001, "
    "'Ratio': 1.0, 'Percent': 0.01, 'Bytes': 1.0}"
)
_TIME: Final = "'Seconds or Milliseconds or Microseconds'"
_RATIO: Final = "'Ratio or Percent'"
_UNITS_OF: Final = (
    f"{{'%': {_RATIO}, "
    + ", ".join(f"'{suffix}': {_TIME}" for suffix in ("us", "ms", "s", "m", "h"))
    + ", "
    + ", ".join(f"'{suffix}': 'Bytes'" for suffix in ("Ki", "Mi", "Gi", "Ti"))
    + "}"
)


def rules(*validations: JsonSchema) -> JsonSchema:
    """The part of a schema that holds CEL rules."""
    return {"x-kubernetes-validations": list(validations)}


def rule(expression: str, message: str, *, field: str = "") -> JsonSchema:
    """A rule with its message, which names the mistake and what to do."""
    return {"rule": expression, "message": message, **_path(field)}


def exactly_one(fields: list[str], what: str) -> JsonSchema:
    """Exactly one of `fields` is set; grows with the fields."""
    count = " + ".join(f"(has(self.{field}) ? 1 : 0)" for field in fields)
    return rule(f"{count} == 1", f"{exactly_one_message(fields, what)}")


def exactly_one_message(fields: list[str], what: str) -> str:
    """The message of `exactly_one`."""
    return f"exactly one {what} is needed: set one of {', '.join(fields)}"


def suffix_fits_unit(field: str) -> JsonSchema:
    """An amount's suffix needs a `metric.unit` of the same dimension."""
    suffix = f"string(self.{field}).find('{_SUFFIX}')"
    named = f"string(self.{field}).startsWith('$')"  # a parameter: `parse` knows its value
    # Seconds, Milliseconds: no unit's name is part of one of another dimension.
    fits = f"has(self.metric.unit) && {_UNITS_OF}[{suffix}].contains(self.metric.unit)"
    return {
        "rule": f"!has(self.{field}) || {named} || {suffix} == '' || ({fits})",
        "message": f"{field} has a suffix that metric.unit does not fit",
        "messageExpression": (
            f"string(self.{field}) + ' has a suffix, and the metric does not say that its query "
            f"returns such amounts: set metric.unit to ' + {_UNITS_OF}[{suffix}]"
        ),
        **_path(field),
    }


def at_most(lower: str, upper: str, message: str, *, field: str) -> JsonSchema:
    """`lower` ≤ `upper`, across suffixes; holds where one of them is absent or a parameter.

    Doubles need some room, else "0.35" were more than 35%; `parse` compares exactly.
    """
    low, high = _in_base(lower), _in_base(upper)
    open_ = " || ".join(
        f"!has(self.{one}) || string(self.{one}).startsWith('$')" for one in (lower, upper)
    )
    room = f"0.000000001 * ({high} > 0.0 ? {high} : -{high})"
    return rule(
        f"{open_} || {low} - {high} <= {room}",
        message,
        field=field,
    )


def _in_base(field: str) -> str:
    plain = f"has(self.metric.unit) ? {_UNIT_FACTORS}[self.metric.unit] : 1.0"
    return (
        f"(double(string(self.{field}).find('^-?[0-9]+([.][0-9]+)?')) * "
        f"{{'': {plain}, {_FACTORS}}}[string(self.{field}).find('{_SUFFIX}')])"
    )


def _path(field: str) -> JsonSchema:
    return {"fieldPath": f".{field}"} if field else {}
