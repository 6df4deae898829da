"""Commands, and what is shown when they fail."""

from __future__ import annotations

import io
import sys
import time
from typing import TYPE_CHECKING

import pytest

from e2e.cluster import commands
from e2e.cluster.errors import ClusterError
from e2e.cluster.progress import Step

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def step(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Step:
    monkeypatch.setenv("TOCSIN_CACHE", str(tmp_path))
    return Step("test", None, io.StringIO())


def test_a_missing_program_is_a_message() -> None:
    with pytest.raises(ClusterError, match="no-such-program: not found"):
        commands.run(["no-such-program"])


def test_a_failure_shows_the_end_of_the_log_where_it_is_and_what_to_do(
    step: Step, tmp_path: Path
) -> None:
    code = "for n in range(40): print('line', n)\nraise SystemExit(3)"
    with pytest.raises(ClusterError) as caught:
        commands.logged([sys.executable, "-c", code], "x", step, hint="Do this.")
    text = str(caught.value)
    assert "exit code 3" in text
    assert "  | line 10\n" in text
    assert "line 9\n" not in text
    assert text.endswith(f"The whole log: {tmp_path}/logs/x.log\nDo this.")


def test_a_command_that_takes_too_long_is_ended(step: Step) -> None:
    started = time.monotonic()
    with pytest.raises(ClusterError, match="took too long"):
        commands.logged(["sleep", "60"], "x", step, timeout=0)
    assert time.monotonic() - started < 5
