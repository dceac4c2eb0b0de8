"""Dagster's record, kept by our storage: whoever opens it with Dagster's own finds everything, while it is being written."""

from __future__ import annotations

import threading
from pathlib import Path

import dagster as dg

from orchestration.storage import KEPT_OPEN

OURS = {"module": "orchestration.storage", "class": "OpenSqliteStorage"}
CHECK = dg.AssetCheckSpec("is_there", asset="thing")


@dg.asset(check_specs=[CHECK])
def thing() -> dg.MaterializeResult:
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True, check_name="is_there")])


def test_dagsters_own_storage_finds_every_event_of_more_runs_than_are_kept_open(tmp_path: Path) -> None:
    storage = {"storage": {"custom": {**OURS, "config": {"base_dir": str(tmp_path)}}}}
    with dg.DagsterInstance.local_temp(str(tmp_path), overrides=storage) as ours:
        runs = [dg.materialize([thing], instance=ours) for _ in range(KEPT_OPEN + 3)]
        # Several threads, as the web server has them, over more databases than stay open.
        seen: dict[str, int] = {}
        threads = [threading.Thread(target=lambda run=run: seen.update({run.run_id: len(ours.all_logs(run.run_id))})) for run in runs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with dg.DagsterInstance.local_temp(str(tmp_path), overrides={"storage": {"sqlite": {"base_dir": str(tmp_path)}}}) as plain:
            for run in runs:
                assert len(plain.all_logs(run.run_id)) == seen[run.run_id] > 5
            last = plain.get_latest_materialization_event(dg.AssetKey("thing"))
            assert last.run_id == runs[-1].run_id
            judged = plain.event_log_storage.get_asset_check_execution_history(CHECK.key, limit=99)
            assert len(judged) == len(runs)
