"""Runs `tocsin validate` as the command line does, on a small rule that is good but for a line."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from tocsin.__main__ import app

RULE = """\
apiVersion: tocsin.dev/v1alpha1
kind: MLAlertRule
metadata:
  name: errors
spec:
  severity: high
  criterion:
    threshold:
      metric:
        prometheus:
          query: rate(errors[5m])
        unit: Ratio
      above: 20%
"""
LINES = RULE.splitlines()


class Outcome:
    """What a run of the command printed, and its exit code."""

    def __init__(self, *arguments: str | Path, stdin: str = "", color: bool = False) -> None:
        result = CliRunner().invoke(app(), ["validate", *map(str, arguments)], stdin, color=color)
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


def with_line(number: int, line: str) -> str:
    """RULE with another line at `number`, which counts from 1."""
    return "\n".join([*LINES[: number - 1], line, *LINES[number:]]) + "\n"


def problems(text: str) -> list[dict[str, Any]]:
    outcome = Outcome("-", "-o", "json", stdin=text)
    found: list[dict[str, Any]] = json.loads(outcome.out)["problems"]
    return found


def the_problem(text: str) -> dict[str, Any]:
    (problem,) = problems(text)
    return problem
