"""Dagster on several workers: they share the landing, and one of them is killed in the middle of a night."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from ingestion.archive import submissions
from ingestion.paths import PROJECT, DataRoot
from publishing.verification import verify
from tests.distributed.running_stack import PYTHON, RunningStack, running
from tests.integration.conftest import environment, generate

pytestmark = [
    pytest.mark.skipif(os.environ.get("DISTRIBUTED") != "full", reason="several workers take minutes: make test-distributed"),
    pytest.mark.skipif(not PYTHON.exists(), reason="the workers' environment is not there: make test-distributed makes it"),
]

WORKERS = 3
DELIVERIES = "dim-submission"
FIRST = ("mops__crossings_land", "mops__crossings_airports", "ncatip__identified_victims", "lsb__remittance_survey")
"""What waits when the workers start; the rest comes before the night."""


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> tuple[DataRoot, DataRoot]:
    """Twice the same deliveries: for the workers, and for one process that nobody disturbs."""
    folder = tmp_path_factory.mktemp("workers")
    generate(folder / "shared", "--months", "3", "--scale", "0.02")
    shutil.copytree(folder / "shared", folder / "alone")
    (folder / "later").mkdir()
    for waits in (folder / "shared" / "inbox").iterdir():
        if waits.name not in FIRST:
            shutil.move(waits, folder / "later" / waits.name)
    return DataRoot(folder / "shared"), DataRoot(folder / "alone")


@pytest.fixture(scope="module")
def undisturbed(roots: tuple[DataRoot, DataRoot]) -> Iterator[subprocess.Popen]:
    """The night of one process, beside all else: it is compared with at the end."""
    alone = roots[1].path
    night = {"args": [sys.executable, "-m", "orchestration.nightly"], "cwd": PROJECT, "env": environment(alone)}
    with (alone / "said").open("w") as said, subprocess.Popen(**night, stdout=said, stderr=said) as process:
        yield process
        process.kill()


@pytest.fixture(scope="module")
def stack(roots: tuple[DataRoot, DataRoot], undisturbed: subprocess.Popen) -> Iterator[RunningStack]:
    with running(roots[0], roots[0].path.parent / "said", WORKERS) as started:
        processes = started.processes()
        yield started
    left = [name for name, pid in processes.items() if Path(f"/proc/{pid}").exists()]
    assert left == [] and started.said().endswith("stopped\n")


def test_several_extracts_are_landed_at_once_by_several_workers_and_none_twice(stack: RunningStack) -> None:
    sent = {name: len(list((stack.root.inbox / name).iterdir())) for name in FIRST}
    stack.wait(lambda: [run.status for run in stack.runs("land_extract")] == ["SUCCESS"] * len(FIRST), "every extract to be landed")
    runs = stack.runs("land_extract")
    at_once = [(one, other) for one, other in itertools.combinations(runs, 2) if one.overlaps(other)]
    assert at_once and all(one.worker != other.worker for one, other in at_once)
    assert {run.tags["warehouse/extract"] for run in runs} == set(FIRST)
    taken = submissions(stack.root)
    assert {name: sum(entry.extract == name for entry in taken) for name in FIRST} == sent
    assert {entry.outcome for entry in taken} <= {"landed", "superseded", "duplicate"}
    assert not stack.root.submissions_meta.exists()


def test_a_night_whose_worker_is_killed_is_completed_by_another(
    stack: RunningStack, undisturbed: subprocess.Popen, roots: tuple[DataRoot, DataRoot]
) -> None:
    later = stack.root.path.parent / "later"
    for folder in later.iterdir():
        shutil.move(folder, stack.root.inbox / folder.name)
    first = stack.launch("nightly")
    stack.wait(lambda: stack.runs("nightly")[-1].worker is not None, "a worker to take the night")
    killed = stack.runs("nightly")[-1].worker
    stack.wait(lambda: "built intermediate/" in stack.log_of(killed), "the night to build")
    stack.kill(killed)

    stack.wait(lambda: len(stack.runs("nightly")) > 1, "the night to be tried again")
    assert not stack.root.latest.exists() and not list(stack.root.path.glob("releases/*"))
    again, lost = stack.runs("nightly")
    assert (lost.id, lost.status) == (first, "FAILURE")
    assert f"the process of {killed} that executed the run is gone without a word" in stack.why_failed(first)
    assert f"{killed} has ended (-9)" in stack.said() and f"{WORKERS - 1} workers are left" in stack.said()
    stack.wait(lambda: stack.runs("nightly")[0].status not in ("NOT_STARTED", "QUEUED", "STARTING", "STARTED"), "the night to be completed")
    done = stack.runs("nightly")[0]
    assert (done.id, done.status, done.root) == (again.id, "SUCCESS", first) and done.worker not in (killed, None)
    assert len(stack.runs("nightly")) == 2

    assert verify(stack.root.latest.resolve(), stack.root).findings == []
    assert undisturbed.wait() == 0, (roots[1].path / "said").read_text(encoding="utf-8")
    assert hashes(stack.root) == hashes(roots[1])
    assert deliveries(stack.root) == deliveries(roots[1])


def hashes(root: DataRoot) -> dict[str, str]:
    """The hash of the content of every table of the release that is the same whenever the same deliveries are landed."""
    package = json.loads((root.latest / "datapackage.json").read_text(encoding="utf-8"))
    return {table["name"]: table["content_hash"] for table in package["resources"] if table["reproducible"] and table["name"] != DELIVERIES}


def deliveries(root: DataRoot) -> list[tuple]:
    """Every delivery that the release tells of, but for the moment at which it was landed."""
    table = root.latest / "parquet" / "dim_submission.parquet"
    return duckdb.sql(f"select * exclude (landed_at) from '{table}' order by all").fetchall()
