"""Checks of PromQL that need no source: what cannot be right whatever the data is.

A query that the parser does not know is let through: its grammar lags behind Prometheus, and the
source is the judge.
"""

from typing import Final

import promql_parser as promql

MAX_QUERY_LENGTH: Final = 4096
MAX_NESTING: Final = 100  # the parser recurses on the machine's stack, and would end the process

#: How the parser begins to tell of what is wrong in every version of PromQL.
_CERTAIN: Final = (
    "unclosed ",
    "unexpected right ",
    "unexpected end of input",
    "unterminated ",
    "expected type ",
)
_FLIPPED: Final = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "==", "!=": "!="}
_LIMITS: Final = {">": "above", ">=": "above", "<": "below", "<=": "below"}


def check_query(query: str) -> str | None:
    """What is wrong with `query` and what to do about it; None if nothing is known to be."""
    problem, expression = _read(query)
    if isinstance(expression, promql.BinaryExpr):
        return _check_comparison(expression)
    return problem or _check_type(expression)


def check_condition(query: str) -> str | None:
    """As `check_query`, of a query that may end in a comparison."""
    problem, expression = _read(query)
    return problem or _check_type(expression)


def _read(query: str) -> tuple[str | None, object]:
    """What is wrong with `query` as text, and what the parser makes of it, if it knows it."""
    if not query.strip():
        empty = "the query is empty: write a PromQL expression that returns the value to judge"
        return empty, None
    if len(query) > MAX_QUERY_LENGTH:
        too_long = (
            f"the query is {len(query)} characters long and at most {MAX_QUERY_LENGTH} are "
            "allowed: make a recording rule of it, and ask for that"
        )
        return too_long, None
    if _nesting(query) > MAX_NESTING:
        too_deep = (
            f"the query is nested deeper than {MAX_NESTING} levels: make a recording rule of "
            "its inner parts"
        )
        return too_deep, None
    try:
        expression: object = promql.parse(query)
    except ValueError:
        return None, None
    while isinstance(expression, promql.ParenExpr):
        expression = expression.expr
    return None, expression


def check_syntax(query: str) -> tuple[str, bool] | None:
    """What the parser says against `query`, and whether no Prometheus can see it otherwise.

    None if it knows the query, or if `check_query` finds it too long or too deep to be parsed.
    """
    if len(query) > MAX_QUERY_LENGTH or _nesting(query) > MAX_NESTING or not query.strip():
        return None
    try:
        promql.parse(query)
    except ValueError as error:
        problem = str(error)
        return problem, problem.startswith(_CERTAIN)
    return None


def _nesting(query: str) -> int:
    depth = deepest = 0
    for character in query:  # brackets inside strings count too: that errs on the safe side
        if character in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")]}":
            depth -= 1
    return deepest


def _check_type(expression: object) -> str | None:
    if isinstance(expression, promql.StringLiteral):
        return "the query is a text in quotes: write a PromQL expression without quotes around it"
    if isinstance(expression, promql.MatrixSelector | promql.SubqueryExpr):
        return (
            "the query returns a range of samples, not a value: wrap it in rate() or "
            "avg_over_time()"
        )
    return None


def _check_comparison(expression: promql.BinaryExpr) -> str | None:
    operator = str(expression.op)
    if operator not in _FLIPPED or (expression.modifier and expression.modifier.return_bool):
        return None
    right, left = _number(expression.rhs), _number(expression.lhs)
    shown = f"{operator} {_cut(expression.rhs.prettify())}"
    if right is not None:
        return _explain("ends in", shown, operator, right)
    if left is not None:
        shown = f"{_cut(expression.lhs.prettify())} {operator}"
        return _explain("begins with", shown, _FLIPPED[operator], left)
    return (
        f"the query compares two expressions (`{shown}`): with it good values vanish, and lost "
        f"data looks like health. {_without_comparison(operator)}"
    )


def _explain(where: str, shown: str, operator: str, number: str) -> str:
    start = (
        f"the query {where} `{shown}`: with it good values vanish, and lost data looks like "
        "health. "
    )
    if operator == "==" and number == "0":
        return f"{start}Write the query without it and `below: 1`, if it counts or is 0 or 1"
    if limit := _LIMITS.get(operator):
        return f"{start}Write the query without it and `{limit}: {number}`"
    return f"{start}Write `{operator} bool {number}` and `above: 0`"


def _without_comparison(operator: str) -> str:
    if limit := _LIMITS.get(operator):
        return f"Write their difference, `a - b`, or their ratio, and `{limit}: 0` or `{limit}: 1`"
    return f"Write `{operator} bool` and `above: 0`"


def _number(expression: object) -> str | None:
    """A finite literal as an amount is written: `0.2` has to be quoted in YAML."""
    while isinstance(expression, promql.ParenExpr):
        expression = expression.expr
    if not isinstance(expression, promql.NumberLiteral) or abs(expression.val) >= 1e15:
        return None
    if expression.val.is_integer():
        return f"{expression.val:.0f}"
    return f'"{f"{expression.val:.12f}".rstrip("0")}"'


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:59]}…"
