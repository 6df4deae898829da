"""`tocsin scenario`: options and output. What is played, and how, is in `scenarios`."""

from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from tocsin.cli.outcomes import Outcome, to_json
from tocsin.cli.output import ExitCode, Output

#: Plays the scenarios in files and folders.
PlayAll = Callable[[Sequence[str]], list[Outcome]]


def add_scenario(app: typer.Typer, play_all: PlayAll) -> None:
    """Add the command to `app`."""

    @app.command("scenario")
    def scenario_command(
        files: Annotated[
            list[str],
            typer.Argument(
                metavar="FILE|DIR|-",
                help="Scenarios as YAML, folders of them, or - for standard input.",
                show_default=False,
            ),
        ],
        output: Annotated[
            Output, typer.Option("--output", "-o", help="Lines of text, or a JSON object.")
        ] = Output.TEXT,
    ) -> None:
        """Play scenarios: who would be told what, and when, by routes and silences.

        Time is stepped, nobody is told, and no cluster is needed. Ends with 0 if all went as the
        scenarios expect, 1 if not, and 2 if a file cannot be read.
        """
        outcomes = play_all(files)
        if output is Output.JSON:
            typer.echo(to_json(outcomes))
        else:
            for outcome in outcomes:
                typer.echo(str(outcome))
        if any(outcome.problem for outcome in outcomes):
            raise typer.Exit(ExitCode.USAGE)
        if any(outcome.differences for outcome in outcomes):
            raise typer.Exit(ExitCode.PROBLEMS)
