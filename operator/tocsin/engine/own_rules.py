"""The rule that the operator applies in its own namespace when it starts: who watches the sources?

It is one alert for a source that does not answer, where every rule over it can only hold its own.
"""

import asyncio
from typing import Any, Final

import structlog

from tocsin.core.metrics import OwnMetric
from tocsin.engine.backoff import delay_after
from tocsin.engine.record import API_VERSION, KIND
from tocsin.ports import ConflictError, RuleApplier, UnavailableError, WriteError

_log = structlog.get_logger(__name__)

NAME: Final = "tocsin-sources"


def sources_rule(namespace: str) -> dict[str, Any]:
    """The rule over the sources, as it is applied in `namespace`."""
    metric = {"operator": {"name": str(OwnMetric.SOURCE_REACHABLE)}, "unit": "Ratio"}
    return {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "metadata": {
            "name": NAME,
            "namespace": namespace,
            "labels": {"app.kubernetes.io/managed-by": "tocsin"},
        },
        "spec": {
            "severity": "critical",
            "criterion": {"threshold": {"metric": metric, "below": "50%"}},
            "for": "1m",
            "interval": "15s",
            "summary": "source {{ $labels.source }} does not answer: rules over it see nothing",
            "description": (
                "Fewer than half of the last minute's queries were answered. Alerts of rules over "
                "this source stay as they are until it answers; new problems are not seen. What it "
                "said last stands in the condition SourceReachable of these rules."
            ),
            "actions": [
                "Look at the source: its pods, its address in the chart's values, its credentials",
                "See what it says: kubectl get mlar -A --field-selector status.state=Failed",
            ],
        },
    }


async def apply_own_rules(applier: RuleApplier, namespace: str) -> None:
    """Apply the operator's own rule, for as long as the API server does not answer.

    Who has changed it keeps the change: then the rule is left as it is.
    """
    attempts = 0
    while True:
        try:
            await applier.apply(sources_rule(namespace))
        except UnavailableError as error:
            attempts += 1
            if attempts == 1:
                _log.warning(
                    "own rule not applied yet", rule=f"{namespace}/{NAME}", error=str(error)
                )
            await asyncio.sleep(delay_after(attempts).total_seconds())
        except ConflictError:
            _log.info("own rule was changed: left as it is", rule=f"{namespace}/{NAME}")
            return
        except WriteError as error:
            _log.error("own rule refused", rule=f"{namespace}/{NAME}", error=str(error))
            return
        else:
            return
