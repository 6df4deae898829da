"""The shape of the source tree: what linters do not look at."""

from pathlib import Path

import pytest

OPERATOR = Path(__file__).parents[2] / "operator"
PACKAGE = OPERATOR / "tocsin"
MODULES = sorted(PACKAGE.rglob("*.py"))
LIMIT = 300


def test_every_folder_is_a_package_or_import_linter_would_skip_it() -> None:
    folders = {path.parent for path in MODULES}
    assert [str(f) for f in sorted(folders) if not (f / "__init__.py").is_file()] == []


@pytest.mark.parametrize("name", ["__init__.py", "operator.py"])
def test_the_source_root_does_not_hide_the_operator_of_the_standard_library(name: str) -> None:
    assert not (OPERATOR / name).exists()


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"util", "utils", "helper", "helpers", "misc", "common"}
    assert [str(m) for m in MODULES if {m.stem, m.parent.name} & drawers] == []


def test_no_file_is_longer_than_one_reads() -> None:
    long = {str(m): n for m in MODULES if (n := len(m.read_text().splitlines())) > LIMIT}
    assert long == {}
