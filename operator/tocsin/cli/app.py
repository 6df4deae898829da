"""The command `tocsin`."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from tocsin import __version__
from tocsin.cli.explain import Explain, add_explain


def build_app(*, run: Callable[[Path], int], explain: Explain) -> typer.Typer:
    """The command line, given what its commands do."""
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

    add_explain(app, explain)

    @app.command("version")
    def version_command() -> None:
        """Print the version."""
        typer.echo(__version__)

    return app
