"""The functions of templates: Prometheus's humanizers, and Go's own with bounded results.

Nothing else can be called. Formulas as in Prometheus's template/template.go.
"""

import math
import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Final

from gotpl.runtime.gofmt import sprintf

#: No text grows beyond this, not even in between: `$x` doubled forty times is a terabyte.
TEXT_LIMIT: Final = 8192
_WIDE: Final = re.compile(r"%[-+# 0]*(?:\d{4,}|\d*\.\d{3,}|\*|\d*\.\*|\[)")


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


def printf(form: object, *values: object) -> str:
    """Go's printf without wide fields, which would fill memory before any bound applies."""
    text = str(form)
    if _WIDE.search(text):
        raise TooLongError("printf: a width has at most 3 digits, a precision at most 2")
    return sprintf(text, *values)


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


def _bounded(function: Callable[..., str]) -> Callable[..., str]:
    @wraps(function)
    def bounded(*values: object) -> str:
        size = sum(len(value) for value in values if isinstance(value, str))
        text = function(*values) if size <= TEXT_LIMIT else ""
        if max(size, len(text)) > TEXT_LIMIT:
            raise TooLongError(f"a text is longer than {TEXT_LIMIT} characters")
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


FUNCTIONS: Final[Mapping[str, Callable[..., object]]] = {
    "humanize": humanize,
    "humanize1024": humanize1024,
    "humanizeDuration": humanize_duration,
    "humanizePercentage": humanize_percentage,
    "printf": _bounded(printf),
    "print": _bounded(print_),
    "println": _bounded(lambda *values: " ".join(map(_text, values)) + "\n"),
    "toUpper": _bounded(lambda value: _text(value).upper()),
    "toLower": _bounded(lambda value: _text(value).lower()),
    "title": _bounded(title),
}

#: Go's builtins that make texts of their own size, and are of no use in an alert.
WITHHELD: Final = ("html", "js", "urlquery", "call")
