"""Programs that run beside a measurement, and what they take of the machine."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.errors import BenchError
from e2e.tools import ROOT

_TICKS = os.sysconf("SC_CLK_TCK")


class Program:
    """A program that runs; it can be written to and read from, line by line."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self._process = process
        self._log = log

    def cpu(self) -> float:
        """Seconds of CPU since its start, its own and the kernel's for it."""
        stat = self._proc("stat").rsplit(") ", 1)[1].split()
        return (int(stat[11]) + int(stat[12])) / _TICKS

    def rss_mib(self) -> float:
        """Memory that it holds now, in MiB."""
        return self._status("VmRSS")

    def peak_mib(self) -> float:
        """The most memory that it held since its start, in MiB."""
        return self._status("VmHWM")

    def say(self, line: str) -> str:
        """Write a line to it; the line that it answers with."""
        if not (self._process.stdin and self._process.stdout):
            raise ValueError("it was not started to be spoken to")
        with suppress(BrokenPipeError):
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()
        if answer := self._process.stdout.readline():
            return answer
        raise BenchError(f"a program has ended: {self._log.read_text()[-2000:]}")

    def _status(self, name: str) -> float:
        lines = dict(line.split(":", 1) for line in self._proc("status").splitlines())
        return int(lines[name].split()[0]) / 1024

    def _proc(self, file: str) -> str:
        return Path(f"/proc/{self._process.pid}/{file}").read_text()


@contextmanager
def running(words: Sequence[str | Path], log: Path, **variables: str) -> Iterator[Program]:
    """A program while this lasts; what it says on stderr goes to `log`."""
    env = {**os.environ, "PYTHONPATH": f"{ROOT / 'operator'}:{ROOT}", **variables}
    with log.open("w") as stderr:
        process = subprocess.Popen(  # noqa: S603  # a list, no shell, words made by the benches
            [str(word) for word in words], env=env, text=True, cwd=log.parent,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr,
        )  # fmt: skip
        with process:
            try:
                yield Program(process, log)
            finally:
                process.kill()


def python(module: str, *args: str) -> list[str]:
    """The words that run a module of this checkout."""
    return [sys.executable, "-m", module, *args]


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def fetch(url: str, *, post: bool = False) -> str:
    """The body of an answer on loopback."""
    request = urllib.request.Request(url, method="POST" if post else "GET")  # noqa: S310  # http
    with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310  # loopback
        body: bytes = answer.read()
        return body.decode()


def total(page: str, name: str, having: str = "") -> float:
    """The sum of a metric on a metrics page, of the series whose labels have this text."""
    lines = (line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))
    return sum(
        float(value) for key, value in lines if key.partition("{")[0] == name and having in key
    )
