"""Command-line arguments by name: which one changed can be said, and to what is not."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

#: -x, --batch-size, --batch-size=8. In -xSECRET there is no telling where the name ends.
_NAMED: Final = re.compile(r"(-[a-zA-Z]|--[a-zA-Z][\w.-]+)(?:=(.*))?", re.DOTALL)


def named_arguments(arguments: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each argument's name and value; the name is empty where it has none."""
    name = ""
    for argument in arguments:
        found = _NAMED.fullmatch(argument)
        if found is None:
            yield name, argument
            name = ""
            continue
        if name:
            yield name, ""
        name = found[1]
        if found[2] is not None:
            yield name, found[2]
            name = ""
    if name:
        yield name, ""
