"""A worker on another machine that is cut off from the database while it lands, and a database that is started anew."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from distributed.workers.local_postgres import SETTINGS, LocalServer, server_account
from distributed.workers.local_postgres import running as postgres
from distributed.workers.settings import URL_VARIABLE
from ingestion.archive import submissions
from ingestion.paths import DataRoot
from tests.distributed.another_machine import HERE, NETWORK, Machine, another_machine, is_allowed
from tests.distributed.running_stack import PYTHON, Run, RunningStack, running
from tests.integration.conftest import environment, generate

pytestmark = [
    pytest.mark.skipif(os.environ.get("DISTRIBUTED") != "full", reason="several workers take minutes: make test-distributed"),
    pytest.mark.skipif(not PYTHON.exists(), reason="the workers' environment is not there: make test-distributed makes it"),
]

HERE_WORKER, THERE_WORKER = "worker-1", "vientiane-2"
CUT_OFF, LATER = "mops__crossings_airports", "mops__crossings_land"
GIVES_ITSELF_UP_WITHIN = 25.0
"""Seconds. The server gives it up after thirty."""


@dataclass
class Office:
    """The stack with one worker, a second machine with another, and the database of both."""

    stack: RunningStack
    machine: Machine
    server: LocalServer
    later: Path
    seen: set[str] = field(default_factory=set)

    def deliver(self, extract: str) -> Run:
        """Send what waits of an extract, and wait until a worker executes its run."""
        shutil.move(self.later / extract, self.stack.root.inbox / extract)
        self.stack.wait(lambda: any(run.status == "STARTED" for run in self.new()), f"{extract} to be landed by a worker")
        (run,) = self.new()
        self.seen.add(run.id)
        return run

    def new(self) -> list[Run]:
        return [run for run in self.stack.runs("land_extract") if run.id not in self.seen]

    def again(self, lost: Run) -> Run:
        """The run that does once more what one did that was lost, when it has ended."""
        over = {"SUCCESS", "FAILURE", "CANCELED"}
        self.stack.wait(lambda: any(run.root == lost.id and run.status in over for run in self.new()), "the run to be tried again")
        (run,) = self.new()
        self.seen.add(run.id)
        return run

    def processes_of_runs(self) -> list[int]:
        return [pid for pid in self.machine.processes() if b"run_process" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def outcomes(self, extract: str) -> list[str]:
        return [entry.outcome for entry in submissions(self.stack.root) if entry.extract == extract]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    if not is_allowed():
        pytest.skip("another machine needs root, Debian's package iproute2, and a sandbox that allows it")
    folder = tmp_path_factory.mktemp("office")
    root = DataRoot(folder / "shared")
    generate(root.path, "--months", "3", "--scale", "0.02")
    root.inbox.rename(folder / "later")
    root.inbox.mkdir()
    with another_machine() as machine, postgres({**SETTINGS, "listen_addresses": f"127.0.0.1,{HERE}"}) as server:
        with (server.folder / "data" / "pg_hba.conf").open("a") as who:
            who.write(f"host all all {NETWORK} scram-sha-256\n")
        restart(server)
        with running(root, folder / "said", 1, **{URL_VARIABLE: server.address()}) as stack:
            command = [PYTHON, "-m", "distributed.workers.worker", "--name", THERE_WORKER]
            told = {"DAGSTER_HOME": str(root.path / ".dagster_workers"), URL_VARIABLE: server.address().replace("127.0.0.1", HERE)}
            machine.start(command, environment(root.path, **told), folder / "there")
            stack.wait(lambda: "looking for runs" in (folder / "there").read_text(), "the other machine's worker")
            yield Office(stack, machine, server, folder / "later")


def restart(server: LocalServer) -> None:
    command = [server.binaries / "pg_ctl", "-D", server.folder / "data", "-l", server.folder / "log", "-m", "immediate", "-w", "restart"]
    subprocess.run(command, user=server_account(), cwd=server.folder, stdout=subprocess.DEVNULL, check=True)


def test_a_machine_that_is_cut_off_stops_before_another_takes_its_run(office: Office) -> None:
    here = office.stack.processes()[HERE_WORKER]
    os.kill(here, signal.SIGSTOP)
    lost = office.deliver(CUT_OFF)
    assert lost.worker == THERE_WORKER
    (process,) = office.processes_of_runs()
    office.machine.pull_the_cable()
    began = time.monotonic()
    office.stack.wait(lambda: process not in office.machine.processes(), "the machine that is cut off to give up its run")
    assert time.monotonic() - began < GIVES_ITSELF_UP_WITHIN
    assert office.stack.runs("land_extract")[0].status == "STARTED"
    os.kill(here, signal.SIGCONT)

    again = office.again(lost)
    assert (again.status, again.worker) == ("SUCCESS", HERE_WORKER)
    assert f"the process of {THERE_WORKER} that executed the run is gone without a word" in office.stack.why_failed(lost.id)
    assert set(office.outcomes(CUT_OFF)) <= {"landed", "superseded"}


def test_all_go_on_when_the_database_is_back(office: Office) -> None:
    office.machine.plug_it_in()
    lost = office.deliver(LATER)
    restart(office.server)
    again = office.again(lost)
    assert again.status == "SUCCESS"
    assert "is gone without a word" in office.stack.why_failed(lost.id)
    assert set(office.outcomes(LATER)) <= {"landed", "superseded"}
    assert office.stack.process.poll() is None
