"""`tocsin baseline`: options and output. What is counted, and how, is in `baselines`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from tocsin.cli.output import ExitCode


@dataclass(frozen=True)
class BaselineAsked:
    """What is to be made of a file; empty texts stand for what follows from the file."""

    file: Path
    name: str = ""
    namespace: str = ""
    features: tuple[str, ...] = ()
    bins: int = 10
    edges: tuple[str, ...] = ()


@dataclass(frozen=True)
class BaselineMade:
    """The ConfigMap as YAML, and what people should know of it."""

    text: str
    notes: tuple[str, ...] = ()


#: Makes a ConfigMap of a file of training data.
MakeBaseline = Callable[[BaselineAsked], BaselineMade]


class BaselineError(Exception):
    """There is no baseline; the message says why and what to do."""

    def __init__(self, message: str, code: ExitCode = ExitCode.USAGE) -> None:
        super().__init__(message)
        self.code = code


def add_baseline(app: typer.Typer, make: MakeBaseline) -> None:
    """Add the command to `app`."""

    @app.command("baseline")
    def baseline_command(
        file: Annotated[
            Path,
            typer.Argument(
                metavar="FILE", help="Training data: CSV, or Parquet.", show_default=False
            ),
        ],
        name: Annotated[
            str, typer.Option(help="The ConfigMap's name; without it, made of the file's.")
        ] = "",
        namespace: Annotated[
            str, typer.Option("--namespace", "-n", help="The ConfigMap's namespace.")
        ] = "",
        features: Annotated[
            str, typer.Option(help="Columns to count, as A,B,C; without it all.")
        ] = "",
        bins: Annotated[
            int, typer.Option(help="Bins with equally many values each.", min=2, max=100)
        ] = 10,
        edges: Annotated[
            list[str] | None,
            typer.Option(
                metavar="[NAME=]A,B,C",
                help="Upper bounds of bins, as the model server's le: of a column, or of all.",
            ),
        ] = None,
    ) -> None:
        """Count training data, as a ConfigMap that drift is measured against.

        Columns of numbers are counted between edges, columns of text by category. The ConfigMap
        goes to standard output, what was left out to standard error. Ends with 0, 1 if there is
        nothing to count or too much, and 2 if it was called wrongly or the file cannot be read.
        """
        wanted = tuple(part.strip() for part in features.split(",") if part.strip())
        try:
            made = make(BaselineAsked(file, name, namespace, wanted, bins, tuple(edges or ())))
        except BaselineError as error:
            typer.echo(error, err=True)
            raise typer.Exit(error.code) from error
        for note in made.notes:
            typer.echo(note, err=True)
        typer.echo(made.text, nl=False)
