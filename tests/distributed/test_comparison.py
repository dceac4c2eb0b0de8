"""Two builds are compared row by row: what differs is told, and nothing but the last bits of a double is forgiven."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from distributed.spark.parity import Comparison, compare

ROWS = "select 1 as k, cast(2.50 as decimal(18, 2)) as amount, 0.1::double + 0.2 as share, 'ກ' as name union all select 2, null, null, null"


def compared(tmp_path: Path, theirs: str, ours: str = ROWS) -> Comparison:
    """One table as DuckDB built it, and as Spark left it."""
    build, folder = tmp_path / "warehouse.duckdb", tmp_path / "spark" / "marts" / "fct_thing"
    folder.mkdir(parents=True)
    with duckdb.connect(str(build)) as con:
        con.execute(f"create schema marts; create table marts.fct_thing as {ours}")
        con.execute(f"copy ({theirs}) to '{folder}/part.parquet'")
    (one,) = compare(build, tmp_path / "spark", ("marts",))
    return one


def test_equal_rows_are_equal_in_any_order(tmp_path: Path) -> None:
    one = compared(tmp_path, f"from ({ROWS}) order by k desc")
    assert one.is_equal and one.sentence() == "marts.fct_thing: 2 rows, equal"


def test_a_row_that_stands_there_twice_is_one_too_many(tmp_path: Path) -> None:
    one = compared(tmp_path, f"{ROWS} union all from ({ROWS}) where k = 2")
    assert (one.missing, one.extra, one.is_equal) == (0, 1, False)


@pytest.mark.parametrize(("column", "value"), [("amount", "2.51"), ("name", "'ຂ'"), ("share", "0.31::double"), ("k", "3")])
def test_a_changed_value_is_found_and_named(tmp_path: Path, column: str, value: str) -> None:
    one = compared(tmp_path, f"select * replace (if(k = 1, {value}, {column}) as {column}) from ({ROWS})")
    assert not one.is_equal
    assert one.differing == (column,)


def test_the_last_bits_of_a_double_are_told_and_forgiven(tmp_path: Path) -> None:
    one = compared(tmp_path, f"select * replace (if(k = 1, 0.3::double, share) as share) from ({ROWS})")
    assert one.is_equal and one.differing == ("share",)
    assert 0 < one.relative < 1e-15


def test_a_null_is_no_small_difference(tmp_path: Path) -> None:
    assert not compared(tmp_path, f"select * replace (cast(null as double) as share) from ({ROWS})").is_equal


def test_a_column_or_a_table_that_is_not_there_is_a_difference(tmp_path: Path) -> None:
    one = compared(tmp_path, f"select * exclude (name) from ({ROWS})")
    assert not one.is_equal and "name" in one.sentence()
    (tmp_path / "spark" / "marts" / "fct_thing" / "part.parquet").unlink()
    (none,) = compare(tmp_path / "warehouse.duckdb", tmp_path / "spark", ("marts",))
    assert not none.is_equal and none.missing == 2


def test_another_type_is_a_difference(tmp_path: Path) -> None:
    one = compared(tmp_path, f"select * replace (cast(amount as double) as amount) from ({ROWS})")
    assert not one.is_equal
    assert one.types == ("amount: DECIMAL(18,2), DOUBLE",)


def test_columns_that_folders_tell_are_compared_as_well(tmp_path: Path) -> None:
    build, folder = tmp_path / "warehouse.duckdb", tmp_path / "spark" / "marts" / "fct_thing"
    folder.mkdir(parents=True)
    with duckdb.connect(str(build)) as con:
        con.execute("create schema marts; create table marts.fct_thing as select 1 as k, '007' as _part union all select 2, '008'")
        con.execute(f"copy marts.fct_thing to '{folder}' (format parquet, partition_by (_part))")
    (one,) = compare(build, tmp_path / "spark", ("marts",))
    assert one.is_equal and one.types == ()
    (folder / "_part=008").rename(folder / "_part=009")
    (other,) = compare(build, tmp_path / "spark", ("marts",))
    assert not other.is_equal and other.differing == ("_part",)
