"""Eight readers while release after release is published: no read fails, none mixes two releases, none goes back in time.

The releases are candidates made beforehand from one that was judged: the tables that readers ask carry the number of
their release, and their gate record is that of the copied bytes. What is tried is the real promotion. `make faults` has ten
publications in 60 seconds, the tests of every day have three in ten.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from ingestion.paths import DataRoot
from publishing import release
from publishing.fingerprint import folder_hashes
from tests.integration.faults.reader import STAMPED, number
from tests.integration.faults.trial import copy_of, latest

PROGRAM = Path(__file__).with_name("reader.py")
READERS = 8
SECONDS, PUBLICATIONS = (60, 10) if os.environ.get("FAULTS") == "full" else (10, 3)


def stamp(folder: Path, version: str) -> None:
    """Write the number of its release into the tables that readers ask, in both forms."""
    with duckdb.connect(str(folder / "warehouse.duckdb")) as con:
        for table, schema in STAMPED.items():
            con.execute(f"alter table {schema}.{table} add column if not exists release_number bigint")
            con.execute(f"update {schema}.{table} set release_number = {number(version)}")
            con.execute(f"copy {schema}.{table} to '{folder}/parquet/{table}.parquet' (format parquet)")


def start(releases: Path, end: Path) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, PROGRAM, releases, end], stdout=subprocess.PIPE, text=True)


def another(root: DataRoot, made_from: Path, version: str) -> Path:
    """A candidate of other content that passes promotion."""
    made = root.candidates / version
    shutil.copytree(made_from, made)
    for path in made.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    stamp(made, version)
    package = json.loads((made / "datapackage.json").read_text())
    (made / "datapackage.json").write_text(json.dumps(package | {"version": version}))
    gate = json.loads((made / "gate.json").read_text())
    (made / "gate.json").write_text(json.dumps(gate | {"version": version, "files": folder_hashes(made, without={"gate.json"})}))
    return made


def test_readers_during_publication(published_once: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    root = copy_of(published_once, tmp_path / "data")
    made_from = root.latest.resolve()
    coming = [another(root, made_from, f"2099010{at // 10}T0000{at % 10:02d}Z") for at in range(1, PUBLICATIONS + 2)]
    expected = {number(path.name) for path in coming}
    release.promote(root, coming.pop(0))
    readers, began = [start(root.releases, tmp_path / "end") for _ in range(READERS)], time.monotonic()
    promoting = []
    for made in coming:
        time.sleep(SECONDS / (PUBLICATIONS + 1))
        started = time.monotonic()
        release.promote(root, made)
        promoting.append(time.monotonic() - started)
    time.sleep(max(3.0, began + SECONDS - time.monotonic()))
    (tmp_path / "end").touch()
    told = [json.loads(reader.communicate()[0]) for reader in readers]

    assert [[*one["failed"], *one["mixed"], *one["older"]] for one in told] == [[]] * READERS
    # Without these the test would prove nothing: all releases were read, and many times.
    assert set().union(*(one["seen"] for one in told)) == expected
    assert latest(root) == coming[-1].name
    reads = sum(one["reads"] for one in told)
    assert reads > READERS * PUBLICATIONS
    p95 = statistics.quantiles([took for one in told for took in one["took"]], n=20)[-1]
    with capsys.disabled():
        print(
            f"\n{READERS} readers, {SECONDS} s, {PUBLICATIONS} publications: {reads:,} reads, 0 failed, 0 mixed, 0 older after "
            f"newer; 95 % of reads within {p95 * 1000:.0f} ms, promotions within {max(promoting) * 1000:.0f} ms"
        )


def test_the_readers_would_notice(published_once: Path, tmp_path: Path) -> None:
    """A release that is written to in place: one table of it is of another release than the others, or is gone."""
    root = copy_of(published_once, tmp_path / "data")
    made = another(root, root.latest.resolve(), "20990101T000001Z")
    release.promote(root, made)
    broken = tmp_path / "broken" / made.name
    shutil.copytree(root.latest.resolve(), broken)
    (broken.parent / "latest").symlink_to(made.name)
    (broken / "parquet" / "fct_population.parquet").unlink()
    (broken / "warehouse.duckdb").chmod(0o644)
    with duckdb.connect(str(broken / "warehouse.duckdb")) as con:
        con.execute("update marts.fct_population set release_number = 1")
    reader = start(broken.parent, tmp_path / "end")
    time.sleep(3)
    (tmp_path / "end").touch()
    told = json.loads(reader.communicate()[0])
    assert told["mixed"] and told["failed"] and "fct_population.parquet" in told["failed"][0]
