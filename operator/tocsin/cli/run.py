"""`tocsin run`."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

#: Runs the operator with a configuration file; the exit code of the process.
Run = Callable[[Path], int]


def add_run(app: typer.Typer, run: Run) -> None:
    """Add the command to `app`."""

    @app.command("run")
    def run_command(
        config: Annotated[
            Path,
            typer.Option(help="The operator's configuration file.", dir_okay=False),
        ] = Path("/etc/tocsin/config.yaml"),
    ) -> None:
        """Run the operator: in its pod, or outside the cluster with a kubeconfig."""
        raise typer.Exit(run(config))
