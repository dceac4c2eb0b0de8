"""Whether two builds of the same landed files hold the same: each table that DuckDB built beside the one that Spark built.

``python -m distributed.spark.parity`` compares the two builds of the data root, table by table; exit code 1 where any row differs. Rows are
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
APART = {"_load_key"}
"""Columns that are not compared: the load unit of converted amounts is a hash of exchange rates as text, and the engines write doubles
in different words (4.6e-05, 4.6E-5). It tells one engine's nights apart and has no meaning beside another's."""
LAST_BITS = 1e-12
"""By how much a double may differ, relative to its size: a sum of doubles depends on the order of its rows, which no engine keeps."""
IN_SPARK = {"HUGEINT": ("BIGINT", "DECIMAL(38,0)"), "BIGINT": ("INTEGER",), "MAP(BIGINT, UBIGINT)": ("MAP(BIGINT, BIGINT)",)}
"""Types of DuckDB that stand for the same numbers as one of Spark. Any other type is a difference."""


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
    relative: float = 0.0
    """Largest relative difference of doubles, where all else is equal."""
    types: tuple[str, ...] = ()
    """Columns that are of another type, told as ``name: DuckDB's, Spark's``."""

    @property
    def is_equal(self) -> bool:
        """Whether no row differs, but for the last bits of doubles."""
        return not self.types and (not (self.missing or self.extra) or 0 < self.relative <= LAST_BITS)

    def sentence(self) -> str:
        told = f"{self.table}: {self.rows:,} rows"
        if self.types:
            return f"{told}, other types on Spark: {'; '.join(self.types)}"
        if not (self.missing or self.extra):
            return f"{told}, equal"
        told += f", {self.missing:,} missing and {self.extra:,} extra on Spark, different in {', '.join(self.differing)}"
        return f"{told} (doubles, by {self.relative:.0e} at most)" if self.relative else told


def compare(build: Path, tables: Path, layers: tuple[str, ...] = LAYERS) -> Iterator[Comparison]:
    """Compare every table and view of the layers of a DuckDB build with the Parquet below ``tables/<layer>/<table>``."""
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
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
    if (found := next(files.rglob("*.parquet"), None)) is None:
        return Comparison(table, rows, missing=rows, extra=0, differing=("the whole table",))
    theirs = f"read_parquet('{files}/**/*.parquet', hive_partitioning = true, hive_types_autocast = false)"
    # A column that is told by the names of folders has no type there.
    told_by_folders = {part.partition("=")[0] for part in found.relative_to(files).parts if "=" in part}
    our_types, their_types = _types(con, table), _types(con, theirs)
    if alone := sorted(our_types.keys() ^ their_types.keys()):
        return Comparison(table, rows, missing=rows, extra=0, differing=(f"columns of one build alone: {', '.join(alone)}",))
    common = [name for name in our_types if name not in APART]
    typed = [name for name in common if name not in told_by_folders]
    types = [f"{name}: {our_types[name]}, {their_types[name]}" for name in typed if not _same(our_types[name], their_types[name])]
    ours_as = ", ".join(f'"{name}"' for name in common)
    theirs_as = ", ".join(f'cast("{name}" as {our_types[name]}) as "{name}"' for name in common)
    con.execute(f"create or replace temp table a as select {ours_as} from {table}")
    con.execute(f"create or replace temp table b as select {theirs_as} from {theirs}")
    missing, extra = (con.execute(f"select count(*) from (from {x} except all from {y})").fetchone()[0] for x, y in ("ab", "ba"))
    differing = [name for name in common if missing + extra and _differs(con, name)]
    doubles = [name for name in common if our_types[name] == "DOUBLE"]
    relative = _relative(con, common, doubles) if differing and missing == extra and set(differing) <= set(doubles) else 0.0
    return Comparison(table, rows, missing, extra, tuple(differing), relative, tuple(types))


def _relative(con: duckdb.DuckDBPyConnection, columns: list[str], doubles: list[str]) -> float:
    """By how much doubles differ in rows that are equal in all else, paired in the order of their doubles; 0 where some find no pair."""
    keys = [f'"{name}"' for name in columns if name not in doubles]
    values = [f'"{name}"' for name in doubles]
    numbered = f"row_number() over (partition by {', '.join(keys)} order by {', '.join(values)}) as number"
    apart = [f"abs(a.{value} - b.{value}) / nullif(greatest(abs(a.{value}), abs(b.{value})), 0)" for value in values]
    largest, pairs = con.execute(
        f"select max(greatest(0, {', '.join(apart)})), count(*) from (select *, {numbered} from a) as a"
        f" join (select *, {numbered} from b) as b on a.number = b.number"
        + "".join(f" and a.{key} is not distinct from b.{key}" for key in keys)
        + "".join(f" and (a.{value} is null) = (b.{value} is null)" for value in values)
    ).fetchone()
    (rows,) = con.execute("select count(*) from a").fetchone()
    return largest if pairs == rows else 0.0


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
        print(one.sentence(), flush=True)
    unequal = [one for one in compared if not one.is_equal]
    rows = sum(one.rows for one in compared)
    print(f"\n{len(compared) - len(unequal)} of {len(compared)} tables are equal, {rows:,} rows in all ({root.spark})")
    return 1 if unequal else 0


if __name__ == "__main__":
    sys.exit(main())
