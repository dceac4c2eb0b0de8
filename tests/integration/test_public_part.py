"""The public part of a release: aggregates that agree with the restricted part, and nothing of a person."""

from __future__ import annotations

import json

import duckdb
import pytest

from ingestion.paths import DataRoot
from publishing.parquet import files
from publishing.verification import verify

OF_PERSONS = (
    "person",
    "permit_key",
    "case_key",
    "worker",
    "student",
    "household",
    "document",
    "submission",
    "_ref",
    "_row",
    "_load",
    "_extract",
)
PORTABLE = {"VARCHAR", "BIGINT", "INTEGER", "DOUBLE", "DATE", "TIMESTAMP", "BOOLEAN"}


@pytest.fixture
def con(published: DataRoot) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(f"attach '{published.latest / 'public' / 'public.duckdb'}' as public_part (read_only)")
    con.execute(f"attach '{published.latest / 'warehouse.duckdb'}' as restricted (read_only)")
    return con


def test_the_data_package_tells_the_part_of_each_table_and_the_public_file_holds_no_other(
    published: DataRoot, con: duckdb.DuckDBPyConnection
) -> None:
    package = json.loads((published.latest / "datapackage.json").read_text())
    parts = {path: resource["part"] for resource in package["resources"] for path in files(resource)}
    assert set(parts.values()) == {"public", "restricted"}
    assert all(path.startswith("public/" if part == "public" else "parquet/") for path, part in parts.items())
    held = con.sql("select schema_name || '.' || table_name from duckdb_tables() where database_name = 'public_part'").fetchall()
    names = {name.split(".")[1]: name for (name,) in held}
    assert {f"public/parquet/{name}.parquet" for name in names} == {path for path, part in parts.items() if part == "public"}
    assert all(name.startswith(("published.pub_", "marts.dim_")) for name in names.values())
    assert verify(published.latest.resolve(), published).findings == []
    told = con.sql("select version, strftime(frozen_at, '%Y%m%dT%H%M%SZ'), is_synthetic from public_part.published.pub_release").fetchall()
    assert told == [(published.latest.resolve().name, published.latest.resolve().name, True)]


def test_nothing_in_it_is_of_a_person(con: duckdb.DuckDBPyConnection) -> None:
    columns = con.sql(
        "select table_name, column_name, data_type, comment from duckdb_columns() where database_name = 'public_part' and not internal"
    ).fetchall()
    assert columns
    counts = {"workers_persons", "victims_persons"}
    assert [column for _, column, *_ in columns if column not in counts and any(word in column for word in OF_PERSONS)] == []
    # Keys of persons, permits and cases are long numbers that occur nowhere else.
    people = con.sql(
        "select database_name || '.' || schema_name || '.' || table_name, column_name from duckdb_columns() "
        "where database_name = 'restricted' and column_name in ('person_key', 'permit_key', 'case_key') and table_name like 'fct_%'"
    ).fetchall()
    assert {column for _, column in people} == {"person_key", "permit_key", "case_key"}
    pseudonyms = " union ".join(f"select {column} as pseudonym from {table} where {column} <> -1" for table, column in people)
    con.execute(f"create table pseudonyms as {pseudonyms}")
    for table, column, kind, _ in columns:
        if kind == "BIGINT":
            schema = "published" if table.startswith("pub_") else "marts"
            assert con.sql(
                f"select count(*) from public_part.{schema}.{table} semi join pseudonyms on {column} = pseudonym"
            ).fetchone() == (0,)


def test_every_client_can_read_it_and_it_explains_itself(con: duckdb.DuckDBPyConnection) -> None:
    columns = con.sql(
        "select table_name, column_name, data_type, comment from duckdb_columns() where database_name = 'public_part'"
    ).fetchall()
    assert {kind for *_, kind, _ in columns if not kind.startswith("DECIMAL")} <= PORTABLE
    assert [f"{table}.{column}" for table, column, _, comment in columns if " · " not in (comment or "")] == []
    tables = con.sql("select table_name, comment from duckdb_tables() where database_name = 'public_part'").fetchall()
    assert [name for name, comment in tables if " · " not in (comment or "")] == []
    (tags,) = con.sql("select tags from duckdb_databases() where database_name = 'public_part'").fetchone()
    assert tags["storage_version"] == "v1.0.0+"


def test_public_values_are_those_of_the_restricted_part_or_withheld(con: duckdb.DuckDBPyConnection) -> None:
    told, withheld, small_told, differing = con.sql(
        """
        select count(*) filter (where public.value is not null), count(*) filter (where public.obs_status = 'Q'),
            count(*) filter (
                where public.value between 1 and 4 and unit in ('events', 'contracts') and disclosure_code <> 'official'
                    and (public.sex_code <> 'unknown' or disclosure_code <> 'persons')
            ),
            count(*) filter (where public.value <> held.value)
        from public_part.published.pub_indicator_value as public
        join restricted.marts.indicator_value as held using (indicator_value_key)
        join public_part.marts.dim_indicator on public.measure_code = dim_indicator.measure_code
        """
    ).fetchone()
    assert told > withheld > 1000 and small_told == differing == 0
    summed = con.sql("select sum(primary_cells + complementary_cells), min(complementary_cells) from public_part.published.pub_suppression")
    assert summed.fetchone() == (withheld, 0)


def test_the_columns_of_values_are_declared(published: DataRoot, con: duckdb.DuckDBPyConnection) -> None:
    """The audit scans what is declared: a column of numbers that is not would be published unseen."""
    tables = json.loads((published.latest / "build.json").read_text())["tables"]
    described = ("_key", "periods_covered", "year", "_cells", "withheld_pct", "sort_order", "their_value")
    for table, column, kind in con.sql(
        "select table_name, column_name, data_type from duckdb_columns() where database_name = 'public_part' and table_name like 'pub_%'"
    ).fetchall():
        if kind.startswith(("BIGINT", "INTEGER", "DOUBLE", "DECIMAL")) and not column.endswith(described):
            assert column in tables[table]["measures"], f"{table}.{column} is not in meta.measures of its model"
