"""Amounts as users write them: 1, "0.2", 20%, 200ms, 5Gi; and the units that queries return.

Inside Tocsin a number is in the base of its dimension: seconds, a ratio (1 = 100 %), or bytes.
"""

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

#: The pattern of the custom resources' schemas.
AMOUNT_PATTERN: Final = r"^-?[0-9]+([.][0-9]+)?(%|us|ms|s|m|h|Ki|Mi|Gi|Ti)?$"


class Dimension(StrEnum):
    """What kind of quantity a number is; amounts compare only within one."""

    TIME = "time"
    RATIO = "ratio"
    BYTES = "bytes"


class Unit(StrEnum):
    """What a metric's query returns."""

    SECONDS = "Seconds"
    MILLISECONDS = "Milliseconds"
    MICROSECONDS = "Microseconds"
    RATIO = "Ratio"
    PERCENT = "Percent"
    BYTES = "Bytes"

    @property
    def dimension(self) -> Dimension:
        """The kind of quantity."""
        return _UNITS[self][0]

    def to_base(self, value: float) -> float:
        """`value`, as the query returned it, in the base of its dimension."""
        factor = _UNITS[self][1]
        return value * factor.numerator / factor.denominator


# Fractions, since 35 * 0.01 is not 0.35: "35%" and "0.35" have to be the same threshold.
_UNITS: Final = {
    Unit.SECONDS: (Dimension.TIME, Fraction(1)),
    Unit.MILLISECONDS: (Dimension.TIME, Fraction(1, 1_000)),
    Unit.MICROSECONDS: (Dimension.TIME, Fraction(1, 1_000_000)),
    Unit.RATIO: (Dimension.RATIO, Fraction(1)),
    Unit.PERCENT: (Dimension.RATIO, Fraction(1, 100)),
    Unit.BYTES: (Dimension.BYTES, Fraction(1)),
}
_SUFFIXES: Final = {
    "%": (Dimension.RATIO, Fraction(1, 100)),
    "us": (Dimension.TIME, Fraction(1, 1_000_000)),
    "ms": (Dimension.TIME, Fraction(1, 1_000)),
    "s": (Dimension.TIME, Fraction(1)),
    "m": (Dimension.TIME, Fraction(60)),
    "h": (Dimension.TIME, Fraction(3600)),
    "Ki": (Dimension.BYTES, Fraction(2**10)),
    "Mi": (Dimension.BYTES, Fraction(2**20)),
    "Gi": (Dimension.BYTES, Fraction(2**30)),
    "Ti": (Dimension.BYTES, Fraction(2**40)),
}
_AMOUNT: Final = re.compile(r"(-?[0-9]+(?:[.][0-9]+)?)(%|us|ms|s|m|h|Ki|Mi|Gi|Ti)?")


@dataclass(frozen=True)
class Amount:
    """A number and the suffix it was written with, if any."""

    number: float
    suffix: str = ""

    def in_base(self, unit: Unit | None) -> float:
        """The amount in the base of its dimension; without a suffix it is in `unit`.

        Raises:
            ValueError: it has a suffix, and `unit` is missing or of another dimension; or it is
            too large.
        """
        if not self.suffix:
            return _exact(self.number, _UNITS[unit][1]) if unit else self.number
        dimension, factor = _SUFFIXES[self.suffix]
        written = f"{self.number:g}{self.suffix}"
        if unit is None:
            raise ValueError(
                f"{written} has a unit, but the metric does not say what its query returns: "
                f"set metric.unit to {_units_of(dimension)}"
            )
        if unit.dimension is not dimension:
            raise ValueError(
                f"{written} is an amount of {dimension}, but the metric's unit is {unit}: "
                f"set metric.unit to {_units_of(dimension)}, or write the amount in {unit}"
            )
        return _exact(self.number, factor)


def parse_amount(written: int | str) -> Amount:
    """The amount that a user wrote.

    Raises:
        ValueError: it is no amount; the message says what one looks like.
    """
    if isinstance(written, int) and not isinstance(written, bool):
        written = str(written)
    match = _AMOUNT.fullmatch(written) if isinstance(written, str) else None
    if not match or not math.isfinite(number := float(match[1])):
        raise ValueError(f'"{written}" is not an amount: write one like "0.2", 20%, 200ms or 5Gi')
    return Amount(number, match[2] or "")


def format_amount(value: float, unit: Unit | None) -> str:
    """`value`, in base units, as text of the amounts' own grammar, to four digits.

    `parse_amount(format_amount(v, u)).in_base(u)` is `v` to four digits. NaN and the infinities,
    which no user can write, are NaN, +Inf and -Inf as in Prometheus.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    suffix = _best_suffix(abs(value), unit.dimension) if unit else ""
    factor = _SUFFIXES[suffix][1] if suffix else Fraction(1)
    number = value * factor.denominator / factor.numerator
    if math.isinf(number):
        return _digits(value)  # too large for a suffix: plain, in base units
    return _digits(number) + suffix


def read_shown(text: str, unit: Unit | None) -> float:
    """The value, in base units, that `format_amount` showed as `text`.

    Raises:
        ValueError: `format_amount` cannot have made it.
    """
    if text in ("NaN", "+Inf", "-Inf"):
        return float(text)
    amount = parse_amount(text)
    # A plain number beside a unit is one that has no suffix of its own: so many bytes.
    return amount.in_base(unit) if amount.suffix else amount.number


def quantize(value: float, unit: Unit | None) -> float:
    """`value` as it can be read back from status: what is shown stays the same over a restart."""
    return read_shown(format_amount(value, unit), unit)


def _exact(number: float, factor: Fraction) -> float:
    """`number`, as it is written, times `factor`, rounded once."""
    try:
        return float(Fraction(repr(number)) * factor)
    except OverflowError:
        raise ValueError(f"{number:g} is too large for an amount") from None


# From where on a value takes the suffix: from where it rounds to one of it, so that what was
# shown as 1s is not shown as 1000ms before.
_TIME_STEPS: Final = (("s", 0.99995), ("ms", 0.99995e-3))
_BYTE_STEPS: Final = tuple(
    (suffix, 2.0**power * (1 - 0.5 / 1024))
    for suffix, power in (("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10))
)


def _best_suffix(size: float, dimension: Dimension) -> str:
    if dimension is Dimension.RATIO:
        return "%"
    if dimension is Dimension.BYTES:
        return next((suffix for suffix, least in _BYTE_STEPS if size >= least), "")
    if size == 0:
        return "s"
    return next((suffix for suffix, least in _TIME_STEPS if size >= least), "us")


def _digits(number: float) -> str:
    """Four significant digits without an exponent, and no zeros behind the point."""
    if number == 0:
        return "0"
    decimals = max(0, 3 - math.floor(math.log10(abs(number))))
    text = f"{number:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _units_of(dimension: Dimension) -> str:
    return " or ".join(unit for unit, (its, _) in _UNITS.items() if its is dimension)
