"""`tocsin baseline`: from a file of training data to a ConfigMap."""

import csv
import io
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow  # type: ignore[import-untyped]  # has no types
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from typer.testing import CliRunner

from tocsin.__main__ import app
from tocsin.api.baseline import Feature, read_baseline
from tocsin.cli.baselines.columns import Column, counted, quantiles
from tocsin.core.statistics.histograms import Counts

Write = Callable[..., Path]

LOANS = "age,purpose,note\n" + "".join(
    f"{20 + n},{'car' if n % 4 else 'house'},note {n}\n" for n in range(1200)
)


class Outcome:
    """What a run of the command printed, and its exit code."""

    def __init__(self, *arguments: str | Path) -> None:
        result = CliRunner().invoke(app(), ["baseline", *map(str, arguments)])
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr

    @property
    def object(self) -> dict[str, Any]:
        assert self.code == 0, self.err
        loaded: dict[str, Any] = yaml.safe_load(self.out)
        return loaded

    @property
    def features(self) -> dict[str, Feature]:
        stored = read_baseline(self.object["data"])
        assert stored.problems == ()
        return dict(stored.features)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str | bytes, name: str = "Loans 2024.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_numbers_are_counted_by_tenths_and_texts_by_category(write: Write) -> None:
    outcome = Outcome(write(LOANS))
    assert outcome.object["kind"] == "ConfigMap"
    assert outcome.object["metadata"] == {"name": "loans-2024-baseline"}
    edges = tuple(139.0 + 120 * part for part in range(9))
    assert outcome.features == {
        "age": Counts(edges, (120.0,) * 10),
        "purpose": {"car": 900.0, "house": 300.0},
    }
    assert outcome.err == ("note: left out: it is empty, or has more than 1000 different texts\n")


def test_edges_are_those_of_the_model_servers_histogram(write: Write) -> None:
    file = write("a,b\n1,1\n2,2\n3,3\n")
    by_name = Outcome(file, "--edges", "a=1,2.5,+Inf", "--edges", "2").features
    assert by_name == {"a": Counts((1, 2.5), (1, 1, 1)), "b": Counts((2,), (2, 1))}


def test_name_namespace_features_and_bins_are_as_asked(write: Write) -> None:
    file = write("a,b\n" + "".join(f"{n},{n}\n" for n in range(100)))
    outcome = Outcome(file, "--name", "x", "-n", "fraud", "--features", "b", "--bins", "4")
    assert outcome.object["metadata"] == {"name": "x", "namespace": "fraud"}
    assert outcome.features == {"b": Counts((24, 49, 74), (25, 25, 25, 25))}


def test_cells_without_a_value_are_not_counted(write: Write) -> None:
    file = write("number;text\n1;x\n;\nNaN;y\nnull;x\n2;NA\n")
    assert Outcome(file).features == {
        "number": Counts((1,), (1, 1)),
        "text": {"x": 2.0, "y": 1.0, "NA": 1.0},
    }


def test_a_number_that_never_changes_has_one_edge(write: Write) -> None:
    assert Outcome(write("a\n7\n7\n")).features == {"a": Counts((7,), (2, 0))}


def test_a_byte_order_mark_is_no_part_of_a_name(write: Write) -> None:
    assert [*Outcome(write("\ufeffa,b\n1,2\n")).features] == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "arguments", "code", "said"),
    [
        ("", (), 2, "has no columns: the first line has to name them"),
        ("a,a\n1,2\n", (), 2, '"a" names two columns'),
        ("a,\n1,2\n", (), 2, "a column has no name"),
        ("a,b\n1,2\n1,2,3\n", (), 2, "data.csv:3: has 3 cells, and the first line has 2"),
        (b"a,b\n\xff\xfe,1\n", (), 2, "neither Parquet nor CSV in UTF-8"),
        ('a\n"1"2\n', (), 2, "is not CSV"),
        (b"PAR1 and nothing of it", (), 2, "is not Parquet"),
        ("a,b\n1,2\n", ("--features", "a,c"), 2, "has no column c: it has a, b"),
        ("a\n1\n", ("--edges", "1,x"), 2, "write numbers, as 1,2.5,10"),
        ("a\n1\n", ("--edges", "2,1"), 2, "numbers that ascend"),
        ("a\n1\n", ("--edges", "+Inf"), 2, "numbers that ascend"),
        ("a\n1\n", ("--edges", "b=1"), 2, "--edges names the column b, which is not read"),
        ("a\n1\n", ("--name", "No Name"), 2, '--name "No Name": write small letters'),
        ("a\n1\n", ("--bins", "1"), 2, "--bins"),
        ("a,b\n,\n", (), 1, "a: left out: it is empty"),
        ("a\ninf\n-inf\n", (), 1, "none of its numbers is finite"),
    ],
)
def test_what_cannot_be_made_says_why(
    write: Write, content: str | bytes, arguments: tuple[str, ...], code: int, said: str
) -> None:
    outcome = Outcome(write(content, "data.csv"), *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert said in outcome.err


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    outcome = Outcome(tmp_path / "absent.csv")
    assert (outcome.code, outcome.out) == (2, "")
    assert "the file cannot be read: No such file" in outcome.err


def test_more_than_a_config_map_holds_is_said(write: Write) -> None:
    columns = 60
    rows = [",".join(f"c{n}" for n in range(columns))]
    rows += [",".join([f"{row:0100}x"] * columns) for row in range(300)]
    outcome = Outcome(write("\n".join(rows)))
    assert (outcome.code, outcome.out) == (1, "")
    assert "a ConfigMap holds 1048576: choose columns with --features" in outcome.err


def table(path: Path) -> Path:
    parquet.write_table(
        pyarrow.table(
            {
                "age": [30, None, 50],
                "price": [Decimal("1.50"), Decimal("2.50"), Decimal("2.50")],
                "zip": ["01234", "01234", None],
                "member": [True, False, True],
                "since": [date(2024, 1, 1)] * 3,
            }
        ),
        path,
    )
    return path


def test_parquet_says_itself_what_is_number_and_what_is_text(tmp_path: Path) -> None:
    outcome = Outcome(table(tmp_path / "loans.parquet"))
    assert outcome.features == {
        "age": Counts((30,), (1, 1)),
        "price": Counts((1.5,), (1, 2)),
        "zip": {"01234": 2.0},
        "member": {"true": 2.0, "false": 1.0},
    }
    assert outcome.err == "since: left out: it holds neither numbers nor text\n"


def test_parquet_without_pyarrow_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = table(tmp_path / "loans.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    outcome = Outcome(file)
    assert outcome.code == 2
    assert "pip install 'tocsin[parquet]', or write the data as CSV" in outcome.err


numbers = st.lists(st.floats(allow_nan=False), min_size=1, max_size=200)


@given(numbers, st.integers(2, 20))
def test_edges_ascend_and_no_number_is_lost(values: list[float], bins: int) -> None:
    edges = quantiles(values, bins)
    assert list(edges) == sorted(set(edges))
    assert len(edges) < bins
    assert counted(values, edges).total == len(values)


@given(st.sets(st.integers(0, 99_999), min_size=40, max_size=200), st.integers(2, 20))
def test_bins_of_different_numbers_are_about_equally_full(values: set[int], bins: int) -> None:
    counts = counted([*map(float, values)], quantiles([*map(float, values)], bins)).counts
    assert len(counts) == bins
    assert max(counts) - min(counts) <= 2


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=1, max_size=30))
def test_no_text_is_lost(cells: list[str]) -> None:
    column, file = Column(), io.StringIO()
    csv.writer(file).writerows([cell] for cell in cells)
    for row in csv.reader(io.StringIO(file.getvalue())):
        column.add_cell(row[0] if row else "")
    if not column.numbers:
        assert column.categories == {text: n for text, n in Counter(cells).items() if text}
