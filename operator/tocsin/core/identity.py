"""Which alert is which: an alert's identity and its id."""

import hashlib
from typing import NamedTuple

from tocsin.core.inventory import ObjectRef
from tocsin.core.rules import RuleKey


class Identity(NamedTuple):
    """A workload and the values of the rule's identity labels; or a series' own labels."""

    workload: ObjectRef | None
    labels: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.labels)
        if self.workload is None:
            return "{" + shown + "}" if shown else "the query's only value"
        named = any(value for _, value in self.labels)
        return self.workload.name + (f" {{{shown}}}" if named else "")


def alert_id(rule: RuleKey, identity: Identity) -> str:
    """16 hex digits of a SHA-256 over the rule's place, the workload's and the identity labels.

    Each part is led by its length, so that no two identities are spelled alike.
    """
    workload = identity.workload
    parts = [rule.namespace, rule.name]
    parts += [workload.kind, workload.namespace, workload.name] if workload else ["", "", ""]
    for pair in sorted(identity.labels):
        parts += pair
    spelled = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(spelled.encode()).hexdigest()[:16]
