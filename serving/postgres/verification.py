"""Whether what PostgreSQL shows is what the release's data package says: every table hashed again, by PostgreSQL alone."""

from __future__ import annotations

import psycopg

from ingestion.sql import identifier
from publishing.content_hash import METHOD
from serving.postgres import copying, store
from serving.postgres.settings import ServingError, connection_string
from serving.postgres.views import Shape, schema

TEXT = {
    "text": "octet_length({0}) || ':' || {0}",
    "double precision": "ltrim(to_char({0} + 0.0, '9.9999999999999999EEEE'))",
    "date": "to_char({0}, 'YYYY-MM-DD')",
    "timestamp": "to_char({0}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US')",
}
COMPARABLE = ("boolean", "smallint", "integer", "bigint", "numeric(", *TEXT)
"""Types whose canonical text (publishing/content_hash.py) PostgreSQL makes as well."""


def verify() -> tuple[list[str], list[str]]:
    """What was looked at, and all that is wrong; as a reader of one snapshot sees it.

    Raises:
        ServingError: when the server cannot be asked.
    """
    checked, findings = [], []
    try:
        with psycopg.connect(connection_string(synthetic=True)) as server:
            server.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            shown = store.current(server)
            if shown is None:
                raise ServingError("PostgreSQL shows no release yet: make serve-postgres")
            tables = server.execute(
                "select part, table_name, shape, content_hash from control.held_table where release_key = %s order by 1, 2", [shown[0]]
            ).fetchall()
            hashed = 0
            for part, name, shape, declared in tables:
                if declared.startswith(METHOD) and all(kind.startswith(COMPARABLE) for _, kind in shape):
                    found = server.execute(content_hash(f"{schema(part)}.{identifier(name)}", shape)).fetchone()[0]
                    hashed += 1
                    if found != declared:
                        findings.append(f"{schema(part)}.{name} holds other content than declared: {found} instead of {declared}")
    except psycopg.Error as error:
        raise ServingError(f"PostgreSQL could not be asked: {copying.reason(error)}") from None
    checked.append(f"release {shown[1]}: {hashed} of {len(tables)} tables hashed as in the data package, {len(findings)} wrong")
    return checked, findings


def content_hash(relation: str, shape: Shape) -> str:
    """The SQL that makes in PostgreSQL the hash which ``publishing.content_hash`` makes in DuckDB."""
    cells = ", ".join(f"coalesce({TEXT.get(kind, 'cast({0} as text)').format(identifier(name))}, '-')" for name, kind in shape)
    return f"""
    with hashed as materialized (
        select md5(concat_ws(chr(31), {cells})) as row_md5 from {relation}
    ),
    numbered as (
        select ('x' || substr(row_md5, 1, 16))::bit(64)::bigint as a, ('x' || substr(row_md5, 17))::bit(64)::bigint as b from hashed
    )
    -- A number of 64 bits without a sign is here one with a sign; the sum is put right by 2^64 for each below zero.
    select '{METHOD}:' || count(*) || ':' || md5(
        count(*)
        || ':' || coalesce(sum(a) + 18446744073709551616 * count(*) filter (where a < 0), 0)
        || ':' || coalesce(sum(b) + 18446744073709551616 * count(*) filter (where b < 0), 0)
    )
    from numbered
    """
