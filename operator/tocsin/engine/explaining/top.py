"""What stands at the top: a sentence, what comes next, and what to do."""

from tocsin.api.explanation.subjects import Subject
from tocsin.core.rulestate import quiet_message
from tocsin.core.states import State
from tocsin.engine.explaining.absence import Absence, absence
from tocsin.engine.explaining.finding import WorkloadFilter
from tocsin.engine.explaining.life import under_way
from tocsin.engine.explaining.shown import LONG, clean, clock, sentence
from tocsin.engine.explaining.view import View


def top_of(view: View, wanted: WorkloadFilter | None, found: int, first: Subject | None) -> Absence:
    """What stands at the top: of the rule as a whole, or of its most urgent subject."""
    key, rule = view.rule.key, view.rule
    if trouble := view.record.trouble:
        mend = f"kubectl edit mlar {key.name} -n {key.namespace}"
        says = sentence(f"It cannot be evaluated: {clean(trouble.message, LONG)}")
        return Absence(says, "Evaluated once the rule is mended.", (mend,))
    if rule.suspended:
        patch = '{"spec":{"suspend":false}}'
        wake = f"kubectl patch mlar {key.name} -n {key.namespace} --type merge -p '{patch}'"
        return Absence("Suspended: nothing is evaluated.", "Nothing, until it is resumed.", (wake,))
    if view.record.evaluation is None and not view.alerts:
        when = clock(view.due, view.now) if view.due else "the next turn"
        first_time = under_way(view) or f"First evaluated at {when}."
        return Absence("Not evaluated yet.", first_time, ())
    if wanted and not found:
        return absence(view, wanted)
    if first and (view.alerts or found == 1):
        around = first.around.sentence if first.around else ""
        says = _with_others(first, view, wanted)
        return Absence(says, first.next, tuple(first.actions), around, first.telling.headline)
    return _quiet(view, first)


def _with_others(first: Subject, view: View, wanted: WorkloadFilter | None) -> str:
    others = len(view.alerts) - 1
    if wanted or others < 1 or first.state is State.INACTIVE:
        return first.headline
    return f"{first.headline} ({others} more {'alert is' if others == 1 else 'alerts are'} active.)"


def _quiet(view: View, first: Subject | None) -> Absence:
    """A rule of which no alert speaks, and that looks at several things or at nothing."""
    evaluation = view.record.evaluation
    message = quiet_message(view.rule, evaluation) if evaluation else "nothing is known yet"
    message = clean(message, LONG)
    if evaluation and evaluation.failed_source:
        source = evaluation.failed_source
        message = f"nothing is known, as the source {source} does not answer: {message}"
    if evaluation is None or first is None:
        again = f"Evaluated again at {clock(view.due, view.now)}." if view.due else ""
        when = again or under_way(view) or "Nothing."
        return Absence(sentence(f"Not firing: {message}"), when, ())
    count = len(evaluation.looks)
    says = f"Not firing: all {count} are {message}" if message.startswith("within") else (
        f"Not firing: {message}")  # fmt: skip
    return Absence(sentence(says), first.next, tuple(first.actions))
