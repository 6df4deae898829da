"""The table of states in docs/concepts/alert-life.md, made of the code's own.

`.venv/bin/python tests/docs/states.py` writes it into the page.
"""

from pathlib import Path

from tocsin.core.states import MOVES, State
from tocsin.core.verdicts import Verdict

PAGE = Path(__file__).parents[2] / "docs" / "concepts" / "alert-life.md"
BEGIN, END = "<!-- states: begin -->\n", "<!-- states: end -->\n"


def table() -> str:
    """States in rows, verdicts in columns, and what a verdict does to an alert."""
    header = "| |" + "".join(f" `{verdict}` |" for verdict in Verdict)
    rows = [
        f"| {state} |" + "".join(f" {moves[verdict].name} |" for verdict in Verdict)
        for state, moves in MOVES.items()
        if state is not State.RESOLVED  # the same row as Inactive, and stored nowhere
    ]
    return "\n".join([header, "|---" * (len(Verdict) + 1) + "|", *rows, ""])


def written(page: str) -> str:
    """What stands between the markers of the page."""
    return page.partition(BEGIN)[2].partition(END)[0]


def main() -> None:
    """Write the table into the page."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page.replace(BEGIN + written(page), BEGIN + table()), encoding="utf-8")


if __name__ == "__main__":
    main()
