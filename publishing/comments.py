"""What a table and its columns mean, inside the database: the Lao label, then the description in English."""

from __future__ import annotations

from typing import Any

import duckdb

from ingestion.sql import identifier, quoted


def comment(con: duckdb.DuckDBPyConnection, table: str, about: dict[str, Any]) -> None:
    """Comment a table and those of its columns that the record describes."""
    con.execute(f"comment on table {table} is {quoted(_words(about['label_lo'], about['description']))}")
    columns = {row[0] for row in con.execute(f"describe {table}").fetchall()}
    for name, description in about["columns"].items():
        if name in columns and description:
            con.execute(f"comment on column {table}.{identifier(name)} is {quoted(_words(about['labels_lo'].get(name, ''), description))}")


def _words(label_lo: str, description: str) -> str:
    return f"{label_lo} · {description}" if label_lo else description
