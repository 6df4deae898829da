"""Heavy work is done one piece at a time, and namespaces take turns."""

import asyncio
import threading
from functools import partial

import pytest

from tocsin.engine.workshop import Workshop


async def test_namespaces_take_turns_and_nothing_is_done_at_the_same_time() -> None:
    workshop, begun, go_on = Workshop(), threading.Event(), threading.Event()
    done: list[str] = []

    def first() -> None:
        begun.set()
        go_on.wait(10)
        done.append("a0")

    jobs = [asyncio.ensure_future(workshop.do("a", first))]
    jobs += [
        asyncio.ensure_future(workshop.do(namespace, partial(done.append, name)))
        for namespace, name in (("a", "a1"), ("a", "a2"), ("b", "b0"), ("c", "c0"))
    ]
    await asyncio.to_thread(begun.wait, 10)
    assert done == []
    go_on.set()
    await asyncio.gather(*jobs)
    assert done == ["a0", "a1", "b0", "c0", "a2"]


async def test_a_result_is_handed_back_and_a_mistake_is_raised_where_the_work_was_ordered() -> None:
    workshop = Workshop()
    assert await workshop.do("a", lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        await workshop.do("a", lambda: 1 // 0)
    assert await workshop.do("a", lambda: 8) == 8
