"""Replacing one month of a fact whose file was sent again, against deleting and inserting the same rows by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks import history
from benchmarks.generate import AIRPORTS
from benchmarks.roots import copied, environment, land, released
from benchmarks.work import Bare, Bench, NotMeasurable, Work
from ingestion.paths import PROJECT, DataRoot

FACT = "fct_border_crossing"
TABLE = f"marts.{FACT}"
TARGET = 1.2


def prepare(bench: Bench) -> None:
    released(bench, history.MONTHS)


def ours(bench: Bench) -> Callable[[], int]:
    """The model of the fact, run by dbt in this process; its imports and its reading of the project come before the clock starts."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    root, dbt = _sent_again(bench)

    def replace() -> int:
        dbt("run", "--select", FACT)
        DuckDBConnectionManager.close_all_connections()
        return _rows(root)

    return replace


def delete_and_insert(bench: Bench) -> Callable[[], int]:
    """The same rows, by the same select, deleted and inserted in one transaction."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    root, dbt = _sent_again(bench)
    told = dbt("compile", "--select", FACT)
    DuckDBConnectionManager.close_all_connections()
    select = told.result.results[0].node.compiled_code.replace('"warehouse".', "")
    con = duckdb.connect(str(root.build), config={"memory_limit": "2GB", "temp_directory": str(root.path / "tmp")})

    def replace() -> int:
        con.execute("begin")
        con.execute(
            f"delete from {TABLE} where _load_key in (select _load_key from (select distinct _load_key from {TABLE}) "
            "where _load_key not in (select load_key from intermediate.int_load_units))"
        )
        con.execute(f"insert into {TABLE} by name {select}")
        con.execute("commit")
        con.close()
        return _rows(root)

    return replace


def _sent_again(bench: Bench) -> tuple[DataRoot, Callable[..., object]]:
    """A root in which the newest month has landed once more, a row shorter, and dbt to run on it."""
    root = copied(released(bench, history.MONTHS), bench)
    month = history.months()[-1]
    (file,) = [path for path in history.files(bench.cache, bench.rows, [month]) if path.parent.name == AIRPORTS][:1]
    delivered = root.inbox / AIRPORTS / file.name
    delivered.parent.mkdir(parents=True, exist_ok=True)
    delivered.write_bytes(file.read_bytes().rstrip().rpartition(b"\n")[0] + b"\n")
    if [entry.outcome for entry in land(root)] != ["landed"]:
        raise NotMeasurable("the month that was sent again did not land")
    os.environ.update(environment(root))
    dbt = _dbt(bench.scratch / "target")
    # The views of staging hold the path of the root that was copied.
    dbt("run", "--select", f"+{FACT}", "--exclude", FACT)
    return root, dbt


def _dbt(target: Path) -> Callable[..., object]:
    from dbt.cli.main import dbtRunner

    project = os.fspath(PROJECT / "dbt_project")
    places = ["--project-dir", project, "--profiles-dir", project, "--target-path", os.fspath(target), "--log-path", os.fspath(target)]
    manifest = dbtRunner().invoke(["--quiet", "parse", *places]).result
    runner = dbtRunner(manifest=manifest)

    def invoke(*arguments: str) -> object:
        done = runner.invoke(["--quiet", *arguments, *places])
        if not done.success:
            raise NotMeasurable(f"dbt {' '.join(arguments)} failed: {json.dumps(str(done.exception))[:300]}")
        return done

    return invoke


def _rows(root: DataRoot) -> int:
    with duckdb.connect(str(root.build), read_only=True) as con:
        return con.execute(f"select count(*) from {TABLE}").fetchone()[0]


WORK = Work(
    title="replace one month of a fact",
    prepare=prepare,
    ours=ours,
    bare=(Bare("delete and insert by hand", delete_and_insert, TARGET),),
)
