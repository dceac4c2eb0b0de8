"""A machine that fails: a full disk, a folder that may not be written to, damaged files, a killed parent, a clock that jumps."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from ingestion import archive
from ingestion.archive import submissions
from ingestion.contract import load_contracts
from ingestion.inbox import waiting
from ingestion.intake import take_in
from ingestion.paths import PROJECT, DataRoot
from orchestration.calendar import statuses
from publishing import build, candidate, gate, release
from tests.deliver import CROSSINGS, crossings_csv, drop, landed_rows, receive
from tests.integration.conftest import environment, run_night
from tests.integration.faults.trial import copy_of, latest, spoil

ROW = "{day} 10:15:00,Departure,Wattay International Airport,Passport,SYN{number:07d},Lao,F,1990-05-01,,Thailand,,30"
FULL = pytest.mark.skipif(os.environ.get("FAULTS") != "full", reason="make faults runs it: a whole night")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, so large that the published root fits on it and little more."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600m", "tmpfs", disk], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here: that takes root")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def fill(disk: Path, leave_mb: float) -> Path:
    """Take what room there is on a disk but for a little; return the file that does."""
    ballast = disk / "ballast"
    room = shutil.disk_usage(disk).free
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, room - int(leave_mb * (1 << 20))))
    return ballast


def month(rows: int, day: str = "2026-10-05") -> str:
    return crossings_csv([ROW.format(day=day, number=number) for number in range(rows)])


def test_a_full_disk_during_landing(published_once: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = copy_of(published_once, small_disk / "data")
    monkeypatch.setenv("WAREHOUSE_DATA", str(root.path))
    before = latest(root)
    waits = drop(root, CROSSINGS, "many_2026-10.csv", month(20_000))
    ballast = fill(small_disk, leave_mb=0.5)
    landed, left = receive(root)
    assert landed == [] and "the disk is full" in left[0].reason and waits.exists()

    # With room for the delivery and not for what is made of it.
    ballast.unlink()
    take_in(root, load_contracts(), progress=lambda _line: None)
    ballast = fill(small_disk, leave_mb=0.05)
    with pytest.raises((OSError, duckdb.IOException), match=r"(?i)no space left"):
        receive(root)
    assert latest(root) == before and not root.raw_file("border_crossing", CROSSINGS, "2026-10").exists()

    ballast.unlink()
    receive(root)
    assert [entry.outcome for entry in submissions(root) if entry.period == "2026-10"] == ["landed"]
    assert build.nothing_changed(root) is None and latest(root) == before


def test_a_full_disk_while_the_candidate_is_frozen_and_while_it_is_released(published_once: Path, small_disk: Path) -> None:
    root = copy_of(published_once, small_disk / "data")
    before = latest(root)
    ballast = fill(small_disk, leave_mb=10)
    with pytest.raises((OSError, duckdb.Error), match=r"(?i)no space left|out of memory"):
        candidate.freeze(root)
    with pytest.raises(release.GateRefused, match="there is no candidate"):
        release.promote(root)
    assert latest(root) == before

    ballast.unlink()
    gate.judge(root, candidate.freeze(root))
    # A release is a rename, and a line in its history: without room for that line, no link moves.
    ballast = fill(small_disk, leave_mb=0)
    with pytest.raises(OSError, match="No space left"):
        release.promote(root)
    assert latest(root) == before

    ballast.unlink()
    gate.judge(root, candidate.freeze(root))
    assert release.promote(root).version == latest(root) > before


@FULL
def test_a_full_disk_while_dbt_builds(published_once: Path, small_disk: Path) -> None:
    root = copy_of(published_once, small_disk / "data")
    before = latest(root)
    ballast = fill(small_disk, leave_mb=12)
    night = run_night(root.path, "--force")
    assert night.code == 1 and "o space left" in night.said, night.said
    assert latest(root) == before
    ballast.unlink()
    night = run_night(root.path, "--force")
    assert night.code == 0 and latest(root) > before, night.said


@pytest.mark.usefixtures("no_workbooks")
def test_a_release_folder_that_may_not_be_written_to(published_once: Path, tmp_path: Path) -> None:
    root = copy_of(published_once, tmp_path / "data")
    gate.judge(root, candidate.freeze(root))
    before, coming = latest(root), candidate.newest(root)
    root.releases.chmod(0o555)
    program = "from ingestion.paths import DataRoot; from publishing import release; release.promote(DataRoot.from_env())"
    command = [sys.executable, "-c", program]
    if os.geteuid() == 0:
        # Permissions do not bind root unless it gives that up.
        if shutil.which("setpriv") is None:
            pytest.skip("root ignores permissions, and setpriv (util-linux) is not here to make it heed them")
        command = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", *command]
    done = subprocess.run(command, env=environment(root.path), cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode and "Permission denied" in done.stderr and "releases" in done.stderr, done.stderr
    assert latest(root) == before and coming.exists()

    root.releases.chmod(0o755)
    assert release.promote(root).version == latest(root) == coming.name


@pytest.mark.usefixtures("no_workbooks")
def test_a_damaged_release_is_not_taken_for_good_and_the_next_one_replaces_it(published_once: Path, tmp_path: Path) -> None:
    for name in ("warehouse.duckdb", "parquet/fct_population.parquet", "gate.json"):
        root = copy_of(published_once, tmp_path / name.replace("/", "_"))
        before = latest(root)
        assert build.nothing_changed(root) == f"release {before}"
        spoil(root.latest.resolve() / name)
        assert build.nothing_changed(root) is None
        with pytest.raises((AssertionError, ValueError)):
            latest(root)
    spoil(root.latest.resolve() / "warehouse.duckdb", at=0.0)
    frozen = candidate.freeze(root)
    assert "not comparable" in (frozen / "comparison.json").read_text()
    assert gate.judge(root, frozen).eligible
    assert release.promote(root).version == latest(root) > before


def test_a_damaged_raw_file_is_read_from_the_archive_again(published_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the damage is within the values, which no reader notices."""
    root = copy_of(published_once, tmp_path / "data")
    monkeypatch.setenv("WAREHOUSE_DATA", str(root.path))
    rows = landed_rows(root, "border_crossing")
    for at in (0.0, 0.3, 0.99):
        spoil(root.raw_file("border_crossing", CROSSINGS, "2026-08"), at)
    root.raw_file("border_crossing", CROSSINGS, "2026-07").unlink()
    handled, _ = receive(root)
    assert [(entry.extract, entry.period, entry.outcome) for entry in handled] == [
        (CROSSINGS, "2026-07", "landed"),
        (CROSSINGS, "2026-08", "landed"),
    ]
    assert landed_rows(root, "border_crossing") == rows
    assert build.nothing_changed(root) == f"release {latest(root)}"


def test_dbt_does_not_outlive_the_night_that_started_it(tmp_path: Path) -> None:
    """The parent is killed, and the dbt that it started, which would have gone on for seconds, is gone at once."""
    program = PROJECT / "orchestration" / "dbt_process.py"
    arguments = ["parse", "--project-dir", PROJECT / "dbt_project", "--target-path", tmp_path, "--log-path", tmp_path]
    listed = repr([sys.executable, "-P", *map(str, [program, *arguments])])
    parent = subprocess.Popen(
        [sys.executable, "-c", f"import subprocess, time; print(subprocess.Popen({listed}).pid, flush=True); time.sleep(600)"],
        env=environment(tmp_path, DBT_PROFILES_DIR=str(PROJECT / "dbt_project")),
        stdout=subprocess.PIPE,
        text=True,
    )
    child = int(parent.stdout.readline())
    end = time.monotonic() + 120
    while not (tmp_path / "dbt.log").exists():
        assert time.monotonic() < end and _is_running(child), "dbt did not start"
        time.sleep(0.05)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    end = time.monotonic() + 10
    while _is_running(child):
        assert time.monotonic() < end, "dbt goes on without its parent"
        time.sleep(0.05)
    assert not (tmp_path / "manifest.json").exists(), "dbt was done before its parent was killed: nothing is shown"


def _is_running(process: int) -> bool:
    """Whether a process runs; one that ended and that nobody asked for does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Clock(dt.datetime):
    """The time that the archive and the candidates are told."""

    at = dt.datetime(2026, 12, 31, 23, 59, 59, tzinfo=dt.UTC)

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
        return cls.at.astimezone(tz)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    for module in (archive, candidate):
        monkeypatch.setattr(module.dt, "datetime", Clock)
    return Clock


A_YEAR = dt.timedelta(days=365)


def test_versions_follow_each_other_whatever_the_clock_says(published_once: Path, tmp_path: Path, clock: type[Clock]) -> None:
    """At a year's last second, a year back, at the last of February, and forward again: what is published later is newer."""
    root = copy_of(published_once, tmp_path / "data")
    published = [latest(root)]
    made_from = root.latest.resolve()
    moments = [clock.at, clock.at, clock.at - A_YEAR, dt.datetime(2027, 2, 28, 23, 59, 59, tzinfo=dt.UTC), clock.at]
    for moment in moments:
        clock.at = moment
        version = candidate._next_version(root)
        shutil.copytree(made_from, root.releases / version)
        published.append(version)
    assert published == sorted(set(published))
    assert published[1:] == ["20261231T235959Z", "20270101T000000Z", "20270101T000001Z", "20270228T235959Z", "20270301T000000Z"]


def test_the_delivery_received_last_stands_also_when_the_clock_went_back(
    root: DataRoot, clock: type[Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    root.synthetic_marker.unlink()
    monkeypatch.setenv("WAREHOUSE_PSEUDONYM_KEY", "a-long-and-secret-key-of-a-site")
    for days, rows in ((0, 30), (-365, 28), (-400, 25)):
        clock.at = dt.datetime(2026, 12, 31, 23, 59, 59, tzinfo=dt.UTC) + dt.timedelta(days=days)
        drop(root, CROSSINGS, f"{rows}_2026-10.csv", month(rows))
        receive(root)
        assert len(landed_rows(root, "border_crossing")) == rows
    with duckdb.connect() as con:
        told = con.execute(f"select file_name, status, rows_accepted from '{root.submissions_meta}' order by received_at").fetchall()
    assert told == [("30_2026-10.csv", "superseded", 30), ("28_2026-10.csv", "superseded", 28), ("25_2026-10.csv", "landed", 25)]
    assert receive(root)[0] == []


def test_a_file_from_before_the_clock_was_set_back_does_not_wait_for_a_year(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(root, CROSSINGS, "a_2026-10.csv", month(3))
    arrived = time.time()
    for back, taken in ((-60, True), (0, False), (365 * 86400, True)):
        monkeypatch.setattr("ingestion.inbox.time.time", lambda back=back: arrived - back)
        assert bool(waiting(root, stable_seconds=30)) is taken, back


@pytest.mark.parametrize(
    ("today", "status"),
    [("2026-09-30", "not_due"), ("2026-10-01", "not_due"), ("2027-02-28", "missing"), ("2028-02-29", "missing"), ("2025-10-15", "not_due")],
)
def test_what_is_due_follows_the_day_on_which_it_is_asked(today: str, status: str, root: DataRoot) -> None:
    """Also when that day comes before the last delivery: nothing that came is unsaid, nothing is due before its time."""
    drop(root, CROSSINGS, "a_2026-08.csv", month(3, "2026-08-05"))
    receive(root)
    found = statuses(load_contracts()[CROSSINGS], submissions(root), dt.date.fromisoformat(today))
    assert found["2026-08"][0] in ("on_time", "late")
    assert found.get("2026-09", ("not_due", 0))[0] == status
