"""How Dagster hands a run to the workers, and how it learns that one of them is gone.

The queue is the runs that are STARTING: the launcher only says so, and whichever worker is free takes the oldest. A run that
is STARTED and that no session of the database holds has lost its process; Dagster's monitoring then fails it and has it tried again.
"""

from __future__ import annotations

from typing import Any, Self

import psycopg
from dagster import DagsterRun
from dagster._core.launcher import CheckRunHealthResult, LaunchRunContext, RunLauncher, WorkerStatus
from dagster._serdes import ConfigurableClass, ConfigurableClassData

from distributed.workers.claim import holder, session

WORKER_TAG = "warehouse/worker"


class WorkersRunLauncher(RunLauncher, ConfigurableClass):
    """Leaves runs to the workers that look for them in the database."""

    def __init__(self, postgres_url: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._url, self._inst_data = postgres_url, inst_data
        super().__init__()

    @property
    def inst_data(self) -> ConfigurableClassData | None:
        return self._inst_data

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        from dagster import StringSource

        return {"postgres_url": StringSource}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: dict[str, Any]) -> Self:
        return cls(inst_data=inst_data, **config_value)

    def launch_run(self, context: LaunchRunContext) -> None:
        self._instance.report_engine_event("Waiting for a worker that is free.", context.dagster_run, cls=type(self))

    def terminate(self, run_id: str) -> bool:
        """Ask the process that executes the run to stop: it looks for that every few seconds."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        self._instance.report_run_canceling(run)
        return True

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        if WORKER_TAG not in run.tags:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "no worker's: a night from the terminal looks after itself")
        try:
            with session(self._url, "run monitoring") as con:
                held = holder(con, run.run_id)
        except psycopg.OperationalError:
            # The database that could tell is away, and with it all history: that says nothing of the run.
            return CheckRunHealthResult(WorkerStatus.RUNNING, "the database does not answer")
        if held:
            return CheckRunHealthResult(WorkerStatus.RUNNING, run_worker_id=held)
        return CheckRunHealthResult(
            WorkerStatus.FAILED, f"the process of {run.tags[WORKER_TAG]} that executed the run is gone without a word"
        )
