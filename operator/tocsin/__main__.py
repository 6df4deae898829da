"""Starts Tocsin: `tocsin …` or `python -m tocsin …`.

What commands do is imported here, and only when they do it: `tocsin --help` has to answer at once
and does not wait for kopf, the Kubernetes client or pydantic.
"""

from collections.abc import Sequence
from pathlib import Path

import typer

from tocsin.cli.app import build_app
from tocsin.cli.baseline import BaselineAsked, BaselineMade
from tocsin.cli.explain import Asked
from tocsin.cli.outcomes import Outcome
from tocsin.cli.report import Report


def _run(config: Path) -> int:
    from tocsin.wiring import run  # noqa: PLC0415  # see above

    return run(config)


def _explain(asked: Asked) -> int:
    from tocsin.cli.explaining import explain  # noqa: PLC0415  # see above

    return explain(asked)


def _validate(names: Sequence[str], config: Path | None) -> Report:
    from tocsin.adapters.receivers import VARIABLES  # noqa: PLC0415  # see above
    from tocsin.adapters.templates import GoTemplates  # noqa: PLC0415  # see above
    from tocsin.cli.checks import Renderers, validate  # noqa: PLC0415  # see above

    renderers = Renderers(rules=GoTemplates(), receivers=GoTemplates(variables=VARIABLES))
    return validate(names, config, renderers)


def _play_all(names: Sequence[str]) -> list[Outcome]:
    from tocsin.adapters.templates import GoTemplates  # noqa: PLC0415  # see above
    from tocsin.api.settings import Defaults  # noqa: PLC0415  # see above
    from tocsin.cli.scenarios.command import play_files  # noqa: PLC0415  # see above
    from tocsin.web.logs import set_up_logs  # noqa: PLC0415  # see above

    set_up_logs("error", "scenario")
    return play_files(names, Defaults().timing, GoTemplates())


def _baseline(asked: BaselineAsked) -> BaselineMade:
    from tocsin.cli.baselines import make  # noqa: PLC0415  # see above

    return make(asked)


def app() -> typer.Typer:
    """The command line with all that its commands do."""
    return build_app(
        run=_run, explain=_explain, validate=_validate, play_all=_play_all, baseline=_baseline
    )


def main() -> None:
    """The entry point of the console script."""
    app()()


if __name__ == "__main__":
    main()
