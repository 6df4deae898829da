"""What a person sees while a step goes on."""

from __future__ import annotations

import io
import time

import pytest

from e2e.cluster import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.44, "0.4 s"), (9.94, "9.9 s"), (12.4, "12 s"), (59.6, "1 m 00 s"), (560, "9 m 20 s")],
)
def test_a_duration_reads_well(seconds: float, text: str) -> None:
    assert progress.duration(seconds) == text


def test_a_line_says_what_how_long_and_how_far() -> None:
    line = progress.line("programs: node", 75, 560, "812 packages compiled of 4154 at most")
    assert line == (
        "1 m 15 s  programs: node (about 9 m 20 s): 812 packages compiled of 4154 at most"
    )


def test_a_long_line_is_cut() -> None:
    line = progress.line("x", 1, None, "y" * 200)
    assert len(line) == progress.WIDTH
    assert line.endswith("…")


def test_without_a_terminal_a_line_comes_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 10.0, 16.0, 16.0, 20.0, 31.5, 31.5, 40.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    out = io.StringIO()
    with progress.step("image", 60, out) as step:
        for note in ("a", "b", "c", "d"):
            step.tick(note)
        step.result = "built"
    assert out.getvalue().splitlines() == [
        "   16 s  image (about 1 m 00 s): b",
        "   32 s  image (about 1 m 00 s): d",
        "   40 s  image: built",
    ]


def test_a_terminal_is_written_in_place() -> None:
    out = Terminal()
    with progress.step("image", stream=out):
        pass
    assert out.getvalue() == "\r\x1b[K  0.0 s  image\n"


def test_a_step_that_fails_says_so() -> None:
    out = io.StringIO()
    with pytest.raises(OSError, match="full"), progress.step("image", stream=out):
        raise OSError("full")
    assert out.getvalue() == "  0.0 s  image: failed\n"
