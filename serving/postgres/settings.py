"""Where the server is and who logs in there: from the environment, never from a file, never shown."""

from __future__ import annotations

import os

from ingestion.settings import whole_number

URL_VARIABLE = "WAREHOUSE_POSTGRES_URL"
KEPT_VARIABLE = "WAREHOUSE_POSTGRES_KEPT_RELEASES"
KEPT_RELEASES = 2
PUBLISHER = "publisher"
EXAMPLE_PASSWORDS = {"demo", "postgres", "password", "publisher", "secret", "changeme", "change-me"}
"""What examples use and everybody knows: good for synthetic data alone."""
SESSION = {
    "role": PUBLISHER,
    "search_path": "pg_catalog",
    # A server that works on for a loader that is gone would hold its lock.
    "client_connection_check_interval": "2s",
    "lock_timeout": "30s",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "maintenance_work_mem": "256MB",
    # A table is read back in the order in which it was written.
    "synchronize_seqscans": "off",
}


class ServingError(RuntimeError):
    """The release was not made current; the message says why and what to do. What was current stays so."""


def is_configured() -> bool:
    """Whether this warehouse is served from PostgreSQL at all."""
    return bool(os.environ.get(URL_VARIABLE, "").strip())


def connection_string(*, synthetic: bool) -> str:
    """What libpq needs to log in as the publisher, with the settings of our sessions.

    Raises:
        ServingError: without an address, with one that is none, or with an example's password for real data.
    """
    # Dagster reads this module at every start, also where nothing is served: the driver is imported when it is needed.
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    if not is_configured():
        raise ServingError(f"{URL_VARIABLE} is not set: give the address of the server, postgresql://user:…@host/database, as a secret")
    try:
        told = conninfo_to_dict(os.environ[URL_VARIABLE].strip())
    except ProgrammingError:
        # libpq's own message repeats the address with its password.
        raise ServingError(f"{URL_VARIABLE} is no address of a PostgreSQL server (postgresql://user:…@host/database)") from None
    if not synthetic and str(told.get("password", "")).lower() in EXAMPLE_PASSWORDS:
        raise ServingError(f"the password in {URL_VARIABLE} is one from examples, and this release is not synthetic: choose another")
    settings = " ".join(f"-c {name}={value}" for name, value in SESSION.items())
    told.setdefault("application_name", "warehouse publisher")
    told.setdefault("connect_timeout", "10")
    return make_conninfo(**{**told, "options": f"{told.get('options', '')} {settings}".strip()})


def kept_releases() -> int:
    """How many releases the server holds, the current one among them.

    Raises:
        ServingError: when the setting is no number from 1.
    """
    try:
        return whole_number(KEPT_VARIABLE, KEPT_RELEASES)
    except ValueError as wrong:
        raise ServingError(str(wrong)) from None
