"""The server's books and what is held: one loader at a time, half-loaded releases swept away, old ones dropped."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from ingestion.sql import identifier
from serving.postgres.copying import RELEASE_COLUMN, SCHEMA, partition_name
from serving.postgres.settings import PUBLISHER, ServingError
from serving.postgres.source import Source
from serving.postgres.views import Shape, parent

SQL = Path(__file__).with_name("sql")
LOCK = 6_002_210_421
"""The advisory lock of all loaders; any number, always this one."""
LOCK_SECONDS = 10
OLDEST_SERVER = 140_000
PATIENCE = "200ms"
"""How long dropping what is old may stand in readers' way; what is not to be had is left for the next time."""


def statement(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


@contextmanager
def opened(conninfo: str) -> Iterator[psycopg.Connection]:
    """A session of the publisher that holds the loaders' lock; the server frees it when the session ends, however it does.

    Raises:
        ServingError: when another load is running or the server is not set up.
    """
    with psycopg.connect(conninfo, autocommit=True) as server:
        _is_set_up(server)
        until = time.monotonic() + LOCK_SECONDS
        while not server.execute("select pg_try_advisory_lock(%s)", [LOCK]).fetchone()[0]:
            if time.monotonic() > until:
                raise ServingError("another load is running on this server; nothing was changed")
            time.sleep(0.2)
        server.execute(statement("control"))
        yield server


def begin(server: psycopg.Connection, source: Source) -> int:
    """Enter a release in the books, not whole yet, and return its key."""
    if server.execute("select exists (select from control.release where is_synthetic <> %s)", [source.is_synthetic]).fetchone()[0]:
        held, comes = ("real", "synthetic") if source.is_synthetic else ("synthetic", "real")
        raise ServingError(f"this server holds {held} releases and the one to load is {comes}: use a database of its own for each")
    insert = "insert into control.release (version, is_synthetic) values (%s, %s) returning release_key"
    return server.execute(insert, [source.version, source.is_synthetic]).fetchone()[0]


def attach(server: psycopg.Connection, source: Source, release_key: int) -> None:
    """Put the loaded partitions where the views find them: still not shown, and no reader waits."""
    with server.transaction():
        for table in source.tables:
            name = parent(table.part, table.name, table.shape)
            columns = ", ".join(f"{identifier(column)} {kind}" for column, kind in table.shape)
            server.execute(
                f"create table if not exists {SCHEMA}.{identifier(name)} ({columns}, {RELEASE_COLUMN} integer not null) "
                f"partition by list ({RELEASE_COLUMN})"
            )
            partition = partition_name(table, release_key)
            server.execute(
                f"alter table {SCHEMA}.{identifier(name)} attach partition {SCHEMA}.{identifier(partition)} for values in ({release_key})"
            )
            server.execute(
                "insert into control.held_table values (%s, %s, %s, %s, %s, %s, %s)",
                [release_key, table.part, table.name, partition, json.dumps(table.shape), table.rows, table.content_hash],
            )
        server.execute("update control.release set is_whole = true where release_key = %s", [release_key])
    # Joins are planned by the statistics of the whole, which nothing but this makes; those of the partition come with them.
    for table in source.tables:
        server.execute(f"analyze {SCHEMA}.{identifier(parent(table.part, table.name, table.shape))}")


def current(server: psycopg.Connection) -> tuple[int, str] | None:
    """Key and version of the release that is shown."""
    return server.execute("select release_key, version from control.current_release join control.release using (release_key)").fetchone()


def find_held(server: psycopg.Connection, source: Source) -> int | None:
    """The key under which exactly this release is held, whole."""
    wanted = sorted((table.part, table.name, table.rows, table.content_hash) for table in source.tables)
    for (key,) in server.execute("select release_key from control.release where is_whole and version = %s", [source.version]).fetchall():
        found = server.execute("select part, table_name, rows, content_hash from control.held_table where release_key = %s", [key])
        if sorted(found.fetchall()) == wanted:
            return key
    return None


def shapes(server: psycopg.Connection, release_key: int) -> dict[tuple[str, str], list[Shape]]:
    """The tables of a release with their columns, and with those that they have in other releases held."""
    found: dict[tuple[str, str], list[Shape]] = {}
    rows = server.execute(
        "select part, table_name, shape from control.held_table join control.release using (release_key) where is_whole "
        "order by release_key <> %s, release_key desc",
        [release_key],
    ).fetchall()
    of_release = server.execute("select part, table_name from control.held_table where release_key = %s", [release_key]).fetchall()
    for part, table, shape in rows:
        if (part, table) in of_release and shape not in (listed := found.setdefault((part, table), [])):
            listed.append(shape)
    return found


def retire(server: psycopg.Connection, kept: int) -> list[str]:
    """Drop what is half-loaded, and what is older than the ``kept`` newest; return what a reader still holds.

    A release goes only when no snapshot is left that could see it as the current one, and only if nobody has to wait.
    """
    left: list[str] = []
    server.execute("delete from control.release where not is_whole")
    if not server.execute(statement("oldest_snapshot")).fetchone()[0]:
        server.execute(
            "delete from control.release where release_key not in (select release_key from control.current_release) and release_key not in "
            "(select release_key from control.release order by release_key desc limit %s)",
            [kept],
        )
    server.execute(f"set lock_timeout = '{PATIENCE}'")
    try:
        for name, drop in server.execute(statement("leftovers")).fetchall():
            try:
                server.execute(drop)
            except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
                left.append(name)
            except psycopg.errors.DependentObjectsStillExist:
                # Views name it, though no release has its columns any more; the next load makes them without.
                continue
    finally:
        server.execute("set lock_timeout = default")
    return left


def _is_set_up(server: psycopg.Connection) -> None:
    if server.info.server_version < OLDEST_SERVER:
        raise ServingError(f"the server is PostgreSQL {server.info.server_version // 10_000}; 14 or newer is needed")
    if not server.execute("select pg_has_role(current_user, 'pg_read_all_stats', 'usage')").fetchone()[0]:
        raise ServingError(f"{PUBLISHER} may not see others' sessions; run serving/postgres/sql/roles.sql as an administrator")
