"""A hash of a table's content, the same for the same rows in any order, file format and DuckDB version.

Anyone can recompute it: the canonical text of a row is made here and explained in docs/reading-a-release.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

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
    return f"""
    select '{METHOD}:' || row_count || ':' || md5(row_count || ':' || first_halves || ':' || second_halves)
    from ({_sums(relation, columns)})
    """


def sums(con: duckdb.DuckDBPyConnection, relation: str) -> tuple[int, str, str]:
    """What the hash of a relation is made of: its rows, and the sums of the halves of their md5, in digits.

    Sums of parts add up to the sums of the whole, so a table that is kept in parts is hashed where it changed.
    """
    columns = [(name, kind) for name, kind, *_ in con.execute(f"describe from {relation}").fetchall()]
    rows, first, second = con.execute(_sums(relation, columns)).fetchone()
    return rows, str(first), str(second)


def of_sums(parts: Iterable[tuple[int, str, str]]) -> str:
    """The hash of a whole whose parts have these sums."""
    rows, first, second = (sum(map(int, numbers)) for numbers in zip(*parts, strict=True))
    return f"{METHOD}:{rows}:{hashlib.md5(f'{rows}:{first}:{second}'.encode()).hexdigest()}"


def _sums(relation: str, columns: Sequence[tuple[str, str]]) -> str:
    row = f"concat_ws(chr(31), {', '.join(_cell(identifier(name), kind) for name, kind in columns)})"
    return f"""
    with hashed as (
        select md5({row}) as row_md5 from {relation}
    )
    select
        count(*) as row_count,
        coalesce(sum(('0x' || row_md5[:16])::ubigint), 0) as first_halves,
        coalesce(sum(('0x' || row_md5[17:])::ubigint), 0) as second_halves
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
