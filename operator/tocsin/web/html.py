"""Explanations as HTML: templates that escape everything, and one style sheet inside the page."""

import base64
import hashlib
import re
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tocsin.api.explanation import Explanation, Index, Missing, Subject
from tocsin.api.explanation.parts import ObjectName
from tocsin.core.rulestate import RuleState
from tocsin.core.states import State
from tocsin.core.verdicts import Verdict
from tocsin.engine.explaining.shown import clock, spoken

_TEMPLATES: Final = Path(__file__).parent / "templates"
_STYLE: Final = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_NOTHING_KNOWN: Final = (Verdict.UNKNOWN, Verdict.FAILED)

#: A page runs no script, loads nothing, and is shown in no other page.
SECURITY_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def explanation_page(it: Explanation) -> str:
    """The page of one rule."""
    here = rule_link(it.rule)
    if it.asked_for:
        here += f"&workload={quote(it.asked_for, safe='/')}"
    return _ENVIRONMENT.get_template("rule.html").render(it=it, here=f"{here}&")


def index_page(it: Index) -> str:
    """The page of all rules and workloads."""
    return _ENVIRONMENT.get_template("index.html").render(it=it, here="explain?")


def missing_page(it: Missing) -> str:
    """The page that says that something is not there."""
    return _ENVIRONMENT.get_template("missing.html").render(it=it)


def rule_link(rule: ObjectName, workload: ObjectName | None = None) -> str:
    """Where a rule is explained, relative to the index: it works behind a path of a proxy, too."""
    link = f"explain?rule={quote(f'{rule.namespace}/{rule.name}', safe='/')}"
    return f"{link}&workload={quote(workload.short, safe='/')}" if workload else link


def _is_web_link(url: str) -> bool:
    """Whether `url` may become an anchor: nothing but http and https with a host."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _ago(time: datetime, now: datetime) -> str:
    return spoken(now - time)


def _standing(subject: Subject) -> str:
    """The state of an alert; where there is none, whether anything is known."""
    unknown = subject.state is State.INACTIVE and subject.verdict in _NOTHING_KNOWN
    return str(subject.verdict if unknown else subject.state)


def _spaced(name: str) -> str:
    """FiresAt as "Fires at"."""
    words = re.sub(r"(?<!^)([A-Z])", lambda found: f" {found[1].lower()}", name)
    return words[:1].upper() + words[1:]


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["style"] = Markup(_STYLE)  # noqa: S704  # our own file, as it is
    environment.globals["quiet_states"] = (RuleState.INACTIVE, RuleState.SUSPENDED)
    environment.filters |= {
        "ago": _ago,
        "clock": clock,
        "rule_link": rule_link,
        "spaced": _spaced,
        "standing": _standing,
    }
    environment.tests["web_link"] = _is_web_link
    return environment


_ENVIRONMENT: Final = _environment()
