"""Renders a template: sandboxed, with budgets, and with its mistakes in plain words."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from gotpl import ExecutionBudget, SandboxPolicy, Template, TemplateError

from tocsin.adapters.templates.bounds import Bounds
from tocsin.adapters.templates.functions import FUNCTIONS, WITHHELD, functions
from tocsin.ports import Rendered

VARIABLES: Final = (
    "labels",
    "value",
    "threshold",
    "baseline",
    "labelDelay",
    "parts",
    "features",
    "workload",
    "rule",
    "severity",
)

_DEPTH: Final = 10
_USUAL: Final = Bounds()
_TEMPLATE_LIMIT: Final = 4096
_PROBLEM_LIMIT: Final = 500


def _withheld(name: str) -> Callable[..., str]:
    def refuse(*_: object) -> str:
        raise ValueError(f"function {name} is not available; there are: {', '.join(FUNCTIONS)}")

    return refuse


class GoTemplates:
    """Templates reach nothing but their `variables` and a list of functions."""

    def __init__(self, bounds: Bounds = _USUAL, variables: Sequence[str] = VARIABLES) -> None:
        self.seconds = bounds.seconds
        self._variables = variables
        self._functions = {
            **functions(bounds),
            **{name: _withheld(name) for name in WITHHELD},
        }
        budget = ExecutionBudget(
            max_output_chars=bounds.output,
            max_iterations=bounds.iterations,
            max_template_depth=_DEPTH,
            max_function_calls=bounds.calls,
        )
        self._policy = SandboxPolicy.strict(allow_functions=self._functions, default_budget=budget)
        self._compiled = lru_cache(maxsize=2048)(self._compile)

    def check(self, template: str) -> str | None:
        """What is wrong with `template`, before any value is known."""
        if _is_plain(template):
            return None
        try:
            self._compiled(template, "default")
        except Exception as error:  # noqa: BLE001  # whatever it does, it is the template's fault
            return self._explain(error)
        return None

    def render(self, template: str, values: Mapping[str, Any]) -> Rendered:
        """`template` with `values` as its variables; on failure the text is empty.

        A missing label is a problem too, but not one that hides the text: it shows as in Go.
        """
        if _is_plain(template):
            return Rendered(template)
        try:
            return Rendered(self._compiled(template, "error").render(values))
        except Exception as error:  # noqa: BLE001  # whatever it does, it is the template's fault
            problem = self._explain(error, values)
        try:
            return Rendered(self._compiled(template, "default").render(values), problem)
        except Exception:  # noqa: BLE001  # as above; the first problem is the one to tell
            return Rendered("", problem)

    def _explain(self, error: Exception, values: Mapping[str, Any] | None = None) -> str:
        """The mistake, short: values that it quotes may be long."""
        problem = _in_words(error, self._variables, values)
        return problem if len(problem) <= _PROBLEM_LIMIT else problem[: _PROBLEM_LIMIT - 1] + "…"

    def _compile(self, template: str, missing: Any) -> Template:
        if len(template) > _TEMPLATE_LIMIT:
            raise ValueError(f"the template is longer than {_TEMPLATE_LIMIT} characters")
        return Template(
            self._prelude(template) + template,
            functions=self._functions,
            missing_key=missing,
            sandbox=self._policy,
        )

    def _prelude(self, template: str) -> str:
        """Makes `$value` and its like of what the renderer is given, as far as they are used.

        Each costs as much as a variable that is shown. One is always there: it trims what a
        template begins with.
        """
        used = [name for name in self._variables if f"${name}" in template]
        return "".join(f"{{{{- ${name} := .{name} -}}}}" for name in used or self._variables[:1])


def _is_plain(template: str) -> bool:
    return "{{" not in template and len(template) <= _TEMPLATE_LIMIT


def _in_words(error: Exception, variables: Sequence[str], values: Mapping[str, Any] | None) -> str:
    """The mistake without positions, which the prelude has moved."""
    text = str(error)
    if missing := re.search(r"missing key or attribute '([^']*)'", text):
        have = ", ".join(sorted((values or {}).get("labels", {}))) or "no labels"
        return f'there is no label or field "{missing[1]}"; the series has: {have}'
    if unknown := re.search(r"function '([^']*)' not defined", text):
        return f"unknown function {unknown[1]}; there are: {', '.join(FUNCTIONS)}"
    if variable := re.search(r"undefined variable '([^']*)'", text):
        known = ", ".join(f"${name}" for name in variables)
        return f"unknown variable {variable[1]}; there are: {known}"
    text = re.sub(r"template: template:\d+:\d+: (executing \"template\"[^:]*: )?", "", text)
    text = re.sub(r"^template:\d+:\d+: ", "", text)
    return text if isinstance(error, TemplateError | ValueError) else f"it failed: {text}"
