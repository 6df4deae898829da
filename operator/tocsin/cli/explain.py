"""`tocsin explain`: why a rule fires or does not, on the terminal."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import typer

from tocsin.cli.output import Output


@dataclass(frozen=True)
class Asked:
    """What is asked, and of which operator."""

    rule: str
    workload: str
    url: str
    service: str
    output: Output


#: Prints what was asked for; the exit code.
Explain = Callable[[Asked], int]


def add_explain(app: typer.Typer, explain: Explain) -> None:
    """Add the command, given what it does."""

    @app.command("explain", epilog="Exits with 0, or 1: no such rule or workload, 2: wrong usage, "
                                   "3: the operator cannot be reached.")  # fmt: skip
    def explain_command(
        rule: Annotated[
            str,
            typer.Argument(help="NAMESPACE/NAME, or NAME with -n; none: all rules."),
        ] = "",
        workload: Annotated[
            str, typer.Option("--workload", "-w", help="KIND/NAME or NAME: only this one.")
        ] = "",
        namespace: Annotated[
            str, typer.Option("--namespace", "-n", help="The rule's namespace.")
        ] = "",
        url: Annotated[
            str,
            typer.Option(
                envvar="TOCSIN_URL",
                help="Where the operator listens; else it is found by the kubeconfig.",
            ),
        ] = "",
        service: Annotated[
            str,
            typer.Option(envvar="TOCSIN_SERVICE", help="The operator's Service: NAMESPACE/NAME."),
        ] = "tocsin-system/tocsin",
        output: Annotated[Output, typer.Option("--output", "-o", help="How it is printed.")] = (
            Output.TEXT
        ),
    ) -> None:
        """Tell why a rule fires or does not, and what comes next."""
        if namespace and rule and "/" not in rule:
            rule = f"{namespace}/{rule}"
        if workload and not rule:
            raise typer.BadParameter("name the rule, too", param_hint="--workload")
        if service.count("/") != 1:
            raise typer.BadParameter("write NAMESPACE/NAME", param_hint="--service")
        raise typer.Exit(explain(Asked(rule, workload, url, service, output)))
