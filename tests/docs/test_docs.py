"""What the documentation says is what the code has."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel

from tocsin.adapters.metrics import Metrics
from tocsin.adapters.receivers import VARIABLES as RECEIVERS_VARIABLES
from tocsin.adapters.templates.functions import FUNCTIONS
from tocsin.adapters.templates.renderer import VARIABLES
from tocsin.api.limits import Limits
from tocsin.api.v1alpha1.parse import parse_rule
from tocsin.core.alerts import EndReason
from tocsin.core.durations import format_duration
from tocsin.core.rules import Rule
from tocsin.core.rulestate import RuleState
from tocsin.core.samples import FailureKind
from tocsin.ports import Census, EventReason

from . import states
from .pages import DOCS, ROOT, Page, everywhere, ours, page

if TYPE_CHECKING:
    from pathlib import Path

ENGINE = ROOT / "operator" / "tocsin" / "engine"
PAGES = ours()
RULES = [
    pytest.param(rule, id=f"{page_.name}-{rule['metadata']['name']}")
    for page_ in PAGES
    for rule in page_.rules()
]


def named(text: str) -> set[str]:
    """All words in backticks."""
    return set(re.findall(r"`(\w+)`", text))


@pytest.mark.parametrize("found", everywhere(), ids=lambda found: found.name)
def test_every_link_inside_the_repository_leads_somewhere(found: Page) -> None:
    broken = []
    for link in found.links:
        if re.match(r"\w+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (found.path.parent / path).resolve() if path else found.path
        if not target.exists() or (anchor and anchor not in Page(target).anchors):
            broken.append(link)
    assert broken == []


def test_every_page_can_be_found_from_the_readme() -> None:
    seen: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        path = ahead.pop()
        if path in seen:
            continue
        seen.add(path)
        if path.is_dir():
            ahead += path.glob("*.md")
        elif path.suffix == ".md":
            links = (link.partition("#")[0] for link in Page(path).links)
            ahead += [(path.parent / link).resolve() for link in links if ":" not in link]
    assert [str(p) for p in DOCS.rglob("*.md") if p not in seen] == []


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_accepted(rule: dict[str, Any]) -> None:
    body = {**rule, "metadata": {"namespace": "docs", **rule["metadata"]}}
    parsed = parse_rule(body, default_interval=timedelta(seconds=30), strict=True)
    assert isinstance(parsed, Rule), parsed


def test_there_are_rules_to_look_at() -> None:
    assert len(RULES) >= 5


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z0-9]+):", makefile, re.MULTILINE))
    for found in PAGES:
        # Between backticks or at the start of a line of a code block; "make sure" is neither.
        code = "\n".join([*re.findall(r"`([^`\n]+)`", found.text), *found.blocks("sh")])
        used = re.findall(r"^make ((?:[A-Z]+=\S+ )*)([a-z0-9]+)", code, re.MULTILINE)
        assert {target for _, target in used} - targets == set(), found.name


def test_the_table_of_metrics_is_that_of_the_code() -> None:
    exposed = Metrics().page(Census())[0].decode()
    ours_ = re.findall(r"^# TYPE (tocsin_\w+)", exposed, re.MULTILINE)
    have = {name for name in ours_ if not name.endswith("_created")}
    operations = page("operations.md").text
    table = set(re.findall(r"^\| `(tocsin_\w+)` \|", operations, re.MULTILINE))
    assert table == have
    elsewhere = set(re.findall(r"\btocsin_[a-z_]+", operations)) - {"tocsin_"}
    assert elsewhere <= have


def limits(model: type[BaseModel], place: str) -> dict[str, object]:
    """The settings below `place`, by their path, with their defaults."""
    found: dict[str, object] = {}
    for name, field in model.model_fields.items():
        path = f"{place}.{field.alias or name}"
        if isinstance(field.default, BaseModel):
            found |= limits(type(field.default), path)
        else:
            found[path] = field.default
    return found


def test_the_table_of_limits_has_each_with_its_default() -> None:
    text = page("operations.md").text.partition("\n## Limits")[2]
    rows = dict(re.findall(r"^\| `(limits\.[\w.]+)` \| (\w+) \|", text, re.MULTILINE))
    shown = {
        path: format_duration(value) if isinstance(value, timedelta) else str(value)
        for path, value in limits(Limits, "limits").items()
    }
    assert rows == shown


def conditions() -> Iterator[tuple[str, str]]:
    """Texts in the code that are a condition's type or reason: Condition(...), Stalled(...)."""
    for path in sorted(ENGINE.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
            words = [text for text in texts if isinstance(text, str) and text.isalpha()]
            if node.func.id == "Condition":
                yield from (("type", word) for word in words[:1])
                yield from (("reason", word) for word in words[1:2])
            elif node.func.id == "Stalled":
                yield from (("reason", word) for word in words[:1])


def test_every_condition_and_reason_is_in_the_docs() -> None:
    found = set(conditions())
    kinds = {word for kind, word in found if kind == "type"}
    assert {"Ready", "Stalled", "SourceReachable", "Attributed", "Rendered", "Truncated"} <= kinds
    known = named(page("concepts/status.md").text)
    assert {word for _, word in found} - known == set()


def test_every_reason_of_an_event_is_in_the_docs_and_no_other() -> None:
    events = page("concepts/status.md").text.partition("## Events")[2]
    rows = re.findall(r"^\| `(\w+)` \|", events, re.MULTILINE)
    assert set(rows) == set(EventReason)


def test_every_failure_of_a_source_is_explained_and_no_other() -> None:
    section = page("sources/prometheus.md").text.partition("## When it fails")[2]
    assert set(re.findall(r"^- `(\w+)`:", section, re.MULTILINE)) == set(FailureKind)


def test_the_table_of_states_is_that_of_the_code() -> None:
    written = states.written(states.PAGE.read_text(encoding="utf-8"))
    assert written == states.table(), "run `.venv/bin/python tests/docs/states.py` to write it"


def test_every_end_is_in_the_docs_and_no_other() -> None:
    ends = page("concepts/alert-life.md").text.partition("## Ends")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", ends, re.MULTILINE)) == set(EndReason)


def test_every_state_of_a_rule_is_in_the_docs() -> None:
    assert set(RuleState) - named(page("concepts/status.md").text) == set()


def test_every_variable_and_function_of_templates_is_in_the_docs() -> None:
    text = page("concepts/templates.md").text
    assert {f"${name}" for name in VARIABLES} - set(re.findall(r"`(\$\w+)`", text)) == set()
    assert set(FUNCTIONS) - named(text) == set()


def test_every_variable_of_receivers_templates_is_in_the_docs() -> None:
    text = page("receivers/templates.md").text
    assert set(re.findall(r"`\$(\w+)`", text)) == set(RECEIVERS_VARIABLES)


@pytest.mark.parametrize("found", PAGES, ids=lambda found: found.name)
def test_lines_fit_a_terminal(found: Page) -> None:
    lines = enumerate(found.text.splitlines(), 1)
    assert [number for number, line in lines if len(line) > 100] == []
