"""Names, folders, files written whole, and the lock."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from e2e.cluster import locks, paths

if TYPE_CHECKING:
    import pytest


def test_a_cluster_is_named_after_the_folder_of_its_checkout() -> None:
    name = paths.cluster_name(Path("/somewhere/tocsin"))
    assert name == paths.cluster_name(Path("/somewhere/tocsin"))
    assert name != paths.cluster_name(Path("/elsewhere/tocsin"))
    assert name.startswith("tocsin-")
    assert len(name) == len("tocsin-") + 8


def test_the_cache_is_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TOCSIN_CACHE", str(tmp_path))
    assert paths.cache() == tmp_path
    monkeypatch.delenv("TOCSIN_CACHE")
    assert paths.cache() == Path.home() / ".cache" / "tocsin"


def test_the_checkout_holds_this_package() -> None:
    assert (paths.checkout() / "e2e" / "cluster" / "paths.py").exists()


def test_a_file_is_written_whole_with_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    paths.write(path, "one")
    paths.write(path, "two", 0o600)
    assert path.read_text() == "two"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


def test_a_link_is_pointed_elsewhere(tmp_path: Path) -> None:
    link = tmp_path / "link"
    for target in ("one", "one", "two"):
        paths.link(link, tmp_path / target)
        assert link.readlink() == tmp_path / target


def test_a_digest_depends_on_each_part_and_its_place(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("a")
    assert paths.digest(["a", "b"]) == paths.digest([file, b"b"])
    assert paths.digest(["a", "b"]) != paths.digest(["b", "a"])
    assert paths.digest(["ab", ""]) != paths.digest(["a", "b"])
    assert len(paths.digest([])) == 12


def test_a_lock_is_held_until_its_holder_ends_even_by_kill_9(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TOCSIN_CACHE", str(tmp_path))
    assert not locks.is_held("x")
    code = "import sys\nfrom e2e.cluster.locks import lock\nwith lock('x'): print(); input()"
    with subprocess.Popen(  # noqa: S603  # a list, no shell
        [sys.executable, "-c", code], cwd=paths.checkout(), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as holder:  # fmt: skip
        assert holder.stdout is not None
        holder.stdout.readline()
        assert locks.is_held("x")
        holder.kill()
    started = time.monotonic()
    with locks.lock("x"):
        assert locks.is_held("x")
    assert time.monotonic() - started < 1
    assert not locks.is_held("x")
