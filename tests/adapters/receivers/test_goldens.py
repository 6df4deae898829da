"""What people read of the main stories is what was looked at."""

import pytest

from .goldens import FOLDER, GOLDENS


@pytest.mark.parametrize("name", GOLDENS)
def test_the_stories_read_as_they_were_looked_at(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8")
    assert GOLDENS[name]() == written, "run `python -m tests.adapters.receivers.goldens`, and look"
