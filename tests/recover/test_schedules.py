"""Three hundred seeded schedules: nothing is lost, invented or changed, whatever goes wrong."""

import pytest

from tests.recover.running import report, run_seed, smallest
from tests.recover.telling import draw

CHUNK = 30


@pytest.mark.parametrize("first", range(0, 300, CHUNK))
def test_nothing_is_lost_invented_or_changed(first: int) -> None:
    for seed in range(first, first + CHUNK):
        found = run_seed(seed)
        if found.violations:
            pytest.fail(report(smallest(found)))


def test_a_schedule_is_the_same_each_time_and_so_is_its_history() -> None:
    one, other = run_seed(7), run_seed(7)
    assert one.schedule == other.schedule == draw(7)
    assert one.journal == other.journal
