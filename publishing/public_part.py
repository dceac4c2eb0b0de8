"""The public part of a candidate: a folder of its own with the tables that anyone may have, as a database and as Parquet.

Its workbooks, pages and exchange formats (``workbooks/``, ``pages/``, ``exchange/``) are made from that database alone.

A table is public by ``meta.part: public`` beside its model, and restricted otherwise. A file has no roles, so who may read
what is a matter of which file they are given.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from ingestion.archive import file_sha256
from ingestion.sql import quoted
from publishing.comments import comment

FOLDER = "public"
"""All that may be handed to anyone, and nothing else: the folder can be given away as it is."""
DATABASE = f"{FOLDER}/public.duckdb"
PARQUET = f"{FOLDER}/parquet"


def is_public(about: dict[str, Any]) -> bool:
    """Whether the record of a table says that it is public."""
    return about.get("part") == "public"


def hashes(folder: Path) -> dict[str, str]:
    """The hash of every file of the public part, by its path in the folder."""
    return {str(path.relative_to(folder)): file_sha256(path) for path in sorted((folder / FOLDER).rglob("*")) if path.is_file()}


def is_whole(folder: Path, tables: dict[str, Any]) -> bool:
    """Whether every public table of the build record was written: only then can the workbooks and pages be made."""
    held = {path.stem for path in (folder / PARQUET).iterdir()}
    return bool(held) and held == {name for name, about in tables.items() if is_public(about)}


def write(con: duckdb.DuckDBPyConnection, folder: Path, copied: dict[str, str], tables: dict[str, Any], storage_version: str) -> None:
    """Write the public tables among those copied."""
    public = {name: table for name, table in copied.items() if is_public(tables[name])}
    (folder / PARQUET).mkdir(parents=True)
    con.execute(f"attach {quoted(str(folder / DATABASE))} as for_all (storage_version '{storage_version}')")
    for schema in sorted({tables[name]["schema"] for name in public}):
        con.execute(f"create schema for_all.{schema}")
    for name, table in public.items():
        con.execute(f"create table for_all.{table} as from {table}")
        comment(con, f"for_all.{table}", tables[name])
        con.execute(f"copy {table} to {quoted(str(folder / PARQUET / f'{name}.parquet'))} (format parquet, compression zstd)")
    con.execute("checkpoint for_all")
    con.execute("detach for_all")
