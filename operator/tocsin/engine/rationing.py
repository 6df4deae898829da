"""Texts within the processor time that a namespace has for them."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from time import thread_time
from typing import Any, Final

from tocsin.core.budgets import Budget
from tocsin.ports import Clock, Rendered, Renderer

#: In which namespace the template is whose values these are.
Owner = Callable[[Mapping[str, Any]], str]


def of_rule(values: Mapping[str, Any]) -> str:
    """That of the rule, as of texts of alerts."""
    return str(values["rule"]["namespace"])


def of_route(values: Mapping[str, Any]) -> str:
    """That of the route, as of the templates of its receivers."""
    return str(values["route"]).partition("/")[0]


#: The time in which a namespace that has spent all of its processor time has it back.
_BACK_WITHIN: Final = timedelta(seconds=10)


class RationedTexts:
    """A renderer that leaves texts out once those of their namespace have taken too long.

    One tenant's heavy templates over thousands of alerts then take a twentieth of a core, and not
    the time of everybody's evaluations.
    """

    def __init__(
        self, renderer: Renderer, clock: Clock, per_namespace: timedelta, owner: Owner = of_rule
    ) -> None:
        self._renderer = renderer
        self._owner = owner
        self._clock = clock
        self._milliseconds = max(1, per_namespace // timedelta(milliseconds=1))
        self._every = _BACK_WITHIN / self._milliseconds
        self._budgets: dict[str, Budget] = {}
        self.seconds = renderer.seconds

    def check(self, template: str) -> str | None:
        """What is wrong with `template`, before any value is known."""
        return self._renderer.check(template)

    def render(self, template: str, values: Mapping[str, Any]) -> Rendered:
        """`template` with `values`; an empty text and a problem if there is no time for it."""
        namespace = self._owner(values)
        budget = self._budget(namespace)
        if budget.tokens <= 0:
            return Rendered("", self._no_time(namespace))
        began = thread_time()
        rendered = self._renderer.render(template, values)
        self._budgets[namespace] = budget.charged((thread_time() - began) * 1000)
        return rendered

    def _budget(self, namespace: str) -> Budget:
        now, budget = self._clock.now(), self._budgets.get(namespace)
        if budget is None:
            return Budget.full(self._milliseconds, now)
        budget = budget.refilled(self._milliseconds, self._every, now)
        if budget.tokens >= self._milliseconds:
            del self._budgets[namespace]
        return budget

    def _no_time(self, namespace: str) -> str:
        return (
            f"left out, the texts of namespace {namespace} took more than {self._milliseconds}ms "
            f"of processor time (limits.textTimePerNamespace): simplify its templates"
        )
