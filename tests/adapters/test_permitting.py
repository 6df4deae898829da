"""Before each send and each write it is asked whether this process may act."""

import pytest

from tocsin.adapters.crashing import crashing
from tocsin.adapters.permitting import permitted
from tocsin.ports import NotLeaderError


class Permit:
    def __init__(self) -> None:
        self.asked = 0
        self.granted = True

    async def check(self) -> None:
        self.asked += 1
        if not self.granted:
            raise NotLeaderError("another leads now")


class Writer:
    kind = "statuses"

    def __init__(self) -> None:
        self.written: list[str] = []

    async def write(self, what: str, *, twice: bool = False) -> int:
        self.written += [what, what] if twice else [what]
        return len(self.written)

    async def read(self) -> list[str]:
        return self.written


async def test_what_is_permitted_is_done_and_answered_as_before() -> None:
    permit, writer = Permit(), Writer()
    guarded = permitted(writer, permit.check, "write")
    assert await guarded.write("a") == 1
    assert await guarded.write("b", twice=True) == 3
    assert (writer.written, permit.asked) == (["a", "b", "b"], 2)


async def test_what_is_not_permitted_is_not_done() -> None:
    permit, writer = Permit(), Writer()
    permit.granted = False
    with pytest.raises(NotLeaderError):
        await permitted(writer, permit.check, "write").write("a")
    assert writer.written == []


async def test_only_the_effect_is_asked_for() -> None:
    permit = Permit()
    guarded = permitted(Writer(), permit.check, "write")
    assert await guarded.read() == []
    assert guarded.kind == "statuses"
    assert permit.asked == 0


async def test_crash_points_stand_around_the_question() -> None:
    permit, passed = Permit(), list[str]()
    writer = crashing(permitted(Writer(), permit.check, "write"), "status", passed.append)
    await writer.write("a")
    assert passed == ["before-status", "after-status"]
    permit.granted = False
    with pytest.raises(NotLeaderError):
        await writer.write("b")
    assert passed[2:] == ["before-status"]
