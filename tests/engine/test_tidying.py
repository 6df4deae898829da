"""Garbage that refers to itself is freed although Python itself does not look for it."""

import asyncio
import contextlib
import gc
import weakref
from datetime import timedelta

from tests.engine.world import World
from tocsin.engine.tidying import EVERY, Tidier


class Circle:
    """Refers to itself."""

    def __init__(self) -> None:
        self.itself = self


def test_what_only_refers_to_itself_is_freed() -> None:
    gc.disable()
    try:
        freed = weakref.ref(Circle())
        assert freed() is not None
        Tidier().tidy()
        assert freed() is None
    finally:
        gc.enable()


async def test_the_engine_tidies_each_minute() -> None:
    world = World()
    world.list_all()
    running = asyncio.create_task(world.engine.run())
    await asyncio.sleep(0)
    assert world.engine._agenda.next_due() == world.clock.now() + EVERY
    for _ in range(3):
        world.clock.time += EVERY + timedelta(seconds=1)
        await world.work()
        assert world.engine._agenda.next_due() == world.clock.now() + EVERY
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
