"""Whether two builds of the same landed files hold the same: each table that DuckDB built beside the one that Spark built.

``python -m distributed.parity`` compares the two builds of the data root, table by table; exit code 1 where any row differs. Rows are
compared as wholes and exactly, however often they stand there, in DuckDB alone: Spark's tables are Parquet.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingestion.paths import DataRoot

LAYERS = ("marts", "indicators", "quality", "published")
IN_SPARK = {"HUGEINT": ("BIGINT", "DECIMAL(38,0)"), "UBIGINT": ("BIGINT",), "BIGINT": ("INTEGER",)}
"""Types of DuckDB that stand for the same numbers as one of Spark."""


@dataclass(frozen=True)
class Comparison:
    """What one table has in one build and not in the other."""

    table: str
    rows: int
    missing: int
    """Rows that only DuckDB has."""
    extra: int
    """Rows that only Spark has."""
    differing: tuple[str, ...] = ()
    """Columns of which the values differ, taken one by one; a column that only one build has, too."""
    types: tuple[str, ...] = ()
    """Columns that are of another type, told as ``name: DuckDB's, Spark's``."""

    @property
    def is_equal(self) -> bool:
        return not (self.missing or self.extra or self.differing)

    def sentence(self) -> str:
        if self.is_equal:
            return f"{self.table}: {self.rows:,} rows, equal"
        shown = f" in {', '.join(self.differing)}" if self.differing else ""
        return f"{self.table}: {self.rows:,} rows, {self.missing:,} missing and {self.extra:,} extra on Spark, different{shown}"


def compare(build: Path, tables: Path, layers: tuple[str, ...] = LAYERS) -> Iterator[Comparison]:
    """Compare every table and view of the layers of a DuckDB build with the Parquet below ``tables/<layer>/<table>``."""
    with duckdb.connect() as con:
        con.execute(f"set TimeZone = 'Asia/Vientiane'; attach '{build}' as {build.stem} (read_only)")
        # views of the build name its tables without their database
        con.execute(f"use {build.stem}")
        named = con.execute(
            "select schema_name, table_name from (from duckdb_tables() union all by name select schema_name, view_name as table_name from"
            " duckdb_views()) where list_contains(?, schema_name) order by all",
            [list(layers)],
        ).fetchall()
        for schema, name in named:
            yield _compared(con, f"{schema}.{name}", tables / schema / name)


def _compared(con: duckdb.DuckDBPyConnection, table: str, files: Path) -> Comparison:
    (rows,) = con.execute(f"select count(*) from {table}").fetchone()
    if not any(files.glob("*.parquet")):
        return Comparison(table, rows, missing=rows, extra=0, differing=("the whole table",))
    theirs = f"read_parquet('{files}/*.parquet')"
    our_types, their_types = _types(con, table), _types(con, theirs)
    alone = sorted(our_types.keys() ^ their_types.keys())
    common = [name for name in our_types if name in their_types]
    types = [f"{name}: {our_types[name]}, {their_types[name]}" for name in common if not _same(our_types[name], their_types[name])]
    ours_as = ", ".join(f'"{name}"' for name in common)
    theirs_as = ", ".join(f'cast("{name}" as {our_types[name]}) as "{name}"' for name in common)
    con.execute(f"create or replace temp table a as select {ours_as} from {table}")
    con.execute(f"create or replace temp table b as select {theirs_as} from {theirs}")
    missing, extra = (con.execute(f"select count(*) from (from {x} except all from {y})").fetchone()[0] for x, y in ("ab", "ba"))
    differing = [name for name in common if missing + extra and _differs(con, name)]
    return Comparison(table, rows, missing, extra, tuple([*alone, *differing]), tuple(types))


def _types(con: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    return {name: kind for name, kind, *_ in con.execute(f"describe from {relation}").fetchall()}


def _same(ours: str, theirs: str) -> bool:
    return ours == theirs or theirs in IN_SPARK.get(ours, ())


def _differs(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    one, other = (f'select "{name}" from {table}' for table in "ab")
    (rows,) = con.execute(f"select count(*) from (({one} except all {other}) union all ({other} except all {one}))").fetchone()
    return rows > 0


def main() -> int:
    root = DataRoot.from_env()
    compared = []
    for one in compare(root.build, root.spark):
        compared.append(one)
        print("\n".join([one.sentence(), *(f"  type of {told}" for told in one.types)]), flush=True)
    unequal = [one for one in compared if not one.is_equal]
    print(
        f"\n{len(compared) - len(unequal)} of {len(compared)} tables are equal, {sum(one.rows for one in compared):,} rows in all ({root.spark})"
    )
    return 1 if unequal else 0


if __name__ == "__main__":
    sys.exit(main())
