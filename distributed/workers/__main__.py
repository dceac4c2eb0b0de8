"""``python -m distributed.workers`` starts Dagster with several workers on this machine, says where, and runs until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import yaml

from distributed.workers.claim import session
from distributed.workers.local_postgres import NoServer, free_port, running
from distributed.workers.settings import COUNT_VARIABLE, URL_VARIABLE, NotReady, how_many, postgres_url, refuse_example_password
from distributed.workers.stack import Member, Stack, stack
from ingestion.archive import write_atomically
from ingestion.paths import PROJECT, DataRoot

HOST = "127.0.0.1"
HOME = ".dagster_workers"
CONFIG = Path(__file__).with_name("dagster.yaml")
LOCATION = "migration_warehouse"
READY_SECONDS = 240.0
LOOKS_EVERY_SECONDS = 0.5
MODULE = [sys.executable, "-m"]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m distributed.workers", description="Dagster with several workers, until Ctrl-C.")
    parser.add_argument("--port", type=int, default=3010, help="of the web server")
    port = parser.parse_args(arguments).port
    for ending in (signal.SIGINT, signal.SIGTERM):
        # Said anew, since a shell starts what runs in its background deaf to Ctrl-C.
        signal.signal(ending, signal.default_int_handler)
    root = DataRoot.from_env()
    try:
        with database(root) as found, stack(root.path / HOME / "said", environment(root, found.url), PROJECT) as started:
            start(root, started, port, found.told)
            return watch(started, found)
    except (NotReady, NoServer) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped", flush=True)
        return 0


@dataclass(frozen=True)
class Database:
    """Dagster's database: its address, what to say of it, and a session that ends with it where it is our own."""

    url: str
    told: str
    own: psycopg.Connection | None = None

    def has_ended(self) -> bool:
        try:
            return self.own is not None and not self.own.execute("select 1")
        except psycopg.Error:
            return True


@contextmanager
def database(root: DataRoot) -> Iterator[Database]:
    """The database that is set, else one in a server for as long as this runs."""
    if url := postgres_url():
        refuse_example_password(root, url)
        yield Database(url, f"the database that {URL_VARIABLE} names")
        return
    with running() as server, session(server.address(), "stack") as own:
        told = f"127.0.0.1:{server.port}, for as long as this runs; to keep the history set {URL_VARIABLE}"
        yield Database(server.address(), told, own)


def environment(root: DataRoot, url: str) -> dict[str, str]:
    """What every process of the stack has in its environment, and every worker on another machine needs."""
    home = str(root.path / HOME)
    told = {"WAREHOUSE_DATA": str(root.path), "DAGSTER_HOME": home, "PYTHONPATH": str(PROJECT), URL_VARIABLE: url}
    return {"WAREHOUSE_LANDING_BY_EXTRACT": "1", **os.environ, **told, COUNT_VARIABLE: str(how_many())}


def configure(home: Path) -> None:
    """Write Dagster's configuration: the project's for workers, with their number in it, which Dagster reads from no environment."""
    told = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    told["concurrency"]["runs"]["max_concurrent_runs"] = how_many()
    write_atomically(home / CONFIG.name, yaml.safe_dump(told).encode())


def start(root: DataRoot, started: Stack, port: int, where: str) -> None:
    """Start everything in the order in which one needs the other, and say what is where.

    Raises:
        NotReady: when something ends before all is up.
    """
    os.environ.update(started.environment)
    home = Path(started.environment["DAGSTER_HOME"])
    configure(home)
    print(f"Migration warehouse at {root.path}: starting {how_many()} workers …", flush=True)
    # Once, before several processes look for what only one of them should make: the tables, and dbt's manifest.
    prepared = [*MODULE, "dagster", "instance", "info"], [*MODULE, "orchestration.manifest"]
    for command in prepared:
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
        if done.returncode:
            # An error may repeat the address with its password.
            said = (done.stdout + done.stderr).replace(started.environment[URL_VARIABLE], URL_VARIABLE)
            raise NotReady(f"{' '.join(command[2:])} failed:\n{said[-4000:]}")
    code = str(free_port())
    workspace = home / "workspace.yaml"
    workspace.write_text(f"load_from:\n  - grpc_server: {{host: {HOST}, port: {code}, location_name: {LOCATION}}}\n")
    server = started.start("code", [*MODULE, "dagster", "code-server", "start", "-m", "orchestration.definitions", "-h", HOST, "-p", code])
    health = [*MODULE, "dagster", "api", "grpc-health-check", "-h", HOST, "-p", code]
    wait_for(server, lambda: subprocess.run(health, capture_output=True, check=False).returncode == 0)
    started.start("daemon", [*MODULE, "dagster._daemon", "run", "-w", str(workspace)])
    website = started.start("webserver", [*MODULE, "dagster_webserver", "-w", str(workspace), "-h", HOST, "-p", str(port)])
    for number in range(1, how_many() + 1):
        name = f"worker-{number}"
        started.start(name, [*MODULE, "distributed.workers.worker", "--name", name], must_live=False)
    wait_for(website, lambda: answers(f"http://{HOST}:{port}/server_info"))
    print(f"  {'database':<12} {where}")
    for member in started.members:
        print(f"  {member.name:<12} process {member.process.pid}, log {member.log}")
    print(f"  {'Dagster':<12} http://{HOST}:{port}\n  Ctrl-C stops it", flush=True)


def wait_for(member: Member, is_ready: Callable[[], bool]) -> None:
    """Wait until a server answers.

    Raises:
        NotReady: when it ended, or takes too long.
    """
    until = time.monotonic() + READY_SECONDS
    while not is_ready():
        if member.process.poll() is not None or time.monotonic() > until:
            raise NotReady(f"{member.name} does not answer; its log is {member.log}")
        time.sleep(LOOKS_EVERY_SECONDS)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=10):
            return True
    except OSError:
        return False


def watch(started: Stack, found: Database) -> int:
    """Wait until one ends that all others need; of a worker that ends it is only told, since the others do its work."""
    while True:
        if found.has_ended():
            print("the PostgreSQL server has ended; everything is stopped", file=sys.stderr, flush=True)
            return 1
        for member in started.died():
            told = f"{member.name} has ended ({member.process.returncode}); its log is {member.log}"
            if member.must_live:
                print(f"{told}; everything is stopped", file=sys.stderr, flush=True)
                return 1
            print(f"{told}; {sum(not other.must_live and not other.is_told_of for other in started.members)} workers are left", flush=True)
        time.sleep(LOOKS_EVERY_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
