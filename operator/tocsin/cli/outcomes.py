"""What came of playing a scenario."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Outcome:
    """A scenario that was played: what was told, line by line, and what differs.

    `problem` says why it could not be played.
    """

    file: str
    name: str = ""
    told: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    problem: str = ""

    def __str__(self) -> str:
        if self.problem:
            return f"{self.file}: {self.problem}"
        verdict = "differs" if self.differences else "ok"
        lines = [f"{self.file}: {verdict}: {self.name}"]
        if self.differences:
            lines += [f"  {line}" for line in self.differences]
            lines += ["  told was:"] + [f"    {line}" for line in self.told or ("nothing",)]
        return "\n".join(lines)


def to_json(outcomes: Sequence[Outcome]) -> str:
    """All outcomes as a JSON object."""
    return json.dumps({"scenarios": [asdict(one) for one in outcomes]}, indent=2)
