"""Reads tables into columns: CSV, and Parquet where pyarrow is installed."""

import csv
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tocsin.cli.baseline import BaselineError
from tocsin.cli.baselines.columns import Column

if TYPE_CHECKING:
    from io import TextIOWrapper

_MAGIC = b"PAR1"
_ROWS = 65_536


def read_table(file: Path, wanted: Sequence[str]) -> dict[str, Column | None]:
    """The columns of a file, or those that are wanted; None for one of neither numbers nor text.

    Raises:
        BaselineError: the file cannot be read, or has not all that is wanted.
    """
    try:
        with file.open("rb") as head:
            parquet = head.read(len(_MAGIC)) == _MAGIC
        return _parquet(file, wanted) if parquet else _csv(file, wanted)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BaselineError(f"{file}: the file cannot be read: {reason}") from error


def _csv(file: Path, wanted: Sequence[str]) -> dict[str, Column | None]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        try:
            return _rows(file, lines, wanted)
        except UnicodeDecodeError as error:
            raise BaselineError(f"{file}: is neither Parquet nor CSV in UTF-8") from error
        except csv.Error as error:
            raise BaselineError(f"{file}: is not CSV: {error}") from error


def _rows(file: Path, lines: "TextIOWrapper", wanted: Sequence[str]) -> dict[str, Column | None]:
    first = lines.readline()
    lines.seek(0)
    delimiter = next((sign for sign in ",;\t" if sign in first), ",")
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    header = next(rows, [])
    names = _chosen(file, header, wanted)
    columns = [(header.index(name), Column()) for name in names]
    for row in rows:
        if not row:
            continue
        if len(row) != len(header):
            raise BaselineError(
                f"{file}:{rows.line_num}: has {len(row)} cells, and the first line has "
                f"{len(header)}: put cells with a {delimiter!r} in them into quotes"
            )
        for at, column in columns:
            column.add_cell(row[at])
    return dict(zip(names, (column for _, column in columns), strict=True))


def _chosen(file: Path, header: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The names of the columns to read, once it is clear which they are."""
    if not any(header):
        raise BaselineError(f"{file}: has no columns: the first line has to name them")
    for name in header:
        if not name or header.count(name) > 1:
            shown = f'"{name}" names two columns' if name else "a column has no name"
            raise BaselineError(f"{file}: {shown}: give each one of its own in the first line")
    if missing := [name for name in wanted if name not in header]:
        shown = ", ".join(missing)
        raise BaselineError(f"{file}: has no column {shown}: it has {', '.join(header)}")
    return list(dict.fromkeys(wanted)) or list(header)


def _parquet(file: Path, wanted: Sequence[str]) -> dict[str, Column | None]:
    try:
        import pyarrow  # type: ignore[import-untyped] # noqa: PLC0415  # optional; has no types
        from pyarrow import parquet  # noqa: PLC0415  # as above
    except ImportError as error:
        raise BaselineError(
            f"{file}: reading Parquet needs pyarrow: pip install 'tocsin[parquet]', "
            "or write the data as CSV"
        ) from error
    try:
        with parquet.ParquetFile(file) as table:
            names = _chosen(file, table.schema_arrow.names, wanted)
            columns: dict[str, Column | None] = {name: Column() for name in names}
            for batch in table.iter_batches(_ROWS, columns=names):
                for name in names:
                    columns[name] = _added(columns[name], batch.column(name).to_pylist())
            return columns
    except pyarrow.ArrowException as error:
        raise BaselineError(f"{file}: is not Parquet: {error}") from error


def _added(column: Column | None, values: list[Any]) -> Column | None:
    """The column with the values, of which None is missing."""
    for value in values:
        if column is None or value is None:
            continue
        if isinstance(value, bool):
            column.add_text(str(value).lower())
        elif isinstance(value, int | float | Decimal):
            column.add_number(float(value))
        elif isinstance(value, str):
            column.add_text(value)
        else:
            return None
    return column
