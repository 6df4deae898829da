"""`tocsin validate`: options and output. What is checked, and how, is in `checks`."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from tocsin.cli.output import ExitCode, Output
from tocsin.cli.report import Report, Severity

#: Checks files, folders and `-`; with a configuration file also the names of sources in it.
#: A ConfigError says why that file cannot be used.
Validate = Callable[[Sequence[str], Path | None], Report]

_COLORS = {Severity.ERROR: typer.colors.RED, Severity.WARNING: typer.colors.YELLOW}


class ConfigError(Exception):
    """The configuration file cannot be used; the message says why."""


def add_validate(app: typer.Typer, validate: Validate) -> None:
    """Add the command to `app`."""

    @app.command("validate")
    def validate_command(
        files: Annotated[
            list[str],
            typer.Argument(
                metavar="FILE|DIR|-",
                help="YAML or JSON files, folders of them, or - for standard input.",
                show_default=False,
            ),
        ],
        config: Annotated[
            Path | None,
            typer.Option(
                help="The operator's configuration file: rules may name its sources only.",
                dir_okay=False,
            ),
        ] = None,
        output: Annotated[
            Output, typer.Option("--output", "-o", help="Lines of text, or a JSON object.")
        ] = Output.TEXT,
        strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors.")] = False,
    ) -> None:
        """Check rules, routes and silences in files, without a cluster.

        Finds what the API server and the operator would refuse, and what Helm and GitOps tools
        would drop without a word. Ends with 0 if nothing is wrong, 1 if there are errors, and 2 if
        it was called wrongly or a file cannot be read.
        """
        try:
            report = validate(files, config)
        except ConfigError as error:
            typer.echo(error, err=True)
            raise typer.Exit(ExitCode.USAGE) from error
        _show(report, output)
        raise typer.Exit(report.exit_code(strict=strict))


def _show(report: Report, output: Output) -> None:
    """Findings go to standard output, as compilers write them; the summary to standard error."""
    if output is Output.JSON:
        typer.echo(report.to_json())
        return
    for finding in report.findings:
        typer.echo(_colored(str(finding), finding.severity))
    style = "bold green"
    if report.count(Severity.WARNING) or report.is_empty:
        style = "bold yellow"
    if report.exit_code(strict=False) is not ExitCode.OK:
        style = "bold red"
    Console(stderr=True).print(Text(report.summary(), style=style), soft_wrap=True)


def _colored(line: str, severity: Severity) -> str:
    """The severity in color; typer takes colors out where no terminal reads."""
    before, mark, after = line.partition(f": {severity}: ")
    if not mark:
        return line
    return f"{before}: {typer.style(severity.value, fg=_COLORS[severity], bold=True)}: {after}"
