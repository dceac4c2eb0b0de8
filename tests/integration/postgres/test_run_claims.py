"""Who executes a run, as the workers' launcher learns it from PostgreSQL: alive, gone, or never taken."""

from __future__ import annotations

import signal
import subprocess
import sys

import dagster as dg
from dagster._core.launcher import WorkerStatus

from distributed.workers.claim import claim, holder, session
from distributed.workers.launcher import WORKER_TAG, WorkersRunLauncher
from ingestion.paths import PROJECT
from orchestration.nightly import STARTED_BY
from tests.integration.postgres.server import Server

HOLD = """
import sys, time
from distributed.workers.claim import claim, session
con = session(sys.argv[1], "worker-7")
print(claim(con, sys.argv[2]), flush=True)
time.sleep(600)
"""


def test_a_run_is_held_until_its_process_ends_however_it_ends(postgres: Server) -> None:
    run = dg.DagsterRun("nightly", tags={WORKER_TAG: "worker-7"}, status=dg.DagsterRunStatus.STARTED)
    launcher = WorkersRunLauncher(postgres.url())
    command = [sys.executable, "-c", HOLD, postgres.url(), run.run_id]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "True\n"
        assert launcher.check_run_worker_health(run).status == WorkerStatus.RUNNING
        with session(postgres.url(), "worker-8") as other:
            assert holder(other, run.run_id) == "worker-7" and not claim(other, run.run_id)
            assert holder(other, "another run") is None and claim(other, "another run")
        process.send_signal(signal.SIGKILL)
    health = launcher.check_run_worker_health(run)
    assert health.status == WorkerStatus.FAILED and "worker-7" in health.msg
    with session(postgres.url(), "worker-8") as other:
        assert claim(other, run.run_id)


def test_a_night_from_the_terminal_is_no_workers_and_is_left_alone(postgres: Server) -> None:
    run = dg.DagsterRun("nightly", tags=STARTED_BY, status=dg.DagsterRunStatus.STARTED)
    assert WorkersRunLauncher(postgres.url()).check_run_worker_health(run).status == WorkerStatus.RUNNING


def test_a_database_that_is_away_says_nothing_of_the_run(postgres: Server) -> None:
    nobody_there = WorkersRunLauncher("postgresql://postgres@127.0.0.1:1/warehouse")
    assert nobody_there.check_run_worker_health(dg.DagsterRun("nightly", tags={WORKER_TAG: "worker-7"})).status == WorkerStatus.RUNNING
