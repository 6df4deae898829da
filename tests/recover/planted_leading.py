"""Bugs to be planted between two operators of which each believes to lead."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.recover.apiserver import RULE, ApiServer
from tocsin.engine.elector import Elector

Patch = pytest.MonkeyPatch


def does_not_look_at_its_lease(patch: Patch) -> None:
    """Who has led once believes to lead for ever."""
    for asked in ("may_act", "is_sure"):
        patch.setattr(Elector, asked, lambda self: self._term is not None)


def writes_over_what_others_wrote(patch: Patch) -> None:
    """A status is written whatever stands there by now."""
    write = ApiServer.write

    async def newest(self: ApiServer, name: str, version: str, *rest: Any) -> str:
        body = self.objects[RULE].get(name)
        return await write(self, name, body["metadata"]["resourceVersion"] if body else "", *rest)

    patch.setattr(ApiServer, "write", newest)


#: Each with its kind, how it shows, and the first seed that shows it.
LEADING: tuple[tuple[Callable[[Patch], None], str, str, int], ...] = (
    (does_not_look_at_its_lease, "invented", "life", 0),
    (writes_over_what_others_wrote, "lost", "nobody was told", 196),
)
