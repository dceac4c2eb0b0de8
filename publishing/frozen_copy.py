"""The published tables of the build in a database of their own: the build's file without the rest, or table by table.

A file is copied twenty times faster than its rows. But what is dropped from a copy leaves room behind, and so do rows that were
replaced over many nights: a copy that is not dense is made anew, row by row.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb

from ingestion.sql import identifier, quoted

BUILD_CATALOG = "warehouse"
"""dbt writes the catalog's name into its views, so the build must be attached under the name of its file."""
FROZEN = "frozen"
STORAGE_VERSION = "v1.0.0"
"""Readable by the line of DuckDB before the one that writes it, whatever that one writes by default."""
LEAST_DENSE = 0.75


def copy_published(con: duckdb.DuckDBPyConnection, build: Path, database: Path, schemas: Mapping[str, str]) -> dict[str, str]:
    """Write the published tables of the build into ``database``, and leave it attached as ``frozen`` and in use.

    A view becomes a table. The build stays attached too, only to be read.

    Args:
        schemas: the schema of each table that is to be published, by its name.

    Returns:
        How a query names each table that is there, by its name, in their order.
    """
    con.execute(f"attach {quoted(str(build))} as {BUILD_CATALOG} (read_only)")
    held = con.execute("select table_schema, table_name from information_schema.tables where table_catalog = ?", [BUILD_CATALOG]).fetchall()
    published = {name: f"{schema}.{identifier(name)}" for name, schema in sorted(schemas.items()) if (schema, name) in held}
    _the_file_without_the_rest(con, build, database, published)
    if _density(con) < LEAST_DENSE:
        con.execute("use memory")
        con.execute(f"detach {FROZEN}")
        database.unlink()
        _table_by_table(con, database, published)
    for schema in sorted({*schemas.values()}):
        con.execute(f"create schema if not exists {schema}")
    return published


def _the_file_without_the_rest(con: duckdb.DuckDBPyConnection, build: Path, database: Path, published: Mapping[str, str]) -> None:
    shutil.copyfile(build, database)
    _attach(con, database)
    relations = con.execute(
        "select table_schema, table_name, table_type = 'VIEW' from information_schema.tables where table_catalog = ?", [FROZEN]
    ).fetchall()
    for schema, name, is_view in relations:
        table = f"{schema}.{identifier(name)}"
        if is_view or published.get(name) != table:
            con.execute(f"drop {'view' if is_view else 'table'} {table}")
        if is_view and published.get(name) == table:
            con.execute(f"create table {table} as from {BUILD_CATALOG}.{table}")
    kept = {table.partition(".")[0] for table in published.values()}
    for schema in sorted({schema for schema, *_ in relations} - kept - {"main"}):
        con.execute(f"drop schema {schema}")
    con.execute(f"checkpoint {FROZEN}")


def _table_by_table(con: duckdb.DuckDBPyConnection, database: Path, published: Mapping[str, str]) -> None:
    _attach(con, database)
    for schema in sorted({table.partition(".")[0] for table in published.values()}):
        con.execute(f"create schema {schema}")
    for table in published.values():
        con.execute(f"create table {table} as from {BUILD_CATALOG}.{table}")


def _attach(con: duckdb.DuckDBPyConnection, database: Path) -> None:
    con.execute(f"attach {quoted(str(database))} as {FROZEN} (storage_version '{STORAGE_VERSION}')")
    con.execute(f"use {FROZEN}")


def _density(con: duckdb.DuckDBPyConnection) -> float:
    """The share of the file that is in use, or of its rows that are not deleted, whichever is less."""
    (blocks,) = con.execute(
        "select used_blocks / greatest(total_blocks, 1) from pragma_database_size() where database_name = ?", [FROZEN]
    ).fetchone()
    tables = con.execute(
        "select schema_name, table_name, estimated_size from duckdb_tables() where database_name = ? and estimated_size > 0", [FROZEN]
    ).fetchall()
    if not tables:
        return blocks
    counted = " + ".join(f"(select count(*) from {schema}.{identifier(name)})" for schema, name, _ in tables)
    return min(blocks, con.execute(f"select {counted}").fetchone()[0] / sum(rows for *_, rows in tables))
