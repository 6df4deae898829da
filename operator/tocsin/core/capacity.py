"""How many alerts of one rule are kept: a query that makes up labels must not fill the memory."""

from collections.abc import Mapping
from dataclasses import replace

from tocsin.core.alerts import Alert
from tocsin.core.evaluate import Evaluation
from tocsin.core.states import State


def keep_at_most(limit: int, evaluation: Evaluation, prior: Mapping[str, Alert]) -> Evaluation:
    """`evaluation` with at most `limit` alerts, unless more of them were there before.

    What is there goes on: only new alerts are left out, pending ones before firing ones, and of
    equal ones always the same.
    """
    surplus = len(evaluation.alerts) - limit
    if surplus <= 0:
        return evaluation
    new = sorted(
        (alert for key, alert in evaluation.alerts.items() if key not in prior),
        key=lambda alert: (alert.state is not State.FIRING, alert.id),
    )
    dropped = {alert.id for alert in new[max(0, len(new) - surplus) :]}
    return replace(
        evaluation,
        past=replace(
            evaluation.past,
            alerts={key: a for key, a in evaluation.alerts.items() if key not in dropped},
        ),
        fired=tuple(key for key in evaluation.fired if key not in dropped),
        left_out=len(dropped),
    )
