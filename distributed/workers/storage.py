"""Dagster's storage in PostgreSQL with its connections kept open.

Dagster's own connects anew for every event, but for the web server: each time the server starts a process and checks a password. A night
has some 3,400 events, and as many that are planned before each attempt.
"""

from __future__ import annotations

from typing import Any, Self

from dagster._core.storage.config import pg_config
from dagster._serdes import ConfigurableClassData
from dagster_postgres.storage import DagsterPostgresStorage
from dagster_postgres.utils import pg_url_from_config
from sqlalchemy import event, exc, pool

RECYCLED_AFTER_SECONDS = 3600
MOST_MORE = 10
"""Connections beyond the one that each part of the storage keeps, for threads that ask at once; closed after use."""


@event.listens_for(pool.Pool, "checkout")
def is_open(connection: Any, _record: Any, _borrowed: Any) -> None:
    """Ask before a kept connection is used whether it ended with its server: then the pool opens another, and nobody sees an error."""
    try:
        connection.cursor().execute("select 1")
    except connection.Error:
        raise exc.DisconnectionError from None


class KeptOpenPostgresStorage(DagsterPostgresStorage):
    """What Dagster offers its web server, for every process."""

    def __init__(self, postgres_url: str, should_autocreate_tables: bool = True, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(postgres_url, should_autocreate_tables, inst_data)
        for part in (self.run_storage, self.event_log_storage, self.schedule_storage):
            part.optimize_for_webserver(statement_timeout=0, pool_recycle=RECYCLED_AFTER_SECONDS, max_overflow=MOST_MORE)

    @classmethod
    def config_type(cls) -> Any:
        return pg_config()

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> Self:
        return cls(pg_url_from_config(config_value), config_value.get("should_autocreate_tables", True), inst_data)
