"""The namespaces whose alerts a route or a silence is about."""

from collections.abc import Mapping
from typing import Final

from tocsin.api.v1alpha1.workloads import Selector
from tocsin.core.labels import LabelSelector, Operator

#: Every namespace bears its name under this label.
NAME_LABEL: Final = "kubernetes.io/metadata.name"

NOT_HERE: Final = (
    "only in the operator's own namespace may an object be about others: remove the field, or "
    "create the object there"
)
NOT_KNOWN: Final = (
    "the operator does not read the labels of namespaces: select by name, as in "
    f"`matchLabels: {{{NAME_LABEL}: fraud}}`, or write `{{}}` for all that it watches"
)

Namespaces = Mapping[str, Mapping[str, str]]


def scope(
    selector: Selector | None,
    namespace: str,
    *,
    own_namespace: str | None,
    known: Namespaces | None,
) -> frozenset[str] | None:
    """The namespaces in which an object of `namespace` counts; None: all of them.

    `own_namespace` is the operator's, `known` has the labels of namespaces by name, None where
    nobody reads them.

    Raises:
        ValueError: the object may not select namespaces, or not by these labels.
    """
    if selector is None:
        return frozenset({namespace})
    if namespace != own_namespace:
        raise ValueError(NOT_HERE)
    wanted = selector.to_core()
    if not wanted.requirements:
        return None
    if known is None:
        known = {name: {NAME_LABEL: name} for name in _by_name(wanted)}
    return frozenset(name for name, labels in known.items() if wanted.matches(labels))


def _by_name(selector: LabelSelector) -> frozenset[str]:
    """The names of which `selector` takes some, where it is about names and nothing else."""
    names = [one.values for one in selector.requirements if one.operator is Operator.IN]
    if not names or any(one.key != NAME_LABEL for one in selector.requirements):
        raise ValueError(NOT_KNOWN)
    return names[0]
