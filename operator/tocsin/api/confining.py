"""PromQL of one namespace: each selector of a query gets a matcher that its author cannot undo.

What the parser does not know is refused: a selector that is not seen is not confined.
"""

from functools import lru_cache

import promql_parser as promql

from tocsin.api.queries import check_syntax

_WHY = "this source gives a rule only the series of its own namespace, and "
_OR = (
    f"{_WHY}`or` within braces is an extension that not every source reads alike: write two "
    "selectors with `or` between them"
)
_INFO = f"{_WHY}info() reads series that the query does not name: join them by `* on (…)`"


class ConfinedError(Exception):
    """The query cannot be kept to a namespace; the message says why, and what to do."""


@lru_cache(maxsize=4096)
def confined(query: str, label: str, namespace: str) -> str:
    """`query` in which each selector has the matcher `label="namespace"`, beside its own.

    Args:
        query: PromQL as a rule has it.
        label: the label by which series say whose they are.
        namespace: a namespace's name.

    Raises:
        ConfinedError: it is not understood, or it reads what no selector names.
    """
    if problem := check_syntax(query):
        raise ConfinedError(
            f"{_WHY}the query cannot be read well enough for that ({problem[0]}): write it in "
            "what Prometheus 2.45 knows"
        )
    matcher = f'{label}="{namespace}"'

    def with_matcher(node: promql.Expr) -> promql.Expr | None:
        if isinstance(node, promql.Call) and node.func.name == "info":
            raise ConfinedError(_INFO)
        if not isinstance(node, promql.VectorSelector):
            return None
        if node.matchers.or_matchers:
            raise ConfinedError(_OR)
        return _with(matcher, node)

    return promql.transform(promql.parse(query), post_visit=with_matcher).prettify()


def _with(matcher: str, selector: promql.VectorSelector) -> promql.Expr:
    """As text: nodes cannot be changed, and only `prettify` escapes what is quoted."""
    name, written = selector.name or "", selector.prettify()
    rest = written.removeprefix(name)
    braces = f"{{{matcher},{rest[1:]}" if rest.startswith("{") else f"{{{matcher}}}{rest}"
    expression: promql.Expr = promql.parse(name + braces)
    return expression
