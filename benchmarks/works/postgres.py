"""A fact of a release into PostgreSQL, compared and made current, against nothing but its bulk load.

The server is one that may be wiped: ``BENCH_POSTGRES_URL`` names a database set up by ``serving/postgres/sql/roles.sql``.
CPU is of the loader alone; the server's is not in it, so the wall clock judges.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks.generate import build_database
from benchmarks.work import Bare, Bench, NotMeasurable, Work
from publishing.content_hash import content_hash
from publishing.fingerprint import folder_hashes

TARGET = 1.5
URL_VARIABLE = "BENCH_POSTGRES_URL"
FACT = "fct_border_crossing"
VERSION = "20261122T000000Z"


def prepare(bench: Bench) -> None:
    """A release of one fact: Parquet, and records that let it through."""
    if not os.environ.get(URL_VARIABLE):
        raise NotMeasurable(f"{URL_VARIABLE} names no server")
    release = _release(bench)
    if (release / "gate.json").exists():
        return
    shutil.rmtree(release, ignore_errors=True)
    (release / "parquet").mkdir(parents=True)
    parquet = release / "parquet" / f"{FACT}.parquet"
    with duckdb.connect(str(build_database(bench.cache, bench.rows)), read_only=True) as con:
        con.execute(f"copy marts.{FACT} to '{parquet}' (format parquet, compression zstd)")
        fields = [
            {"name": name, "duckdb_type": kind, "description": ""}
            for name, kind, *_ in con.execute(f"describe from '{parquet}'").fetchall()
        ]
        told = {"name": FACT.replace("_", "-"), "path": f"parquet/{FACT}.parquet", "title": FACT, "description": ""}
        told |= {"rows": bench.rows, "schema": {"fields": fields}}
        told["content_hash"] = content_hash(con, f"'{parquet}'")
    package = {"version": VERSION, "synthetic": True, "resources": [told]}
    (release / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    (release / "build.json").write_text(json.dumps({"tables": {FACT: {"key": ["border_crossing_key"]}}}), encoding="utf-8")
    verdict = {"check": "benchmark", "table": FACT, "passed": True, "severity": "error", "detail": ""}
    gate = {"version": VERSION, "judged_at": "", "build_id": "", "inputs": "", "rules": "", "verdicts": [verdict]}
    (release / "gate.json").write_text(json.dumps({**gate, "files": folder_hashes(release, without={"gate.json"})}), encoding="utf-8")


def ours(bench: Bench) -> Callable[[], int]:
    """All that ``make serve-postgres`` does, on an empty server."""
    from serving.postgres import publication, settings

    _wipe()
    os.environ[settings.URL_VARIABLE] = os.environ[URL_VARIABLE]
    return lambda: publication.publish(_release(bench)).rows


def bulk_load(bench: Bench) -> Callable[[], int]:
    """The same Parquet by the same driver into a plain table."""
    return _bulk(bench, indexed=False)


def bulk_load_and_indexes(bench: Bench) -> Callable[[], int]:
    """And with the same key, indexes and statistics: what is needed to read it."""
    return _bulk(bench, indexed=True)


def _bulk(bench: Bench, *, indexed: bool) -> Callable[[], int]:
    import adbc_driver_postgresql.dbapi as adbc
    import psycopg

    from serving.postgres.copying import BATCH_ROWS, index_statements, key_statements
    from serving.postgres.settings import SESSION
    from serving.postgres.source import read_source

    _wipe()
    (table,) = read_source(_release(bench)).tables
    url = os.environ[URL_VARIABLE]

    def load() -> int:
        with duckdb.connect() as lake, adbc.connect(url) as bulk, psycopg.connect(url, autocommit=True) as server:
            server.execute("set role publisher")
            server.execute("create schema bench")
            columns = ", ".join(f"{name} {kind}" for name, kind in table.shape)
            server.execute(f"create table bench.{FACT} ({columns})")
            with bulk.cursor() as cursor:
                cursor.execute("set role publisher")
                reader = lake.execute(f"from '{table.parquet[0]}'").to_arrow_reader(BATCH_ROWS)
                cursor.adbc_ingest(FACT, reader, mode="append", db_schema_name="bench")
            bulk.commit()
            server.execute(f"set maintenance_work_mem = '{SESSION['maintenance_work_mem']}'")
            held = f"bench.{FACT}"
            for statement in [*key_statements(table, held), *index_statements(table, held), f"analyze {held}"] if indexed else []:
                server.execute(statement)
            return server.execute(f"select count(*) from bench.{FACT}").fetchone()[0]

    return load


def _release(bench: Bench) -> Path:
    return bench.cache / f"postgres_release_{bench.rows}" / VERSION


def _wipe() -> None:
    import psycopg

    with psycopg.connect(os.environ[URL_VARIABLE], autocommit=True) as server:
        server.execute("set role publisher")
        for schema in ("bench", "public_data", "restricted_data", "held", "control"):
            server.execute(f"drop schema if exists {schema} cascade")
        server.execute("reset role")


WORK = Work(
    title="a fact into PostgreSQL, compared and current",
    prepare=prepare,
    ours=ours,
    bare=(
        Bare("bulk load, the same indexes and statistics", bulk_load_and_indexes, TARGET, by="wall"),
        Bare("bulk load alone", bulk_load, TARGET, by="wall"),
    ),
)
