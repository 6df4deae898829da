"""Runs schedules, and makes one that shows a violation as small as it can."""

import asyncio
from dataclasses import dataclass, replace

from tests.recover.history import check
from tests.recover.journal import Journal, told
from tests.recover.schedules import Schedule
from tests.recover.telling import draw
from tests.recover.violations import Violation
from tests.recover.world import World


@dataclass(frozen=True)
class Run:
    """What became of one schedule."""

    schedule: Schedule
    journal: Journal
    violations: tuple[Violation, ...]


def run(schedule: Schedule) -> Run:
    """Let a schedule happen, and check its history."""
    world = World(schedule.seed, schedule.tells)
    journal = asyncio.run(world.run(schedule.actions, schedule.until))
    return Run(schedule, journal, tuple(check(journal)))


def run_seed(seed: int) -> Run:
    """The same, of the schedule of a seed."""
    return run(draw(seed))


def smallest(found: Run) -> Run:
    """`found` without each action that its kinds of violation do not need."""
    kinds = _kinds(found)
    at = 0
    while at < len(found.schedule.actions):
        actions = found.schedule.actions
        fewer = run(replace(found.schedule, actions=(*actions[:at], *actions[at + 1 :])))
        if kinds & _kinds(fewer):
            found = fewer
        else:
            at += 1
    return found


def _kinds(found: Run) -> set[tuple[str, str]]:
    """The violations, without what tells one of a kind from another."""
    return {(one.kind, one.what.partition(":")[0]) for one in found.violations}


def report(found: Run) -> str:
    """A violation for a person: the seed, what happened to the operator, and what it did."""
    return "\n".join(
        [
            f"seed {found.schedule.seed}: what was done to it",
            str(found.schedule),
            "its history",
            *map(told, found.journal),
            "what is wrong with it",
            *map(str, found.violations),
        ]
    )
