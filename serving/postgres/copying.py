"""One table of a release into PostgreSQL, in bulk, and compared with the release before anybody reads it.

Rows go over as Arrow and arrive by binary COPY. They are compared twice: by counts and sums, which each engine makes of its
own rows in SQL, and by reading every row back and hashing it beside the release's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import adbc_driver_manager
import adbc_driver_postgresql.dbapi as adbc
import duckdb
import psycopg

from ingestion.sql import identifier, quoted
from serving.postgres.settings import ServingError
from serving.postgres.source import Table
from serving.postgres.types import carried

SCHEMA = "held"
RELEASE_COLUMN = "_held_release"
BATCH_ROWS = 100_000


def partition_name(table: Table, release_key: int) -> str:
    return f"{table.part}_{table.name}_r{release_key}"


@dataclass(frozen=True)
class Line:
    """What it takes to bring tables over, one after the other: DuckDB, and two sessions of the server."""

    lake: duckdb.DuckDBPyConnection
    server: psycopg.Connection
    bulk: adbc.Connection


@contextmanager
def line(conninfo: str) -> Iterator[Line]:
    """Open a line to the server."""
    with duckdb.connect() as lake, psycopg.connect(conninfo, autocommit=True) as server, adbc.connect(conninfo) as bulk:
        yield Line(lake, server, bulk)


def load(table: Table, release_key: int, over: Line) -> None:
    """Make the partition of a table for one release, not attached yet: rows, key, indexes; and compare it.

    Raises:
        ServingError: naming the table; the partition may be half there then.
    """
    with named(table):
        _create(table, release_key, over)
        _copy(table, release_key, over)
        _key(table, release_key, over)
        _index(table, release_key, over)
        compare(table, release_key, over)


def load_together(table: Table, release_key: int, lines: Sequence[Line], pool: Executor) -> None:
    """The same for a large table, over all lines at once: each brings a share of the rows; then one indexes, one compares."""
    with named(table):
        _create(table, release_key, lines[0])
        for share in [pool.submit(_copy, table, release_key, over, number, len(lines)) for number, over in enumerate(lines)]:
            share.result()
        # A key locks readers out, so it cannot be made while rows are read back; an index can.
        _key(table, release_key, lines[0])
        indexed = pool.submit(_index, table, release_key, lines[0])
        compare(table, release_key, lines[-1])
        indexed.result()


def _create(table: Table, release_key: int, over: Line) -> None:
    columns = ", ".join(f"{identifier(column.name)} {column.postgres_type}" for column in table.columns)
    # The check spares attaching a scan of all rows; the default, bytes on the way.
    over.server.execute(
        f"create table {_partition(table, release_key)} ({columns}, {RELEASE_COLUMN} integer not null default {release_key} "
        f"check ({RELEASE_COLUMN} = {release_key}))"
    )


def _copy(table: Table, release_key: int, over: Line, share: int = 0, shares: int = 1) -> None:
    with over.bulk.cursor() as cursor:
        batches = over.lake.execute(_share(table, share, shares)).to_arrow_reader(BATCH_ROWS)
        cursor.adbc_ingest(partition_name(table, release_key), batches, mode="append", db_schema_name=SCHEMA)
    over.bulk.commit()


def _key(table: Table, release_key: int, over: Line) -> None:
    empty = " or ".join(f"{identifier(name)} is null" for name in table.key) or "false"
    has_null = over.server.execute(f"select exists (select from {_partition(table, release_key)} where {empty})").fetchone()[0]
    for statement in key_statements(table, _partition(table, release_key), has_null):
        over.server.execute(statement)


def _index(table: Table, release_key: int, over: Line) -> None:
    for statement in index_statements(table, _partition(table, release_key)):
        over.server.execute(statement)


def key_statements(table: Table, partition: str, key_has_null: bool = False) -> Iterator[str]:
    """The key of a table, where it has one; one that is empty somewhere cannot be the primary one."""
    if table.key:
        listed = ", ".join(map(identifier, table.key))
        yield f"create unique index on {partition} ({listed})" if key_has_null else f"alter table {partition} add primary key ({listed})"


def index_statements(table: Table, partition: str) -> Iterator[str]:
    """The indexes of a table beside its key."""
    yield from (f"create index on {partition} ({identifier(name)})" for name in table.indexed)


def compare(table: Table, release_key: int, over: Line) -> None:
    """That PostgreSQL holds exactly the release's rows.

    Raises:
        ServingError: saying in which column they differ.
    """
    rows, partition = _rows(table), _partition(table, release_key)
    here = dict(zip(*_summed(over.lake.execute(_summary(table, f"({rows})", "strlen(cast({} as varchar))"))), strict=True))
    there = dict(zip(*_summed(over.server.execute(_summary(table, partition, "octet_length(cast({} as text))"))), strict=True))
    if here != there:
        differing = sorted({name.partition(": ")[0] for name in here if here[name] != there[name]})
        raise ServingError(f"{table.name} came over with other content than the release's: {', '.join(differing)}")
    if here["rows"] != table.rows:
        raise ServingError(f"{table.name} has {here['rows']:,} rows; the data package says {table.rows:,}")
    names = ", ".join(identifier(column.name) for column in table.columns)
    kinds = {name: kind for name, kind, *_ in over.lake.execute(f"describe {rows}").fetchall()}
    with over.bulk.cursor() as cursor:
        cursor.execute(f"select {names} from {partition}")
        over.lake.register("returned", cursor.fetch_record_batch())
        # Numbers of fixed decimals come back as text.
        cells = ", ".join(f"cast({identifier(column.name)} as {kinds[column.name]})" for column in table.columns)
        back = over.lake.execute(f"select count(*), sum(hash({cells})) from returned").fetchone()
        over.lake.unregister("returned")
    if back != over.lake.execute(f"select count(*), sum(hash({names})) from ({rows})").fetchone():
        raise ServingError(f"{table.name} came over with other rows than the release's, though counts and sums are the same")


@contextmanager
def named(table: Table) -> Iterator[None]:
    """Errors of the server under the table's name, without the values that a server's message may repeat."""
    try:
        yield
    except (psycopg.Error, adbc_driver_manager.Error) as error:
        raise ServingError(f"{table.name} could not be loaded: {reason(error)}") from None


def reason(error: Exception) -> str:
    """What went wrong, in PostgreSQL's own word for it: its full messages may hold cells, and addresses."""
    state = getattr(error, "sqlstate", None)
    if not state or state == "00000":
        return "the server cannot be reached, lets this login not in as publisher, or the connection was lost; the server's log says more"
    try:
        return f"{psycopg.errors.lookup(state).__name__} (SQLSTATE {state}; the server's log says more)"
    except KeyError:
        return f"SQLSTATE {state}; the server's log says more"


def _rows(table: Table, files: Sequence[Path] = ()) -> str:
    """The release's rows, of all or some of the table's files, in DuckDB's SQL, of the types in which they go over."""
    cells = ", ".join(carried(column.name, column.duckdb_type) for column in table.columns)
    listed = ", ".join(quoted(str(path)) for path in files or table.parquet)
    return f"select {cells} from read_parquet([{listed}], file_row_number = true)"


def _share(table: Table, share: int, shares: int) -> str:
    """One of so many shares of the rows: every so manieth file, or of a single file a stretch of its rows."""
    if len(table.parquet) > 1:
        files = table.parquet[share::shares]
        return _rows(table, files) if files else f"{_rows(table)} where false"
    first, end = table.rows * share // shares, table.rows * (share + 1) // shares
    return f"{_rows(table)} where file_row_number >= {first} and file_row_number < {end}"


def _partition(table: Table, release_key: int) -> str:
    return f"{SCHEMA}.{identifier(partition_name(table, release_key))}"


def _summary(table: Table, relation: str, length: str) -> str:
    """Counts and sums of every column in SQL that both engines read the same; ``length`` is of a text, in bytes."""
    cells = ["count(*) as rows"]
    for column in table.columns:
        name, kind = identifier(column.name), column.postgres_type
        cells.append(f"count({name}) as {identifier(f'{column.name}: filled')}")
        if kind in ("smallint", "integer", "bigint") or kind.startswith("numeric"):
            cells.append(f"sum({name}) as {identifier(f'{column.name}: sum')}")
        elif kind in ("text", "json"):
            cells.append(f"sum({length.format(name)}) as {identifier(f'{column.name}: bytes')}")
        elif kind in ("real", "double precision"):
            cells.append(f"count(*) filter (where {name} > 0) as {identifier(f'{column.name}: positive')}")
        elif kind == "boolean":
            cells.append(f"count(*) filter (where {name}) as {identifier(f'{column.name}: true')}")
        elif kind == "date":
            cells.append(f"sum({name} - date '1970-01-01') as {identifier(f'{column.name}: days')}")
    return f"select {', '.join(cells)} from {relation} as held"


def _summed(cursor: duckdb.DuckDBPyConnection | psycopg.Cursor) -> tuple[list[str], tuple]:
    return [column[0] for column in cursor.description], cursor.fetchone()
