"""What must hold once faults are over: status says what is true."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.recover.apiserver import RULE, WORKLOAD
from tests.recover.journal import Wrote
from tests.recover.observed import AT_REST, GONE, MET, OTHERS, THERE, WELL, Observed, alert_id
from tests.recover.statuses import alerts
from tests.recover.violations import INVENTED, LOST, Violation


class Rest:
    """Checks the last status of each rule."""

    def __init__(self, observed: Observed) -> None:
        self._observed = observed

    def violations(self) -> Iterator[Violation]:
        """All that is wrong with them."""
        for (kind, rule), changes in list(self._observed.changes.items()):
            spec = changes[-1].body
            if kind != RULE or spec is None:
                continue
            known = self._observed.rules[rule]
            writes = self._observed.writes.get(known[-1].uid) if known else None
            if not writes:
                yield Violation(LOST, changes[-1].at, f"{rule} never had a status")
            elif spec["severity"] != "nonsense":
                yield from self._rests(rule, spec, writes[-1])

    def _rests(self, rule: str, spec: Mapping[str, Any], wrote: Wrote) -> Iterator[Violation]:
        shown = {entry["id"]: entry["state"] for entry in alerts(wrote)}
        for kind, workload in list(self._observed.changes):
            if kind != WORKLOAD:
                continue
            state = shown.get(alert_id(rule, workload))
            there = self._truth(workload) == THERE and not spec.get("suspend")
            looks = self._observed.looks[rule, workload]
            last = looks[-1].verdict if looks and there else None
            what = f"at rest {rule}/{workload} is {state}"
            if not there and state is not None:
                yield Violation(INVENTED, wrote.at, f"{what}: a ghost")
            if last == MET and state != "Firing":
                yield Violation(LOST, wrote.at, f"{what}, not Firing")
            if last == WELL and state is not None:
                yield Violation(INVENTED, wrote.at, f"{what}, though well")

    def _truth(self, workload: str) -> str:
        body = self._observed.changes[WORKLOAD, workload][-1].body
        if body is None:
            return GONE
        return OTHERS if body["serves"] != "yes" else THERE if body["replicas"] else AT_REST
