"""The process that executes one run, for as long as it holds it: ``python -m distributed.workers.run_process RUN --worker NAME``.

It is a process of its own for each run, so that a run which takes all memory takes nobody else with it. When its session with
the database ends, so does it, at once: the run may by then be another's.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Sequence

import psycopg

from distributed.workers.claim import claim, session
from distributed.workers.settings import postgres_url
from ingestion.lock import LANDING, PUBLICATION, wait_until_free
from ingestion.paths import DataRoot

LOOKS_EVERY_SECONDS = 2.0
LEASE_SECONDS = 120.0
"""What a machine that is lost held on network storage is free by then: NFS 4 gives leases of 90 seconds unless it is told otherwise."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m distributed.workers.run_process", description="Execute one run.")
    parser.add_argument("run")
    parser.add_argument("--worker", required=True)
    options = parser.parse_args(arguments)
    with session(postgres_url(), options.worker) as con:
        if not claim(con, options.run):
            return 0
        threading.Thread(target=end_without, args=[con], daemon=True).start()
        return execute(options.run, options.worker)


def end_without(con: psycopg.Connection) -> None:
    """Leave at once when the claim is lost; what is half written is found and discarded by whoever comes next."""
    while True:
        time.sleep(LOOKS_EVERY_SECONDS)
        try:
            con.execute("select 1")
        except psycopg.Error:
            print("the session that held this run has ended: so does its process", file=sys.stderr, flush=True)
            os._exit(1)


def execute(run_id: str, worker: str) -> int:
    """Execute the run as every process of Dagster's own does, unless it was executed or called off meanwhile; return the exit code."""
    # Dagster takes seconds to import: the run is claimed by then.
    from dagster import DagsterInstance, DagsterRunStatus
    from dagster._cli.api import _execute_run_command_body
    from dagster._core.execution.run_cancellation_thread import start_run_cancellation_thread
    from dagster._utils.interrupts import capture_interrupts

    from distributed.workers.launcher import WORKER_TAG

    with capture_interrupts(), DagsterInstance.get() as instance:
        run = instance.get_run_by_id(run_id)
        if run is None or run.status != DagsterRunStatus.STARTING:
            return 0
        instance.add_run_tags(run_id, {WORKER_TAG: worker})
        instance.report_engine_event(f"{worker} has taken the run.", run)
        looking, is_over = start_run_cancellation_thread(instance, run_id)
        try:
            if run.parent_run_id:
                for what in (LANDING, PUBLICATION):
                    wait_until_free(DataRoot.from_env(), what, LEASE_SECONDS)
            return _execute_run_command_body(run_id, instance, lambda _event: None, set_exit_code_on_failure=True)
        finally:
            is_over.set()
            looking.join()


if __name__ == "__main__":
    sys.exit(main())
