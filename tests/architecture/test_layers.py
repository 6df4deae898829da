"""The contracts of import-linter hold, and each of them sees what it is there for."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINT = Path(sys.executable).with_name("lint-imports")

PURE, DOWN, APART = (
    "Core is pure",
    "Imports point down only",
    "Adapters do not know each other",
)


class Tree:
    """A copy of the package that mistakes can be planted in."""

    def __init__(self, folder: Path) -> None:
        self.package = folder / "operator" / "tocsin"
        self._folder = folder
        shutil.copytree(
            ROOT / "operator" / "tocsin",
            self.package,
            ignore=shutil.ignore_patterns("__pycache__"),
        )

    def plant(self, path: str, *lines: str) -> None:
        """Write a new module, or add to one that is there."""
        with (self.package / path).open("a", encoding="utf-8") as file:
            file.write("\n" + "\n".join(lines) + "\n")

    def lint(self, contract: str) -> tuple[int, str]:
        """The exit code of lint-imports and what it says of one contract (its id)."""
        result = subprocess.run(  # noqa: S603  # our own command on our own copy
            [LINT, "--no-cache", "--no-logo", "--contract", contract, ROOT / "pyproject.toml"],
            cwd=self._folder / "operator",
            env={"PYTHONPATH": str(self._folder / "operator")},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return result.returncode, result.stdout + result.stderr


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


@pytest.mark.parametrize("contract", ["layers", "adapters", "core"])
def test_the_package_as_it_is_keeps_every_contract(tree: Tree, contract: str) -> None:
    code, said = tree.lint(contract)
    assert code == 0, said
    assert "1 kept, 0 broken" in said


def test_core_may_import_nothing_impure_not_even_late_or_only_for_types(tree: Tree) -> None:
    plain = ("kopf", "aiohttp", "asyncio", "logging", "time", "random", "pydantic", "kubernetes")
    for module in plain:
        tree.plant(f"core/plain_{module}.py", f"import {module}")
    tree.plant("core/late.py", "def f() -> None:", "    import structlog")
    tree.plant(
        "core/typed.py",
        "from typing import TYPE_CHECKING",
        "if TYPE_CHECKING:",
        "    from orjson import loads",
    )
    tree.plant("core/criteria/deep.py", "from os import environ")
    code, said = tree.lint("core")
    assert code != 0
    assert f"{PURE} BROKEN" in said
    for module in plain:
        assert f"tocsin.core.plain_{module} -> {module}" in said
    assert "tocsin.core.late -> structlog" in said
    assert "tocsin.core.typed -> orjson" in said
    assert "tocsin.core.criteria.deep -> os" in said


def test_no_layer_may_import_one_above_it_or_beside_it(tree: Tree) -> None:
    upward = {
        ("core", "engine.engine"),
        ("core", "ports"),
        ("api", "engine.engine"),
        ("engine", "adapters.clock"),
        ("adapters", "engine.engine"),
        ("handlers", "wiring"),
        ("web", "handlers.tap"),
        ("cli", "wiring"),
    }
    for layer, target in upward:
        parent, _, name = f"tocsin.{target}".rpartition(".")
        module = f"planted_{target.replace('.', '_')}"
        tree.plant(f"{layer}/{module}.py", f"from {parent} import {name}")
    tree.plant("ports/__init__.py", "from tocsin.web import pages")
    code, said = tree.lint("layers")
    assert code != 0
    assert f"{DOWN} BROKEN" in said
    for layer, target in upward:
        module = f"planted_{target.replace('.', '_')}"
        assert f"tocsin.{layer}.{module} -> tocsin.{target}" in said
    assert "tocsin.ports -> tocsin.web.pages" in said


def test_a_module_in_no_layer_is_found(tree: Tree) -> None:
    tree.plant("stray.py", "x = 1")
    code, said = tree.lint("layers")
    assert code != 0
    assert f"{DOWN} BROKEN" in said
    assert "stray" in said


def test_no_adapter_may_import_another(tree: Tree) -> None:
    tree.plant("adapters/metrics.py", "from tocsin.adapters.clock import SystemClock")
    tree.plant("adapters/kube/planted.py", "import tocsin.adapters.prometheus.reading")
    code, said = tree.lint("adapters")
    assert code != 0
    assert f"{APART} BROKEN" in said
    assert "tocsin.adapters.metrics -> tocsin.adapters.clock" in said
    assert "tocsin.adapters.kube.planted -> tocsin.adapters.prometheus.reading" in said
