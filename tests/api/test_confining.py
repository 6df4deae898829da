"""A query of one namespace reads the series of that namespace, whatever its author writes."""

import random
import re

import promql_parser as promql
import pytest

from tocsin.api.confining import ConfinedError, confined

OURS = 'namespace="fraud"'
NASTY = ('"', "}", "{", "\\", "\n", ",", "#", "namespace", "é", 'namespace="', "a", "1")


class Author:
    """Writes queries at random; each selector has a name of its own."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  # a sample, not a secret
        self.names: list[str] = []

    def vector(self, depth: int) -> str:
        """An instant vector."""
        if depth == 0 or self.random.random() < 0.2:
            return self.selector() + self.when()
        ways = (
            lambda d: f"rate({self.ranged(d)})",
            lambda d: f"-({self.vector(d)})",
            lambda d: f"sum by (pod, namespace) ({self.vector(d)})",
            lambda d: f"topk(scalar({self.vector(d)}), {self.vector(d)})",
            lambda d: f"({self.vector(d)}) {self.joined()} ({self.vector(d)})",
            lambda d: f'label_replace({self.vector(d)}, "namespace", "ads", "", "")',
            lambda d: f"{self.vector(d)} > bool 1e-3",
            lambda d: f"histogram_quantile(0.9, {self.vector(d)})",
            lambda d: f'count_values("namespace", {self.vector(d)})',
        )
        return self.random.choice(ways)(depth - 1)

    def ranged(self, depth: int) -> str:
        """A range vector."""
        if self.random.random() < 0.6:
            return f"{self.selector()}[{self.random.choice(('5m', '1h30m', '90s'))}]{self.when()}"
        return f"({self.vector(depth)})[1h:{self.random.choice(('', '1m'))}]{self.when()}"

    def selector(self) -> str:
        """A selector, with matchers of which some hold what looks like PromQL."""
        name = f"m{len(self.names)}_{self.random.choice(('sum', 'on', 'x', 'offset'))}"
        self.names.append(name)
        count = self.random.choice((None, 0, 1, 3))
        if count is None:
            return name
        matchers = [self.matcher() for _ in range(count)]
        if self.random.random() < 0.2:
            return "{" + ", ".join([f'__name__="{name}"', *matchers]) + "}"
        return f"{name}{{{','.join(matchers)}}}"

    def matcher(self) -> str:
        """A matcher, at times of the label that confines."""
        label = self.random.choice(("a", "pod", "namespace"))
        value = "".join(self.random.choices(NASTY, k=self.random.randint(0, 4)))
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{label}{self.random.choice(("=", "!="))}"{escaped}"'

    def when(self) -> str:
        """Another time, or none."""
        return self.random.choice(("", "", " offset 1w", " offset -5m", " @ end()", " @ 160377"))

    def joined(self) -> str:
        """An operator between two vectors."""
        return self.random.choice(("+", "/ on (pod) group_left (a)", "and", "unless", "== bool"))


def selectors(query: str) -> dict[str, set[tuple[str, str]]]:
    """By metric what each selector of `query` asks to be equal."""
    found: dict[str, set[tuple[str, str]]] = {}

    def note(node: promql.Expr) -> None:
        if isinstance(node, promql.VectorSelector):
            matchers = node.matchers.matchers
            equal = {(one.name, one.value) for one in matchers if one.op == promql.MatchOp.Equal}
            found[node.name or dict(equal)["__name__"]] = equal

    promql.walk(promql.parse(query), post_visit=note)
    return found


def without_ours(query: str) -> str:
    """`query` as it was before a matcher came in."""
    return promql.parse(re.sub(rf"{OURS},|,{OURS}|{{{OURS}}}", "", query)).prettify()


def test_every_selector_of_ten_thousand_queries_is_confined_and_nothing_else_changes() -> None:
    for seed in range(10_000):
        author = Author(seed)
        query = author.vector(author.random.randint(0, 4))
        kept = confined(query, "namespace", "fraud")
        equal = selectors(kept)
        assert equal.keys() == set(author.names)
        assert all(("namespace", "fraud") in its for its in equal.values())
        assert without_ours(kept) == without_ours(query)


def test_a_query_about_another_namespace_finds_nothing() -> None:
    kept = confined('up{namespace="ads"}', "namespace", "fraud")
    assert kept == 'up{namespace="ads",namespace="fraud"}'


def test_a_query_without_selectors_stays_as_it_is() -> None:
    assert confined("vector(1)", "namespace", "fraud") == "vector(1)"


@pytest.mark.parametrize(
    ("query", "instead"),
    [
        ('up{job="a" or job="b"}', "write two selectors with `or` between them"),
        ("info(up)", "join them by `* on (…)`"),
        ('sum(info(up, {job="a"}))', "join them by `* on (…)`"),
        ("quantum(up)", "write it in what Prometheus 2.45 knows"),
        ("up smoothed", "write it in what Prometheus 2.45 knows"),
    ],
)
def test_what_cannot_be_confined_is_refused_with_what_to_write_instead(
    query: str, instead: str
) -> None:
    with pytest.raises(ConfinedError, match="only the series of its own namespace") as refused:
        confined(query, "namespace", "fraud")
    assert str(refused.value).endswith(instead)
