"""Too much at once: two nights, and two hundred files for the sensor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import dagster as dg

from ingestion.archive import submissions
from ingestion.contract import load_contracts
from ingestion.lock import exclusive
from ingestion.paths import PROJECT, DataRoot
from orchestration.definitions import build_definitions
from orchestration.defs.automation import LANDING_JOB, look_into_inbox
from publishing import build
from tests.deliver import CROSSINGS, crossings_csv, drop, landed_rows
from tests.integration.conftest import environment, run_night
from tests.integration.faults.trial import copy_of, latest

FILES = 200
ROW = "{month}-05 10:15:00,Departure,Wattay International Airport,Passport,SYN{number:07d},Lao,F,1990-05-01,,Thailand,,30"


def test_two_nights_at_once(published_once: Path, tmp_path: Path) -> None:
    """The second one stops at once and says why; the first one is not disturbed."""
    root = copy_of(published_once, tmp_path / "data")
    before = latest(root)
    command = [sys.executable, "-m", "orchestration.nightly"]
    with subprocess.Popen(command, cwd=PROJECT, env=environment(root.path), stdout=subprocess.PIPE, text=True) as first:
        while not first.stdout.readline().startswith("Migration warehouse at"):
            assert first.poll() is None
        # A night without news may be over before another has started: it is held where it is meanwhile.
        first.send_signal(signal.SIGSTOP)
        second = run_night(root.path, "--force")
        first.send_signal(signal.SIGCONT)
        said = first.communicate()[0]
    assert second.code == 1 and "another process is busy with the night of this data root; nothing was changed" in second.said
    assert first.returncode == 0 and f"Nothing changed since release {before}" in said
    assert latest(root) == before


def test_two_hundred_files_make_one_run_that_lands_them_all(root: DataRoot) -> None:
    """The sensor asks for one run however often it looks; while another landing is busy that run fails and says so, and the
    sensor asks again."""
    months = [f"{2010 + number // 12}-{number % 12 + 1:02d}" for number in range(FILES // 2)]
    for month in months:
        for name in ("first", "second"):
            path = drop(root, CROSSINGS, f"{name}_{month}.csv", crossings_csv([ROW.format(month=month, number=at) for at in range(3)]))
            moment = time.time() - (3600 if name == "first" else 1800)
            os.utime(path, (moment, moment))
    with dg.DagsterInstance.ephemeral() as instance:
        looks = [look_into_inbox(dg.build_sensor_context(instance=instance), root, load_contracts()) for _ in range(5)]
        assert {request.run_key for look in looks for request in look.run_requests} == {looks[0].run_requests[0].run_key}
        job = build_definitions().resolve_job_def(LANDING_JOB)
        tags = looks[0].run_requests[0].tags
        with exclusive(root, "landing"):
            busy = job.execute_in_process(instance=instance, tags=tags, raise_on_error=False)
        assert not busy.success and "another process is busy with the landing" in str(busy.get_step_failure_events()[0].step_failure_data)
        again = look_into_inbox(dg.build_sensor_context(instance=instance), root, load_contracts())
        assert again.run_requests[0].run_key not in {look.run_requests[0].run_key for look in looks}
        assert job.execute_in_process(instance=instance, tags=tags).success
        after = look_into_inbox(dg.build_sensor_context(instance=instance), root, load_contracts())
        assert after.skip_message == "the inbox is empty"
    outcomes = [entry.outcome for entry in submissions(root)]
    assert (outcomes.count("landed"), outcomes.count("superseded")) == (FILES // 2, FILES // 2)
    assert len(landed_rows(root, "border_crossing")) == 3 * FILES // 2
    assert build.nothing_changed(root) is None and not root.latest.exists()
