"""The only way from Superset to the data, whichever address its users type: the public part of the latest release.

What Superset keeps of a database is a name without folder, host or password (``ADDRESSES``); each connection is led to the release
here. On DuckDB that is the real folder behind ``latest`` at that moment: a process that opens one path twice gets the file it
opened first, and a release of its own path is never mistaken for another.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ingestion.paths import DataRoot
from publishing.public_part import DATABASE

SOURCE_VARIABLE = "SUPERSET_SOURCE"
POSTGRES_VARIABLE = "SUPERSET_POSTGRES_URL"
RELEASE_HOST = "release"
ADDRESSES = {"duckdb": "duckdb:///release", "postgres": f"postgresql+psycopg2://{RELEASE_HOST}/"}

LOCKED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "temp_directory": "",
    "memory_limit": "1GB",
    "threads": "2",
    "lock_configuration": "true",
}
"""No other file, no address, no extension, no spilling; and no statement that takes this back."""
READER_OPTIONS = "-c default_transaction_read_only=on -c statement_timeout=60s"


class NothingToShow(RuntimeError):
    """There is no release, or no server that shows one; the message says what to do."""


def latest_release(root: DataRoot) -> Path:
    """The real folder of the latest release.

    Raises:
        NothingToShow: before the first release.
    """
    release = root.latest.resolve()
    if not (release / DATABASE).is_file():
        raise NothingToShow(f"no release below {root.path}: run make demo or make nightly first, or set WAREHOUSE_DATA")
    return release


def present(con: Any) -> None:
    """Show a release as PostgreSQL does: tables without their schema, and ``current_release``, which tells what they are of."""
    con.execute("set search_path = 'published,marts'")
    con.execute("create temp view current_release as from pub_release")


def lead_to_release(address: Any, parameters: dict[str, Any], *_: Any) -> tuple[Any, dict[str, Any]]:
    """Superset's ``DB_CONNECTION_MUTATOR``: an address as its metadata has it becomes the connection to what is published."""
    if address.get_backend_name() == "duckdb":
        release = latest_release(DataRoot.from_env())
        events = [(lambda con, _record: present(con), "connect")]
        locked = {"connect_args": {"read_only": True, "config": LOCKED}, "pool_events": events}
        return address.set(database=str(release / DATABASE), query={}), {**parameters, **locked}
    if address.host == RELEASE_HOST:
        from sqlalchemy.engine import make_url

        arguments = {"options": READER_OPTIONS, "application_name": "superset", "connect_timeout": 10}
        return make_url(postgres_url()), {**parameters, "connect_args": arguments}
    return address, parameters


def postgres_url() -> str:
    """Where releases are read in PostgreSQL, as SQLAlchemy writes it.

    Raises:
        NothingToShow: when it is not set.
    """
    told = os.environ.get(POSTGRES_VARIABLE, "").strip()
    if not told:
        raise NothingToShow(f"{POSTGRES_VARIABLE} is not set: give a reader's address, postgresql://analyst:…@host/warehouse, as a secret")
    scheme, separator, rest = told.partition("://")
    return f"postgresql+psycopg2{separator}{rest}" if scheme in {"postgres", "postgresql"} else told
