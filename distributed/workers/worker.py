"""A worker: takes the oldest run that waits, executes it in a process of its own, and looks for the next.

``python -m distributed.workers.worker --name NAME``, on any machine that has the project at the same path, the data root, and the
environment of the others. It keeps nothing: it may be stopped, killed and started at any time.
"""

from __future__ import annotations

import argparse
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

import dagster as dg
import psycopg
from sqlalchemy.exc import SQLAlchemyError

from distributed.workers.claim import holder, session
from distributed.workers.settings import postgres_url

LOOKS_EVERY_SECONDS = 1.0
AFTER_TROUBLE_SECONDS = 5.0
TROUBLE = (psycopg.Error, SQLAlchemyError, dg.DagsterError)

log = logging.getLogger("worker")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m distributed.workers.worker", description="Execute the runs that wait.")
    parser.add_argument("--name", required=True, help="by which Dagster tells of it; no two workers may have the same")
    name = parser.parse_args(arguments).name
    logging.basicConfig(format=f"%(asctime)s {name}: %(message)s")
    log.setLevel(logging.INFO)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with dg.DagsterInstance.get() as instance:
        log.info("looking for runs")
        try:
            while True:
                work(instance, name)
        except KeyboardInterrupt:
            log.info("stopped")
            return 0


def work(instance: dg.DagsterInstance, name: str) -> None:
    """Execute what waits. A database that is away is waited for: it may come back before anybody looks here."""
    try:
        for run in waiting(instance):
            execute(run, name)
        time.sleep(LOOKS_EVERY_SECONDS)
    except TROUBLE as trouble:
        log.warning("the database does not answer (%s)", type(trouble).__name__)
        time.sleep(AFTER_TROUBLE_SECONDS)


def waiting(instance: dg.DagsterInstance) -> Iterator[str]:
    """The runs that no process has taken, the oldest first, looked for anew after each."""
    while True:
        starting = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTING]), ascending=True)
        if not starting:
            return
        with session(postgres_url(), "worker that is free") as con:
            found = next((run.run_id for run in starting if holder(con, run.run_id) is None), None)
        if found is None:
            return
        yield found


def execute(run: str, name: str) -> None:
    """Execute one run to its end. Whoever stops the worker stops the run, which fails and is tried again by another."""
    log.info("takes run %s", run)
    with subprocess.Popen([sys.executable, "-m", "distributed.workers.run_process", run, "--worker", name]) as process:
        try:
            process.wait()
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            raise
    log.info("run %s: its process ended with %s", run, process.returncode)


if __name__ == "__main__":
    sys.exit(main())
