"""Every table made anew with its tests, by the night's own step, against the same SQL sent one statement after another."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb

from benchmarks import history
from benchmarks.roots import code, copied, environment, released
from benchmarks.work import Bare, Bench, Limit, NotMeasurable, Work
from ingestion.paths import PROJECT, DataRoot
from ingestion.sql import quoted

TARGET = 1.15
MEMORY_MB = 4_000
FACT = "marts.fct_border_crossing"
STAYS = "fct_stay"
PAIRING_SHARE = 0.10


def prepare(bench: Bench) -> None:
    """A root with the whole history landed, and the SQL by which today's code builds it."""
    released(bench, history.MONTHS)
    if _statements(bench).exists():
        return
    ours(bench)()
    _statements(bench).write_bytes(pickle.dumps(list(_told(DataRoot(bench.scratch / "root")))))


def ours(bench: Bench) -> Callable[[], int]:
    """The step ``warehouse`` of the nightly job, on a build that is not there; Dagster's imports come before the clock starts."""
    import dagster as dg

    root = copied(released(bench, history.MONTHS), bench)
    root.build.unlink()
    os.environ.update(environment(root))
    from orchestration.definitions import build_definitions
    from orchestration.home import prepare_home

    prepare_home(root)
    definitions = build_definitions()
    (warehouse,) = [asset for asset in definitions.assets if getattr(asset, "op", None) and asset.op.name == "warehouse"]
    job = dg.Definitions(
        assets=[warehouse], resources=definitions.resources, jobs=[dg.define_asset_job("build", dg.AssetSelection.assets(warehouse))]
    ).resolve_job_def("build")

    def build() -> int:
        with dg.DagsterInstance.get() as instance:
            done = job.execute_in_process(
                instance=instance, run_config={"ops": {"warehouse": {"config": {"full_refresh": True}}}}, raise_on_error=False
            )
        if not done.success:
            raise NotMeasurable("the build failed")
        return _rows(root.build)

    return build


def same_sql(bench: Bench) -> Callable[[], int]:
    """Each seed, model and test as one statement, in the order in which dbt came to them."""
    root = copied(released(bench, history.MONTHS), bench)
    root.build.unlink()
    return _sent(root, statements(bench))


def same_sql_rows_aside(bench: Bench) -> Callable[[], int]:
    """The same, for works that count something else than the rows of the fact; they find nothing to complain of."""
    build = same_sql(bench)
    return lambda: build() and 0


def pairing(bench: Bench) -> Callable[[], int]:
    """The pairing of exits with entries alone, of all crossings: the statement that makes ``fct_stay``."""
    wanted = [entry for entry in statements(bench) if entry[0] == STAYS]
    root = copied(released(bench, history.MONTHS), bench)
    return _sent(root, wanted)


def _sent(root: DataRoot, statements: list[tuple[str, str]]) -> Callable[[], int]:
    con = duckdb.connect(str(root.build), config={"memory_limit": "2GB", "temp_directory": str(root.path / "tmp")})
    con.execute("set TimeZone = 'Asia/Vientiane'")

    def send() -> int:
        for name, sql in statements:
            if name == "int_disclosure_pattern":
                _solve(con)
            else:
                con.execute(sql.replace("{root}", str(root.path))).fetchall()
        con.execute("checkpoint")
        rows = con.execute(f"select count(*) from {FACT}").fetchone()[0]
        con.close()
        return rows

    return send


def _solve(con: duckdb.DuckDBPyConnection) -> None:
    """The one model in Python, called by hand."""
    from disclosure.protection import pattern

    cells = con.execute("from intermediate.int_disclosure_cell order by cell_key").fetchnumpy()
    terms = con.execute("from intermediate.int_disclosure_equation order by equation_key, cell_key").fetchnumpy()
    found = pattern(cells, terms, None)  # noqa: F841 - read by the statement below
    con.execute("create table intermediate.int_disclosure_pattern as from found")


def _told(root: DataRoot) -> Iterator[tuple[str, str]]:
    """Name and SQL of each node of the newest run, and of each test after it; the root is written ``{root}``."""
    from orchestration.manifest import MANIFEST

    run = max((root.path / ".dbt" / "runs").iterdir(), key=os.path.getmtime)
    nodes = json.loads((run / "manifest.json").read_bytes())["nodes"]
    tests = [node for node in json.loads(MANIFEST.read_bytes())["nodes"].values() if node["resource_type"] == "test"]
    schemas = sorted({node["schema"] for node in nodes.values()})
    yield from ((schema, f"create schema if not exists {schema}") for schema in schemas)
    for node in [*(nodes[result["unique_id"]] for result in json.loads((run / "run_results.json").read_bytes())["results"]), *tests]:
        yield node["name"], _statement(node).replace(str(root.path), "{root}").replace('"warehouse".', "")


def _statement(node: dict[str, Any]) -> str:
    table = f"{node['schema']}.{node['alias']}"
    if node["resource_type"] == "seed":
        types = node["config"]["column_types"]
        listed = ", ".join(f"{quoted(name)}: {quoted(kind)}" for name, kind in types.items())
        told = f", types = {{{listed}}}" if listed else ""
        path = PROJECT / "dbt_project" / node["original_file_path"]
        return f"create table {table} as from read_csv({quoted(str(path))}, header = true{told})"
    sql = (node["compiled_code"] or "").strip().rstrip(";")
    if node["resource_type"] == "test":
        return f"select count(*) from ({sql})"
    return f"create or replace {'view' if node['config']['materialized'] == 'view' else 'table'} {table} as {sql}"


def statements(bench: Bench) -> list[tuple[str, str]]:
    """Name and SQL of each node of the build, as ``prepare`` wrote them down."""
    return pickle.loads(_statements(bench).read_bytes())


def _statements(bench: Bench) -> Path:
    return bench.cache / f"build_sql_{bench.rows}_{code()}.pickle"


def _rows(database: Path) -> int:
    with duckdb.connect(str(database), read_only=True) as con:
        return con.execute(f"select count(*) from {FACT}").fetchone()[0]


BUILD_WORK = Work(
    title="build every table anew, with its tests",
    prepare=prepare,
    ours=ours,
    bare=(Bare("the same SQL, one statement after another", same_sql, TARGET),),
    limits=(Limit(MEMORY_MB, "MB"),),
)
PAIRING_WORK = Work(
    title="pair every exit with its entry",
    prepare=prepare,
    ours=pairing,
    bare=(Bare("the whole build by the same SQL", same_sql, PAIRING_SHARE),),
    limits=(Limit(MEMORY_MB, "MB"),),
)
