"""Checks of JMESPath as rules have it: where in a JSON document something is, and no program.

What builds new values out of old ones is left out: repeated, it makes out of a short expression
an answer that fills all memory. What is left makes nothing larger than the document is.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions

MAX_PATH_LENGTH: Final = 512

#: They multiply: `[@,@] | [@,@] | …`, and each `to_string` doubles the quotes of the one before.
_BUILDING: Final = {"multi_select_list": "[a, b]", "multi_select_dict": "{a: b}"}
_FUNCTIONS: Final = tuple(sorted(Functions.FUNCTION_TABLE.keys() - {"to_string"}))


def check_path(text: str) -> str | None:
    """What is wrong with the JMESPath expression `text`, and what to do; None if nothing is."""
    if len(text) > MAX_PATH_LENGTH:
        return f"the expression has {len(text)} characters, and at most {MAX_PATH_LENGTH} are taken"
    try:
        parsed = jmespath.compile(text).parsed
    except JMESPathError as error:
        said = " ".join(str(error).split())[:200]
        return f"this is no JMESPath: {said}; write one like latency.p99 or items[0].value"
    except RecursionError:
        return "the expression is nested too deeply: write one like latency.p99"
    return next(filter(None, map(_objection, _nodes(parsed))), None)


def _objection(node: Mapping[str, Any]) -> str | None:
    if shown := _BUILDING.get(node["type"]):
        return f"it makes a new value, as {shown}: write where one is, like latency.p99"
    if node["type"] == "function_expression" and node["value"] not in _FUNCTIONS:
        return f"the function {node['value']} is not taken: there are {', '.join(_FUNCTIONS)}"
    if node["type"] == "literal" and isinstance(node["value"], list | dict):
        return "it holds a list or an object of its own: write where in the answer one is"
    return None


def _nodes(parsed: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    left = [parsed]
    while left:
        node = left.pop()
        yield node
        left += [child for child in node.get("children", ()) if isinstance(child, dict)]
