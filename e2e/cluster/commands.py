"""Running other programs: their output, or a log that is shown when they fail."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from e2e.cluster.errors import ClusterError
from e2e.cluster.paths import logs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from e2e.cluster.progress import Step

Result = subprocess.CompletedProcess[str]
TAIL = 30


def run(
    args: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: str | None = None,
    timeout: float = 60,
    check: bool = True,
) -> Result:
    """Run a short command and return what it printed."""
    words = [str(arg) for arg in args]
    try:
        result = subprocess.run(  # noqa: S603  # a list, no shell, words made by this package
            words, env=env, cwd=cwd, input=stdin, timeout=timeout, text=True,
            capture_output=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        result = Result(words, 127, "", f"{words[0]}: not found")
    except subprocess.TimeoutExpired:
        result = Result(words, 124, "", f"no answer within {timeout:.0f} s")
    if check and result.returncode:
        said = (result.stderr or result.stdout).strip()
        raise ClusterError(f"`{' '.join(words)}` failed: {said}")
    return result


def logged(  # noqa: PLR0913  # all but three have a default
    args: Sequence[str | Path],
    log: str,
    step: Step,
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: Path | None = None,
    note: Callable[[str], str] | None = None,
    timeout: float = 3600,
    hint: str = "",
) -> Path:
    """Run a long command; its output goes to a log, whose end is shown when it fails."""
    path = logs() / f"{log}.log"
    words = [str(arg) for arg in args]
    deadline = time.monotonic() + timeout
    with path.open("wb") as out, (stdin or Path(os.devnull)).open("rb") as source:
        child = subprocess.Popen(  # noqa: S603  # a list, no shell, words made by this package
            words, env=env, cwd=cwd, stdin=source, stdout=out, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        try:
            while True:
                try:
                    code = child.wait(0.3)
                    break
                except subprocess.TimeoutExpired:
                    step.tick(note(path.read_text(errors="replace")) if note else "")
                    if time.monotonic() > deadline:
                        raise ClusterError(failure(words, path, "took too long", hint)) from None
        finally:
            if child.poll() is None:
                _end_group(child)
    if code:
        raise ClusterError(failure(words, path, f"exit code {code}", hint))
    return path


def _end_group(child: subprocess.Popen[bytes]) -> None:
    """End a command and what it started; first gently, for the sake of a package manager."""
    for number, seconds in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        with suppress(ProcessLookupError):
            os.killpg(child.pid, number)  # its own session, so its pid is its group's
        with suppress(subprocess.TimeoutExpired):
            child.wait(seconds)
            return


def failure(words: Sequence[str], log: Path, why: str, hint: str) -> str:
    """The message of a failed command: the end of its log, where the log is, what to do."""
    lines = log.read_text(errors="replace").splitlines()[-TAIL:]
    shown = "\n".join(f"  | {text}" for text in lines)
    parts = [f"`{' '.join(words[:3])} …` failed ({why}).", shown, f"The whole log: {log}", hint]
    return "\n".join(part for part in parts if part)


def background(args: Sequence[str | Path], log: Path, env: Mapping[str, str]) -> None:
    """Start a program that outlives this one, in a session of its own."""
    words = ["setsid", "--fork", *(str(arg) for arg in args)]
    with log.open("ab") as out:
        subprocess.run(  # noqa: S603  # a list, no shell, words made by this package
            words, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=True
        )  # fmt: skip
