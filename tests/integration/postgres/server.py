"""A PostgreSQL server that the tests start for themselves, with an empty warehouse in it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pytest

from distributed.workers import local_postgres
from distributed.workers.local_postgres import ADMINISTRATOR, LocalServer, NoServer, server_account
from ingestion.paths import PROJECT

ROLES = PROJECT / "serving" / "postgres" / "sql" / "roles.sql"
PASSWORD = "demo"
LOGINS = {"loader": "publisher", "analyst": "bi_reader", "scientist": "micro_reader"}


@dataclass(frozen=True)
class Server:
    """One running server."""

    local: LocalServer

    def url(self, login: str = ADMINISTRATOR, database: str = "warehouse") -> str:
        password = self.local.password if login == ADMINISTRATOR else PASSWORD
        return f"postgresql://{login}:{password}@127.0.0.1:{self.local.port}/{database}"

    @contextmanager
    def no_file_longer_than(self, length: int) -> Iterator[None]:
        """What a full disk is to a server: files that cannot grow. Holds for sessions that begin meanwhile."""
        limit = ["prlimit", "--pid", str(self.local.pid)]
        try:
            subprocess.run([*limit, f"--fsize={length}:"], user=server_account(), check=True)
            yield
        finally:
            subprocess.run([*limit, "--fsize=unlimited:"], user=server_account(), check=True)

    def new_warehouse(self) -> None:
        """An empty database set up as the documentation says, with a login for each role."""
        with psycopg.connect(self.url(database="postgres"), autocommit=True) as admin:
            admin.execute("drop database if exists warehouse with (force)")
            admin.execute("create database warehouse")
        with psycopg.connect(self.url(), autocommit=True) as admin:
            admin.execute(ROLES.read_text(encoding="utf-8"))
            for login, role in LOGINS.items():
                admin.execute(f"drop role if exists {login}")
                admin.execute(f"create role {login} login password '{PASSWORD}' in role {role}")


@contextmanager
def running() -> Iterator[Server]:
    """Start a server and remove it afterwards; the test is skipped where there is none."""
    try:
        with local_postgres.running() as local:
            yield Server(local)
    except NoServer as reason:
        pytest.skip(str(reason))
