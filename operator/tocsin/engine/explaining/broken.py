"""A rule of which no spec could ever be understood."""

from datetime import datetime

from tocsin.api.explanation.rule import Explanation
from tocsin.engine.explaining.history import history
from tocsin.engine.explaining.rule import rule_name, state_of, state_since
from tocsin.engine.explaining.shown import LONG, clean, sentence
from tocsin.engine.record import Record


def explain_broken(record: Record, cluster: str, now: datetime) -> Explanation:
    """What is wrong with the rule, and how to mend it."""
    key = record.key
    message = clean(record.stalled.message if record.stalled else "it was not read yet", LONG)
    return Explanation(
        cluster=cluster,
        at=now,
        rule=rule_name(key),
        headline=sentence(f"It cannot be evaluated: {message}"),
        next="Evaluated once the rule is mended.",
        actions=[f"kubectl edit mlar {key.name} -n {key.namespace}"],
        state=state_of(record),
        state_since=state_since(record),
        problems=[message],
        history=history(record, None),
    )
