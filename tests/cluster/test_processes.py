"""Processes are known by pid and start time, in a /proc made for the test."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from e2e.cluster import processes
from e2e.cluster.processes import Process

if TYPE_CHECKING:
    from pathlib import Path


def stat(pid: int, name: str, state: str, start: int) -> str:
    before = " ".join(["1"] * 18)
    return f"{pid} ({name}) {state} {before} {start} 0 0\n"


def put(proc: Path, pid: int, name: str, *, start: int, state: str = "S", argv: str = "") -> None:
    folder = proc / str(pid)
    folder.mkdir(exist_ok=True)
    (folder / "stat").write_text(stat(pid, name, state, start))
    (folder / "cmdline").write_text(argv)


def test_a_process_is_read_with_its_words(tmp_path: Path) -> None:
    put(tmp_path, 7, "dockerd", start=500, argv="dockerd\0--exec-root\0/x\0")
    assert processes.read(7, tmp_path) == Process(
        7, 500, "dockerd", ("dockerd", "--exec-root", "/x")
    )
    assert processes.read(8, tmp_path) is None


def test_a_pid_used_again_is_another_process(tmp_path: Path) -> None:
    put(tmp_path, 7, "dockerd", start=500)
    ours = processes.read(7, tmp_path)
    assert ours is not None
    assert processes.alive(ours, tmp_path)
    put(tmp_path, 7, "dockerd", start=501)
    assert not processes.alive(ours, tmp_path)


@pytest.mark.parametrize("state", ["Z", "X"])
def test_a_zombie_is_dead(tmp_path: Path, state: str) -> None:
    put(tmp_path, 7, "dockerd", start=500, state=state)
    assert processes.read(7, tmp_path) is None
    assert not processes.alive(Process(7, 500, "dockerd"), tmp_path)


def test_a_name_may_hold_brackets_and_spaces() -> None:
    assert processes.parse_stat(stat(7, "a) S (b", "R", 12)) == ("a) S (b", "R", 12)


def test_everyone_passes_over_what_cannot_be_read(tmp_path: Path) -> None:
    put(tmp_path, 7, "a", start=1)
    (tmp_path / "8").mkdir()
    (tmp_path / "sys").mkdir()
    assert [found.pid for found in processes.everyone(tmp_path)] == [7]
    assert processes.everyone(tmp_path / "none") == []


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_only_the_very_process_is_ended() -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as child:
        here = processes.read(child.pid)
        assert here is not None
        processes.end([Process(here.pid, here.start + 1, here.name)], grace=0.1)
        assert child.poll() is None
        processes.end([here], grace=5)
        assert child.wait(5) == -signal.SIGTERM
