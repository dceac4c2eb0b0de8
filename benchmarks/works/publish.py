"""From a finished build to a release (freeze, judge, promote), against a bare copy, its Parquet and its hashes."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd

from benchmarks.generate import build_database
from benchmarks.work import Bare, Bench, Work
from expectations.suite import load_suites, run_suite
from ingestion.archive import file_sha256
from ingestion.contract import load_contracts
from ingestion.meta import write_meta
from ingestion.paths import DataRoot
from publishing import candidate, fingerprint, gate, release

TARGET = 1.15
SUITES = Path(__file__).resolve().parent.parent / "suites"
TABLES = {"fct_border_crossing": "marts", "qa_border_crossing": "quality", "qa_reconciliation": "quality"}
CHUNK = 1 << 20


def prepare(bench: Bench) -> None:
    build_database(bench.cache, bench.rows)


def ours(bench: Bench) -> Callable[[], int]:
    """Freeze, judge and promote one build; the import of Great Expectations is paid before the clock starts."""
    root = _root_with_a_build(bench)
    gate.MARTS = SUITES
    suite = load_suites(SUITES)["qa_border_crossing"]
    run_suite(suite, pd.DataFrame({entry.arguments["column"]: [0.5] for entry in suite.expectations} | {"period": ["2026-03"]}))

    def publish() -> int:
        frozen = candidate.freeze(root)
        gate.judge(root, frozen)
        return _rows(release.promote(root, frozen).path)

    return publish


def copy_and_hash(bench: Bench) -> Callable[[], int]:
    """Every table into a new database and as Parquet; the build and every file made hashed once."""
    root = _root_with_a_build(bench)
    target = bench.scratch / "copy"
    target.mkdir()

    def copy() -> int:
        _sha256(root.build)
        with duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(bench.scratch / "spill")}) as con:
            con.execute(f"attach '{root.build}' as build (read_only)")
            con.execute(f"attach '{target / candidate.DATABASE}' as copied")
            con.execute("use copied")
            for name, schema in TABLES.items():
                con.execute(f"create schema if not exists {schema}")
                con.execute(f"create table {schema}.{name} as from build.{schema}.{name}")
                con.execute(f"copy {schema}.{name} to '{target}/{name}.parquet' (format parquet, compression zstd)")
            con.execute("checkpoint copied")
        for path in target.iterdir():
            _sha256(path)
        return _rows(target)

    return copy


def _root_with_a_build(bench: Bench) -> DataRoot:
    """A data root with a finished, tested build, its build record and empty meta tables."""
    root = DataRoot(bench.scratch)
    root.synthetic_marker.touch()
    write_meta(root, load_contracts())
    shutil.copyfile(build_database(bench.cache, bench.rows), root.build)
    record = {
        "build_id": "benchmark",
        "database_sha256": file_sha256(root.build),
        "inputs": fingerprint.inputs(root),
        "warehouse_code": fingerprint.warehouse_code(),
        "rules": fingerprint.rules(),
        "not_built": [],
        "required": [],
        "verdicts": [],
        "tables": {name: {"schema": schema, "description": "", "label_lo": "", "columns": {}} for name, schema in TABLES.items()},
    }
    root.build_record.write_text(json.dumps(record), encoding="utf-8")
    return root


def _rows(folder: Path) -> int:
    with duckdb.connect(str(folder / candidate.DATABASE), read_only=True) as con:
        return con.execute("select count(*) from marts.fct_border_crossing").fetchone()[0]


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


WORK = Work(
    title="freeze, judge and promote a build of facts",
    prepare=prepare,
    ours=ours,
    bare=(Bare("copy + Parquet + hashes", copy_and_hash, TARGET),),
)
