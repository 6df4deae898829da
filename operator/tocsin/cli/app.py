"""The command `tocsin`."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from tocsin import __version__


def build_app(run: Callable[[Path], int]) -> typer.Typer:
    """The command line; `run` starts the operator with a configuration file."""
    app = typer.Typer(
        help="Tocsin alerts on machine-learning models that run on Kubernetes.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    @app.command("run")
    def run_command(
        config: Annotated[
            Path,
            typer.Option(help="The operator's configuration file.", dir_okay=False),
        ] = Path("/etc/tocsin/config.yaml"),
    ) -> None:
        """Run the operator: in its pod, or outside the cluster with a kubeconfig."""
        raise typer.Exit(run(config))

    @app.command("version")
    def version_command() -> None:
        """Print the version."""
        typer.echo(__version__)

    return app
