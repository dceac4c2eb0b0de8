"""DuckDB's types as PostgreSQL's: exact, so that no sum of whole numbers becomes a float."""

from __future__ import annotations

import re

from ingestion.sql import identifier

PLAIN = {
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "UTINYINT": "smallint",
    "USMALLINT": "integer",
    "UINTEGER": "bigint",
    "UBIGINT": "numeric(20,0)",
    "HUGEINT": "numeric(38,0)",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "VARCHAR": "text",
    "UUID": "text",
    "JSON": "json",
    "BLOB": "bytea",
}
CARRIED = {"smallint": "SMALLINT", "integer": "INTEGER", "bigint": "BIGINT", "json": "VARCHAR", "text": "VARCHAR"}
"""As what DuckDB hands over a column of such a type, where that is not the type it has."""


def postgres_type(kind: str) -> str:
    """The PostgreSQL type of a DuckDB type.

    Raises:
        KeyError: when there is none that holds the same values.
    """
    if kind.endswith("[]") and not kind.startswith(("STRUCT", "MAP")):
        return f"{postgres_type(kind.removesuffix('[]'))}[]"
    if found := re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", kind):
        return f"numeric({found[1]},{found[2]})"
    if kind.startswith("ENUM("):
        return "text"
    if kind.startswith(("STRUCT(", "MAP(")):
        return "json"
    return PLAIN[kind]


def carried(name: str, kind: str) -> str:
    """A column in DuckDB's SQL, of the type in which it goes over to PostgreSQL and is compared with what came back."""
    column, target = identifier(name), postgres_type(kind)
    if target == "json" and kind != "JSON":
        return f"cast(to_json({column}) as varchar) as {column}"
    if target.startswith("numeric(") and not kind.startswith("DECIMAL"):
        return f"cast({column} as decimal{target.removeprefix('numeric')}) as {column}"
    wanted = CARRIED.get(target, kind)
    return column if wanted == kind else f"cast({column} as {wanted}) as {column}"
