"""Starts Tocsin: `tocsin …` or `python -m tocsin …`."""

from pathlib import Path

from tocsin.cli.app import build_app


def _run(config: Path) -> int:
    from tocsin.wiring import run  # noqa: PLC0415  # `tocsin --help` must not wait for kopf

    return run(config)


def main() -> None:
    """The entry point of the console script."""
    build_app(_run)()


if __name__ == "__main__":
    main()
