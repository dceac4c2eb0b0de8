"""Code lists as lookup tables: every way a sender may write a code → the canonical code."""

from __future__ import annotations

import csv
import hashlib
from functools import cache

import duckdb

from ingestion.paths import ALIASES, CODE_LISTS


def code_rows(name: str) -> str:
    """A SQL table expression: the rows of one code list, all columns as text."""
    return f"read_csv('{CODE_LISTS / name}.csv', all_varchar = true, header = true)"


def spellings(name: str) -> str:
    """A SQL query for (code, spelling): codes, both labels and every alias."""
    query = f"select code, unnest([code, label_en, label_lo]) as spelling from {code_rows(name)}"
    aliases = ALIASES / f"{name}.csv"
    if not aliases.exists():
        return query
    return f"{query} union all select code, alias from read_csv('{aliases}', all_varchar = true, header = true)"


def load_code_list(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """Create (once per connection) the temp table of one list and return its name.

    Shape: ``key`` (folded spelling, unique), ``code``. Where spellings collide the more general code wins.
    """
    table = f"codes_{name}"
    try:
        con.execute(f"from {table} limit 0")
    except duckdb.CatalogException:
        con.execute(
            f"""
            create temp table {table} as
            select fold(spelling) as key, arg_min(code, (length(code), code)) as code
            from ({spellings(name)}) where spelling is not null group by key
            """
        )
    return table


def load_spellings(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """Create (once per connection) the temp table of every folded spelling (``key``, ``code``) and return its name.

    For lists in which a spelling may mean several members, such as districts.
    """
    table = f"spelled_{name}"
    try:
        con.execute(f"from {table} limit 0")
    except duckdb.CatalogException:
        con.execute(
            f"create temp table {table} as select distinct fold(spelling) as key, code from ({spellings(name)}) where spelling is not null"
        )
    return table


@cache
def unknown_code(name: str) -> str | None:
    """The list's unknown member, or None for a list in which nothing can be unknown."""
    return next((member["code"] for member in _members(name) if member.get("is_unknown", "").lower() == "true"), None)


@cache
def code_attribute(name: str, attribute: str) -> dict[str, str]:
    """Code → one attribute of a list, as text, for the codes that have it."""
    return {member["code"]: member[attribute] for member in sorted(_members(name), key=lambda one: one["code"]) if member[attribute]}


@cache
def _members(name: str) -> list[dict[str, str]]:
    """A list as it stands in its file. Read by Python: to open a database for it takes ten times as long."""
    with (CODE_LISTS / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


@cache
def code_list_fingerprint(name: str) -> str:
    """Changes when the list or its aliases change, so that what was decoded by it is landed anew."""
    paths = [CODE_LISTS / f"{name}.csv", ALIASES / f"{name}.csv"]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths if path.exists())).hexdigest()[:16]
