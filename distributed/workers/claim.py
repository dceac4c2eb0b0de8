"""Which process executes a run: the one whose database session holds the advisory lock of that run.

PostgreSQL frees the lock when the session ends, however the process ended, and when its machine no longer answers. So a claim
needs no heartbeat and cannot be left behind by a worker that was killed.
"""

from __future__ import annotations

import psycopg

# A machine that is cut off is given up by the server after about half a minute, not after the two hours of an ordinary session; and gives
# itself up in half of that, so that its run is executed nowhere by the time that it may be another's.
OF_SERVER = {"tcp_keepalives_idle": 10, "tcp_keepalives_interval": 5, "tcp_keepalives_count": 4, "tcp_user_timeout": 30_000}
OF_CLIENT = {"keepalives_idle": 5, "keepalives_interval": 5, "keepalives_count": 2, "tcp_user_timeout": 15_000}
NUMBER = "hashtextextended(%(run)s, 0)"
HOLDER = f"""
    select activity.application_name
    from pg_locks as held join pg_stat_activity as activity using (pid)
    where held.locktype = 'advisory' and held.objsubid = 1 and held.granted
        and held.database = (select oid from pg_database where datname = current_database())
        and (held.classid::bigint << 32) | held.objid::bigint = {NUMBER}
"""


def session(url: str, name: str) -> psycopg.Connection:
    """A session of which the server says under this name who holds it, and which both ends find out to be dead."""
    settings = " ".join(f"-c {setting}={value}" for setting, value in OF_SERVER.items())
    return psycopg.connect(url, autocommit=True, application_name=name, options=settings, connect_timeout=10, **OF_CLIENT)


def claim(con: psycopg.Connection, run: str) -> bool:
    """Whether the run now belongs to this session, to its end; not where another session has it."""
    return con.execute(f"select pg_try_advisory_lock({NUMBER})", {"run": run}).fetchone()[0]


def holder(con: psycopg.Connection, run: str) -> str | None:
    """The name of the session that has the run; None where no process lives that does."""
    found = con.execute(HOLDER, {"run": run}).fetchone()
    return found[0] if found else None
