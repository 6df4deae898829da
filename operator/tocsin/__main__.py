"""Starts Tocsin: `tocsin …` or `python -m tocsin …`."""

from pathlib import Path

from tocsin.cli.app import build_app
from tocsin.cli.explain import Asked


def _run(config: Path) -> int:
    from tocsin.wiring import run  # noqa: PLC0415  # `tocsin --help` must not wait for kopf

    return run(config)


def _explain(asked: Asked) -> int:
    from tocsin.cli.explaining import explain  # noqa: PLC0415  # likewise

    return explain(asked)


def main() -> None:
    """The entry point of the console script."""
    build_app(run=_run, explain=_explain)()


if __name__ == "__main__":
    main()
