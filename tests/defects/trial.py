"""The trial of a defect: clean months before it, the newest delivery with it, and who stops it.

A world is made once: months of deliveries, all but the newest of each extract published by a real night, the newest
landed and built beside them. A trial takes one delivery out of a copy of it, puts the defective one in its place and
lets the real landing, models, tests and suites judge. Only what depends on the record is built again, which is
what makes forty trials affordable.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from expectations.landing_judge import judge_deliveries
from expectations.suite import MARTS, load_suites, run_suite
from ingestion.archive import Submission, submissions
from ingestion.contract import load_contract
from ingestion.paths import CONTRACTS, PROJECT, DataRoot
from publishing import history
from tests.defects.seeded import Defect
from tests.defects.sent_file import SentFile
from tests.deliver import receive
from tests.integration.conftest import Night, environment, generate, run_night

WRITTEN_TO = {".duckdb", ".wal", ".db", ".lock"}
DELIVERED_ONCE = {"undesa__migrant_stock", "unhcr__refugees", "unhcr__asylum_applications", "hmrc__exchange_rates", "lsb__census_migrants"}
ENDED = {"taskforce__quarantine_returns", "taskforce__cumulative_returnees"}
FAILED = {"fail", "error", "runtime error"}
MADE_WHEN_FROZEN = {"qa_disclosure"}
EVERYWHERE = [
    "stg_submission",
    "int_submission_landed",
    "int_load_units",
    "dim_submission",
    "dim_source",
    "qa_volume",
    "qa_delivery_calendar",
]
LATER = ["path:models/indicators", "path:models/marts/aggregates", "path:models/marts/latest", "indicator_value+"]


@dataclass(frozen=True)
class Outcome:
    """``stopped_at`` is file or gate, and empty where the wrong figures would have been published; ``by`` names what stopped it."""

    name: str
    extract: str
    stopped_at: str
    by: tuple[str, ...]
    warned: tuple[str, ...]
    seconds: float


class World:
    """A folder of its own with the deliveries as sent, the root before the newest of them and the root with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sent, self.published = DataRoot(folder / "sent"), DataRoot(folder / "published")
        self.ready, self.trial = DataRoot(folder / "ready"), DataRoot(folder / "trial")

    def generate(self, *, months: int, scale: float, seed: int = 2026) -> None:
        """Every delivery of some months, in ``sent``."""
        generate(self.sent.path, "--months", str(months), "--scale", str(scale), "--seed", str(seed))

    def newest(self) -> list[Path]:
        """The newest delivery of every extract that delivers again and again."""
        folders = [folder for folder in sorted(self.sent.inbox.iterdir()) if folder.name not in DELIVERED_ONCE | ENDED]
        return [newest_of(folder) for folder in folders]

    def publish(self, nights: int) -> Iterator[Night]:
        """All but the newest deliveries, in the order in which they were sent, by so many real nights.

        The first night takes the first half of the months, the others a part of the rest each.
        """
        self.published.path.mkdir()
        shutil.copy2(self.sent.synthetic_marker, self.published.synthetic_marker)
        newest = set(self.newest())
        waiting = sorted((path for path in self.sent.inbox.rglob("*.*") if path not in newest), key=lambda path: path.stat().st_mtime)
        half = len(waiting) // 2
        for taken in (waiting[:half], *batched(waiting[half:], -(-half // (nights - 1)))):
            for path in taken:
                deliver(self.published, path)
            yield run_night(self.published.path)

    def prepare(self, extracts: Collection[str] = ()) -> tuple[list[str], list[str]]:
        """Land and build the newest deliveries on what was published, or all deliveries where nothing was.

        Args:
            extracts: only these; all when empty.

        Returns:
            what is unmet and what is warned of, though everything is clean.
        """
        if self.published.path.exists():
            copy_root(self.published, self.ready)
            paths = self.newest()
        else:
            self.ready.path.mkdir()
            shutil.copy2(self.sent.synthetic_marker, self.ready.synthetic_marker)
            paths = sorted(path for path in self.sent.inbox.rglob("*.*") if not extracts or path.parent.name in extracts)
        for path in paths:
            deliver(self.ready, path)
        refused = [f"{entry.extract} {entry.period} is refused" for entry in land(self.ready) if entry.outcome == "refused"]
        failed = [name for name, status in build(self.ready, "--exclude-resource-type", "unit_test").items() if status in FAILED]
        unmet, warned = judge(self.ready)
        return [*refused, *failed, *unmet], warned

    def night_with(self, defect: Defect) -> Night:
        """A whole real night with all newest deliveries, one of them defective."""
        copy_root(self.published, self.trial)
        for path in self.newest():
            if path.parent.name != defect.extract:
                deliver(self.trial, path)
        self._deliver_defective(defect)
        return run_night(self.trial.path)

    def at_the_door(self, defect: Defect) -> Submission:
        """The defective delivery after the one before it alone: enough for what is refused as a file."""
        shutil.rmtree(self.trial.path, ignore_errors=True)
        self.trial.path.mkdir()
        shutil.copy2(self.sent.synthetic_marker, self.trial.synthetic_marker)
        deliver(self.trial, SentFile.open(newest_of(self.sent.inbox / defect.extract)).before().path)
        land(self.trial)
        self._deliver_defective(defect)
        (done,) = land(self.trial)
        return done

    def _deliver_defective(self, defect: Defect) -> None:
        path = newest_of(self.sent.inbox / defect.extract)
        sent = SentFile.open(path)
        defect.change(sent)
        sent.write(self.trial.inbox / defect.extract / path.name)

    def try_out(self, defect: Defect) -> Outcome:
        """Put the defect in the place of the newest delivery, and see what stops it."""
        started = time.perf_counter()
        take_out(self.ready, self.trial, defect.extract)
        self._deliver_defective(defect)
        (done,) = land(self.trial)

        def outcome(stopped_at: str, by: Collection[str], warned: Collection[str] = ()) -> Outcome:
            return Outcome(defect.name, defect.extract, stopped_at, tuple(by), tuple(warned), time.perf_counter() - started)

        if done.outcome == "refused":
            return outcome("file", [done.reason])
        if done.outcome != "landed":
            return outcome("file", [done.outcome])
        record = load_contract(CONTRACTS / f"{defect.extract}.yml").record
        # What is left out shows the clean months or says nothing: that can hide a stop and never feign one.
        chosen = ["--select", *EVERYWHERE, f"stg_{record}+"]
        for more in (["--exclude", *LATER, "--resource-type", "model"], ["--exclude-resource-type", "unit_test"]):
            made = build(self.trial, *chosen, *more)
            failed = [name for name, status in made.items() if status in FAILED]
            unmet, warned = judge(self.trial, only=made)
            if failed or unmet:
                return outcome("gate", [*failed, *unmet], warned)
        return outcome("", [], warned)


def batched(paths: Sequence[Path], size: int) -> Iterator[Sequence[Path]]:
    return (paths[start : start + size] for start in range(0, len(paths), size))


def newest_of(folder: Path) -> Path:
    """The delivery of the latest month, as first sent."""
    return max(
        (path for path in folder.iterdir() if "_corrected" not in path.name and "_resent" not in path.name), key=lambda path: path.name
    )


def copy_root(source: DataRoot, target: DataRoot) -> None:
    """A copy that shares the files that are only ever replaced, and has its own of those that are written to."""
    shutil.rmtree(target.path, ignore_errors=True)

    def copied(one: str, other: str) -> None:
        shutil.copy2(one, other) if Path(one).suffix in WRITTEN_TO else os.link(one, other)

    shutil.copytree(
        source.path,
        target.path,
        symlinks=True,
        copy_function=copied,
        ignore=shutil.ignore_patterns(".dagster", "candidates", ".dbt", "truth"),
    )


def take_out(source: DataRoot, target: DataRoot, extract: str) -> None:
    """Copy a root without the newest delivery of an extract, as if its office had not sent it yet."""
    copy_root(source, target)
    newest = max(
        (entry for entry in submissions(target) if entry.extract == extract and entry.outcome == "landed"), key=lambda entry: entry.period
    )
    record = load_contract(CONTRACTS / f"{extract}.yml").record
    shutil.rmtree(newest.bytes_path(target).parent)
    target.raw_file(record, extract, newest.period).unlink()
    target.quarantine_file(extract, newest.period).unlink(missing_ok=True)


def deliver(root: DataRoot, path: Path) -> None:
    """Put a file into the inbox of its extract."""
    folder = root.inbox / path.parent.name
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, folder / path.name)


def land(root: DataRoot) -> list[Submission]:
    """Take in and land what waits, by the door that every delivery comes through."""
    return receive(root, judge=judge_deliveries)[0]


def build(root: DataRoot, *arguments: str) -> dict[str, str]:
    """Run ``dbt build``, as a night does; return the status of each model and test."""
    history.write_table(root)
    scratch = root.path.with_name(f"{root.path.name}.dbt")
    folders = ["--project-dir", "dbt_project", "--profiles-dir", "dbt_project", "--target-path", scratch, "--log-path", scratch]
    command = [Path(sys.executable).with_name("dbt"), "--quiet", "build", *folders, *arguments]
    done = subprocess.run(command, cwd=PROJECT, env=environment(root.path), capture_output=True, text=True, check=False)
    if not (scratch / "run_results.json").exists():
        raise RuntimeError(done.stdout + done.stderr)
    results = json.loads((scratch / "run_results.json").read_bytes())["results"]
    return {entry["unique_id"].split(".")[2]: entry["status"] for entry in results}


def judge(root: DataRoot, only: Collection[str] | None = None) -> tuple[list[str], list[str]]:
    """What the suites of the gate say of the evidence in a build: the unmet checks, and those that only warn."""
    unmet: list[str] = []
    warned: list[str] = []
    with duckdb.connect(str(root.build), read_only=True) as con:
        chosen = {name: suite for name, suite in load_suites(MARTS).items() if only is None or name in only}
        suites = {name: suite for name, suite in chosen.items() if name not in MADE_WHEN_FROZEN}
        for name, suite in suites.items():
            for finding in run_suite(suite, con.execute(f"from quality.{name}").df()):
                if not finding.passed:
                    (unmet if finding.expectation.severity == "error" else warned).append(f"{name}.{finding.expectation.check}")
    return unmet, warned
