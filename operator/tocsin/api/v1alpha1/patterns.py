"""Regular expressions that users write, in RE2: as in Prometheus, and linear in time."""

from dataclasses import dataclass, field
from typing import Any, Final

import re2  # type: ignore[import-untyped]  # the package has no types

from tocsin.api.problems import cut

MAX_PATTERN_LENGTH: Final = 1024

#: What one compiled expression and what it remembers of matching may take, in bytes.
_MEMORY: Final = 512 * 1024


@dataclass(frozen=True)
class Pattern:
    """An expression that has to match all of a text. Two of the same text are equal."""

    text: str
    compiled: Any = field(repr=False, compare=False)

    def fullmatch(self, text: str, /) -> object:
        """Something that is true if all of `text` matches, else None."""
        return self.compiled.fullmatch(text)


def read_pattern(text: str) -> Pattern:
    """The expression that `text` is, in the syntax of RE2; a dot matches line breaks too.

    Raises:
        ValueError: it is none; the message says why.
    """
    options = re2.Options()
    options.dot_nl = True  # as Prometheus's
    options.log_errors = False  # they are raised
    options.max_mem = _MEMORY
    try:
        return Pattern(text, re2.compile(text, options))
    except (re2.error, UnicodeError) as error:
        raise ValueError(f'"{cut(text)}" is not a regular expression: {_why(error)}') from None


def _why(error: Exception) -> str:
    why = error.args[0] if error.args else ""
    text = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
    if text.startswith("pattern too large"):
        return "it is too large: repeat less, or split it into several values"
    if "perl operator" in text:
        return f"{text}: look-around is not known to RE2, which Prometheus also uses"
    return f"{text} (the syntax is RE2's, as in Prometheus)"
