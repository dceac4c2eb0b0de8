"""Dagster's SQLite storage with its event log kept open.

Dagster's own opens and closes the database for each of the thousands of events of a night: every time SQLAlchemy compiles the
same statements again, SQLite folds its log into the file, and the disk is waited for. Here a database stays open, and a
commit is handed to the operating system: a crash of the machine may lose the last events of a run, never the database.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage, SqliteStorageConfig, _event_logs_directory
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool

KEPT_OPEN = 8
"""Databases at a time: the index of all runs, and those of the newest runs that were asked for."""


class OpenEventLog(SqliteEventLogStorage):
    """The event log, one connection per database; the lock of the storage lets one thread use it at a time."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._seen: set[str] = set()
        super().__init__(base_dir, inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            engine = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,
                connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
            )
            event.listen(engine, "connect", lambda connection, _record: connection.execute("pragma synchronous = normal"))
            self._initdb(engine)
            self._engines[shard] = engine
        self._engines.move_to_end(shard)
        while len(self._engines) > KEPT_OPEN:
            self._engines.popitem(last=False)[1].dispose()
        return self._engines[shard]

    def has_table(self, table_name: str) -> bool:
        """Asked for every check; a table that is there stays there."""
        if table_name not in self._seen:
            if not super().has_table(table_name):
                return False
            self._seen.add(table_name)
        return True

    def dispose(self) -> None:
        while self._engines:
            self._engines.popitem()[1].dispose()
        super().dispose()


class OpenSqliteStorage(DagsterSqliteStorage):
    """What ``dagster.yaml`` names: Dagster's storage with the event log above."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = OpenEventLog(_event_logs_directory(base_dir))

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: SqliteStorageConfig) -> OpenSqliteStorage:
        return cls.from_local(inst_data=inst_data, **config_value)
