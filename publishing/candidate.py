"""The candidate: the finished build frozen into a folder that nothing writes to again."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from ingestion.lock import exclusive
from ingestion.paths import DataRoot
from ingestion.sql import identifier, quoted
from publishing import build, catalogue, public_part
from publishing.about import About
from publishing.comments import comment
from publishing.comparison import compare
from publishing.datapackage import describe
from publishing.disclosure import audit
from publishing.pages.dictionary import PUBLIC, WHOLE, write_dictionary
from publishing.pages.front import write_public_front
from publishing.report.profile import write_profile
from publishing.workbooks.book import write_workbooks

DATABASE = "warehouse.duckdb"
BUILD_CATALOG = "warehouse"
"""dbt writes the catalog's name into its views, so the build must be attached under the name of its file."""
STORAGE_VERSION = "v1.0.0"
"""Readable by the line of DuckDB before the one that writes it, whatever that one writes by default."""
KEPT_CANDIDATES = 2
RELEASE = "pub_release"


class NothingBuilt(RuntimeError):
    """There is no build to freeze."""


def freeze(root: DataRoot, say: Callable[[str], object] = lambda line: None) -> Path:
    """Copy the published tables of the build into a new candidate folder and return it.

    The folder holds ``warehouse.duckdb`` (published tables only, with comments), ``parquet/<table>.parquet``, ``datapackage.json``,
    ``comparison.json``, ``docs/`` with the data dictionary, and ``build.json``; below ``public/``, of the public tables alone,
    ``public.duckdb``, ``parquet/<table>.parquet``, ``workbooks/<theme>.xlsx``, ``report/`` with the Migration Profile, their dictionary
    and a front page. It is complete or not there. ``say`` is told what takes long.

    Raises:
        NothingBuilt: before the first build.
        MapRefused: when a map of the provinces is configured that cannot be used.
    """
    record = build.read_record(root)
    if record is None or not root.build.exists():
        raise NothingBuilt("there is no build yet: run the warehouse step first (make nightly)")
    with exclusive(root, "publication"):
        version = _next_version(root)
        for left_over in root.candidates.glob(".*.partial"):
            shutil.rmtree(left_over)
        partial = root.candidates / f".{version}.partial"
        (partial / "parquet").mkdir(parents=True)
        seen = build.bytes_sha256(root)
        about = About(version, root.synthetic_marker.exists())
        comparison = _copy_tables(root, partial, about, record)
        if root.warehouse_docs.exists():
            shutil.copytree(root.warehouse_docs, partial / "docs")
        _write_for_readers(partial, about, record["tables"], say)
        provenance = {"version": version, "database_sha256_seen": seen, "audited": public_part.hashes(partial), **record}
        (partial / "build.json").write_text(json.dumps(provenance, indent=1, ensure_ascii=False), encoding="utf-8")
        (partial / "comparison.json").write_text(json.dumps(comparison, indent=1, default=str, ensure_ascii=False), encoding="utf-8")
        describe(root, partial, version, record)
        candidate = root.candidates / version
        partial.rename(candidate)
        for old in _all(root)[:-KEPT_CANDIDATES]:
            shutil.rmtree(old)
    return candidate


def _write_for_readers(folder: Path, about: About, tables: dict[str, Any], say: Callable[[str], object]) -> None:
    """What people open without SQL, made from the finished databases of the candidate."""
    if not public_part.is_whole(folder, tables):
        return
    public, database = folder / public_part.FOLDER, folder / public_part.DATABASE
    say("workbooks by theme, dictionary")
    write_workbooks(public, database, about)
    of_all = {name: entry for name, entry in tables.items() if public_part.is_public(entry)}
    write_dictionary(public, database, of_all, about, PUBLIC, home="index.html")
    write_profile(public, database, about, say)
    write_public_front(folder, tables, about)
    (folder / "docs").mkdir(exist_ok=True)
    write_dictionary(folder / "docs", folder / DATABASE, tables, about, WHOLE, home="../index.html")


def newest(root: DataRoot) -> Path | None:
    """The newest candidate, judged or not."""
    return _all(root)[-1] if _all(root) else None


def _all(root: DataRoot) -> list[Path]:
    return sorted(path for path in root.candidates.glob("[0-9]*") if path.is_dir()) if root.candidates.exists() else []


def _next_version(root: DataRoot) -> str:
    """UTC time to the second; later than every version there is, even if the clock went back."""
    version = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    known = max([catalogue.newest_version(root), *(path.name for path in _all(root))])
    if known >= version:
        latest = dt.datetime.strptime(known, "%Y%m%dT%H%M%SZ")
        version = (latest + dt.timedelta(seconds=1)).strftime("%Y%m%dT%H%M%SZ")
    return version


def _copy_tables(root: DataRoot, target: Path, about: About, record: dict[str, Any]) -> dict[str, Any]:
    """Copy what is published, add the history that the latest release holds, and return the comparison with it."""
    tables = record["tables"]
    with duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(root.path / ".dbt" / "spill")}) as con:
        con.execute(f"attach {quoted(str(root.build))} as {BUILD_CATALOG} (read_only)")
        con.execute(f"attach {quoted(str(target / DATABASE))} as frozen (storage_version '{STORAGE_VERSION}')")
        con.execute("use frozen")
        built = {
            (schema, name)
            for schema, name in con.execute(
                f"select table_schema, table_name from information_schema.tables where table_catalog = '{BUILD_CATALOG}'"
            ).fetchall()
        }
        for schema in build.PUBLISHED_SCHEMAS:
            con.execute(f"create schema if not exists {schema}")
        copied = {
            name: f"{entry['schema']}.{identifier(name)}" for name, entry in sorted(tables.items()) if (entry["schema"], name) in built
        }
        for name, table in copied.items():
            con.execute(f"create table {table} as from {BUILD_CATALOG}.{table}")
            comment(con, table, tables[name])
        if RELEASE in copied:
            # A file that was handed on tells by itself what it is a copy of.
            con.execute(f"insert into {copied[RELEASE]} values (?, ?, ?)", [about.version, about.frozen_at, about.synthetic])
        public_part.write(con, target, copied, tables, STORAGE_VERSION)
        # Only a whole build has what the audit asks for; of any other the gate says what is missing.
        if copied.keys() == tables.keys():
            audit(con, target / public_part.DATABASE, tables, root.intervals)
        # After the audit, whose evidence is a table like any other.
        comparison = compare(con, root, about.version, record)
        for name, table in copied.items():
            con.execute(f"copy {table} to {quoted(str(target / 'parquet' / f'{name}.parquet'))} (format parquet, compression zstd)")
        con.execute("checkpoint frozen")
    return comparison
