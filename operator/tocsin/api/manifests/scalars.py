"""What unquoted YAML texts mean to kubectl, Helm and GitOps tools.

They read by YAML 1.1 without its base-60 numbers and dates, and with numbers like 1e3: see
`resolve` in Kubernetes's YAML library. PyYAML's own rules differ, so that a file that is checked
by them would be another one than the API server gets.
"""

import math
import re
from typing import Final

from tocsin.api.manifests.nodes import Value

_WORDS: Final[dict[str, Value]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_DECIMAL: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_OTHER_BASE: Final = re.compile(r"([-+]?)0(?:[xX]([0-9a-fA-F]+)|[bB]([01]+)|[oO]?([0-7]+))")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INTEGERS: Final = range(-(2**63), 2**64)
_LONGEST: Final = 80  # of the texts of those integers; Python refuses to read very long ones


def read_scalar(text: str) -> Value:
    """The value of `text` as it stands in YAML without quotes."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    number = text.replace("_", "")
    integer = _integer(number) if len(number) <= _LONGEST else None
    if integer is not None and integer in _INTEGERS:
        return integer
    if not _FLOAT.fullmatch(number):
        return text
    value = float(number)
    return value if math.isfinite(value) else text


def _integer(number: str) -> int | None:
    if _DECIMAL.fullmatch(number):
        return int(number)
    if found := _OTHER_BASE.fullmatch(number):
        sign, *digits = found.groups()
        bases = zip(digits, (16, 2, 8), strict=True)
        value = next(int(text, base) for text, base in bases if text is not None)
        return -value if sign == "-" else value
    return None
