"""A hash of a table's content, the same for the same rows in any order, file format and DuckDB version.

Anyone can recompute it: the canonical text of a row is made here and explained in docs/reading-a-release.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from ingestion.sql import identifier

METHOD = "md5-sum-v1"
"""Stands before each hash, so that a hash made another way is never taken for a different content."""


def content_hash(con: duckdb.DuckDBPyConnection, relation: str) -> str:
    """The hash of a relation's rows, as ``md5-sum-v1:<rows>:<32 hexadecimal digits>``."""
    columns = [(name, kind) for name, kind, *_ in con.execute(f"describe from {relation}").fetchall()]
    return con.execute(statement(relation, columns)).fetchone()[0]


def statement(relation: str, columns: Sequence[tuple[str, str]]) -> str:
    """The SQL that hashes the rows of a relation with these columns (name, DuckDB type), in this order.

    The md5 of each row is read as two numbers of 64 bits, and each is summed: sums do not depend on the order of
    rows, and a row that is there twice counts twice (exclusive or would have the two cancel out).
    """
    row = f"concat_ws(chr(31), {', '.join(_cell(identifier(name), kind) for name, kind in columns)})"
    return f"""
    with hashed as (
        select md5({row}) as row_md5 from {relation}
    )
    select '{METHOD}:' || count(*) || ':' || md5(
        count(*)
        || ':' || coalesce(sum(('0x' || row_md5[:16])::ubigint), 0)
        || ':' || coalesce(sum(('0x' || row_md5[17:])::ubigint), 0)
    )
    from hashed
    """


def _cell(column: str, kind: str) -> str:
    """A cell as text, a minus when it is null. No two rows have one text: only words could hold the separator or a
    minus, and they have their length in bytes before them."""
    text = f"cast({column} as varchar)"
    if kind == "VARCHAR":
        text = f"strlen({column}) || ':' || {column}"
    elif kind == "DOUBLE":
        # 17 digits tell any two numbers apart; how a number is shown differs between versions. Plus zero makes -0 zero.
        text = f"printf('%.16e', {column} + 0.0)"
    elif kind == "TIMESTAMP":
        text = f"strftime({column}, '%Y-%m-%dT%H:%M:%S.%f')"
    elif kind == "DATE":
        text = f"strftime({column}, '%Y-%m-%d')"
    return f"coalesce({text}, '-')"
