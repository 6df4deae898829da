"""The command `tocsin`: each of its commands has a file of its own beside this one."""

import typer

from tocsin import __version__
from tocsin.cli.baseline import MakeBaseline, add_baseline
from tocsin.cli.explain import Explain, add_explain
from tocsin.cli.run import Run, add_run
from tocsin.cli.scenario import PlayAll, add_scenario
from tocsin.cli.validate import Validate, add_validate


def build_app(
    *, run: Run, explain: Explain, validate: Validate, play_all: PlayAll, baseline: MakeBaseline
) -> typer.Typer:
    """The command line, given what its commands do."""
    app = typer.Typer(
        help="Tocsin alerts on machine-learning models that run on Kubernetes.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    add_run(app, run)
    add_explain(app, explain)
    add_validate(app, validate)
    add_scenario(app, play_all)
    add_baseline(app, baseline)

    @app.command("version")
    def version_command() -> None:
        """Print the version."""
        typer.echo(__version__)

    return app
