"""From a finished build to a release (freeze, judge, promote), against a bare copy, its Parquet and its hashes."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks import history
from benchmarks.roots import copied, released
from benchmarks.work import Bare, Bench, Work
from expectations.suite import MARTS, load_suites, run_suite
from ingestion.paths import DataRoot
from ingestion.sql import identifier

TARGET = 1.15
SUITE = "qa_border_crossing"
CHUNK = 1 << 20


def prepare(bench: Bench) -> None:
    released(bench, history.MONTHS)


def ours(bench: Bench) -> Callable[[], int]:
    """Freeze, judge and promote one build; the import of Great Expectations is paid before the clock starts."""
    from publishing import candidate, gate, release

    root = _never_released(bench)
    with duckdb.connect(str(root.build), read_only=True) as con:
        run_suite(load_suites(MARTS)[SUITE], con.execute(f"from quality.{SUITE} limit 1").df())

    def publish() -> int:
        frozen = candidate.freeze(root)
        gate.judge(root, frozen)
        return _rows(release.promote(root, frozen).path / candidate.DATABASE)

    return publish


def copy_and_hash(bench: Bench) -> Callable[[], int]:
    """Every table that is published into a new database and as Parquet; the build and every file made hashed once."""
    root = _never_released(bench)
    tables = {name: about["schema"] for name, about in json.loads(root.build_record.read_bytes())["tables"].items()}
    target = bench.scratch / "copy"
    target.mkdir()
    database = target / "copied.duckdb"

    def copy() -> int:
        _sha256(root.build)
        with duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(bench.scratch / "spill")}) as con:
            con.execute(f"attach '{root.build}' as warehouse (read_only)")
            con.execute(f"attach '{database}' as copied")
            con.execute("use copied")
            for name, schema in tables.items():
                table = f"{schema}.{identifier(name)}"
                con.execute(f"create schema if not exists {schema}")
                con.execute(f"create table {table} as from warehouse.{table}")
                con.execute(f"copy {table} to '{target}/{name}.parquet' (format parquet, compression zstd)")
            con.execute("checkpoint copied")
        for path in target.iterdir():
            _sha256(path)
        return _rows(database)

    return copy


def _never_released(bench: Bench) -> DataRoot:
    """A data root with a finished, tested build and no release to take anything over from."""
    root = copied(released(bench, history.MONTHS), bench)
    shutil.rmtree(root.releases)
    return root


def _rows(database: Path) -> int:
    with duckdb.connect(str(database), read_only=True) as con:
        return con.execute("select count(*) from marts.fct_border_crossing").fetchone()[0]


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


WORK = Work(
    title="freeze, judge and promote a whole build",
    prepare=prepare,
    ours=ours,
    bare=(Bare("copy + Parquet + hashes", copy_and_hash, TARGET),),
)
