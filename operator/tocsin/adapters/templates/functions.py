"""The functions of templates: Prometheus's humanizers, and Go's own with bounded results.

Nothing else can be called. Formulas as in Prometheus's template/template.go.
"""

import math
import re
from collections.abc import Callable
from functools import wraps
from typing import Final

from gotpl.runtime.gofmt import sprintf

from tocsin.adapters.templates.bounds import Bounds

_FIELD: Final = re.compile(r"%[-+# 0]*(\d*)(?:\.(\d*))?([*\[]?)")
_PRECISION: Final = 99


class TooLongError(ValueError):
    """A text grew beyond its limit."""


def humanize(value: object) -> str:
    """1234567 → 1.235M, 0.00012 → 120u: four digits with a metric prefix."""
    number = _number(value)
    if number == 0 or not math.isfinite(number):
        return _plain(number)
    if abs(number) >= 1:
        for prefix in ("", "k", "M", "G", "T", "P", "E", "Z", "Y"):
            if abs(number) < 1000 or prefix == "Y":
                return f"{number:.4g}{prefix}"
            number /= 1000
    prefix = ""
    for smaller in ("m", "u", "n", "p", "f", "a", "z", "y"):
        if abs(number) >= 1:
            break
        prefix, number = smaller, number * 1000
    return f"{number:.4g}{prefix}"


def humanize1024(value: object) -> str:
    """1048576 → 1Mi: four digits with a binary prefix."""
    number = _number(value)
    if abs(number) <= 1 or not math.isfinite(number):
        return _plain(number)
    for prefix in ("", "ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"):
        if abs(number) < 1024 or prefix == "Yi":
            break
        number /= 1024
    return f"{number:.4g}{prefix}"


def humanize_duration(value: object) -> str:
    """Seconds as people say them: 0.312 → 312ms, 90 → 1m 30s, 90061 → 1d 1h 1m 1s."""
    number = _number(value)
    if not math.isfinite(number):
        return _plain(number)
    if abs(number) < 60:
        return ("0" if number == 0 else humanize(number)) + "s"
    minutes, seconds = divmod(int(abs(number)), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [f"{days}d"] if days else []
    parts += [f"{hours}h"] if parts or hours else []
    return ("-" if number < 0 else "") + " ".join([*parts, f"{minutes}m", f"{seconds}s"])


def humanize_percentage(value: object) -> str:
    """0.2 → 20%: a ratio as a percentage of four digits."""
    return _plain(_number(value) * 100) + "%"


def _printf(widest: int) -> Callable[..., str]:
    """Go's printf without wide fields, which would fill memory before any bound applies."""

    def printf(form: object, *values: object) -> str:
        text = str(form)
        for width, precision, taken_from_values in _FIELD.findall(text.replace("%%", "")):
            if taken_from_values:
                raise TooLongError("printf: a width or precision that is a value is not available")
            # Digits are counted first: a number of thousands of them is costly to read.
            if len(width) > 6 or len(precision) > 6 or int(width or 0) > widest:
                raise TooLongError(f"printf: a width is at most {widest}")
            if int(precision or 0) > _PRECISION:
                raise TooLongError(f"printf: a precision is at most {_PRECISION}")
        return sprintf(text, *values)

    return printf


def title(value: object) -> str:
    """The first letter of each word in upper case, the others as they are."""
    return re.sub(r"(?<!\w)\w", lambda first: first[0].upper(), _text(value))


def print_(*values: object) -> str:
    """Go's print: a blank only between two values of which neither is a text."""
    return "".join(
        (" " if at and not isinstance(values[at - 1], str) and not isinstance(value, str) else "")
        + _text(value)
        for at, value in enumerate(values)
    )


def _text(value: object) -> str:
    return sprintf("%v", value)


def _bounded(function: Callable[..., str], limit: int) -> Callable[..., str]:
    """No text grows beyond `limit`, not even in between: `$x` doubled forty times is a terabyte."""

    @wraps(function)
    def bounded(*values: object) -> str:
        size = sum(len(value) for value in values if isinstance(value, str))
        text = function(*values) if size <= limit else ""
        if max(size, len(text)) > limit:
            raise TooLongError(f"a text is longer than {limit} characters")
        return text

    return bounded


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{value!r} is not a number")  # noqa: TRY004  # a template's mistake
    return float(value)


def _plain(number: float) -> str:
    if math.isnan(number):
        return "NaN"
    return f"{number:+}".replace("inf", "Inf") if math.isinf(number) else f"{number:.4g}"


def functions(bounds: Bounds) -> dict[str, Callable[..., object]]:
    """All functions that a template can call, by name, within `bounds`."""
    texts: dict[str, Callable[..., str]] = {
        "printf": _printf(bounds.width),
        "print": print_,
        "println": lambda *values: " ".join(map(_text, values)) + "\n",
        "toUpper": lambda value: _text(value).upper(),
        "toLower": lambda value: _text(value).lower(),
        "title": title,
    }
    return {
        "humanize": humanize,
        "humanize1024": humanize1024,
        "humanizeDuration": humanize_duration,
        "humanizePercentage": humanize_percentage,
        **{name: _bounded(function, bounds.output) for name, function in texts.items()},
    }


#: The names of the functions.
FUNCTIONS: Final = tuple(functions(Bounds()))

#: Go's builtins that make texts of their own size, and are of no use in an alert.
WITHHELD: Final = ("html", "js", "urlquery", "call")
