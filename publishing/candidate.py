"""The candidate: the finished build frozen into a folder that nothing writes to again."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from ingestion.lock import PUBLICATION, exclusive
from ingestion.paths import DataRoot
from publishing import build, catalogue, parquet, public_part
from publishing.about import About
from publishing.comments import comment
from publishing.comparison import compare
from publishing.datapackage import describe
from publishing.disclosure import audit
from publishing.exchange.writing import write_exchange
from publishing.frozen_copy import FROZEN, STORAGE_VERSION, copy_published
from publishing.pages.dictionary import PUBLIC, WHOLE, write_dictionary
from publishing.pages.front import write_public_front
from publishing.report.profile import write_profile
from publishing.workbooks.book import write_workbooks

DATABASE = "warehouse.duckdb"
KEPT_CANDIDATES = 2
MEMORY = "500MB"
"""Of DuckDB; what is sorted or joined beyond it goes to disk. The night's process holds as much again of its own."""
RELEASE = "pub_release"


class NothingBuilt(RuntimeError):
    """There is no build to freeze."""


def freeze(root: DataRoot, tell: Callable[[str], None] = lambda _: None) -> Path:
    """Copy the published tables of the build into a new candidate folder and return it; ``tell`` hears what is done.

    The folder holds ``warehouse.duckdb`` (published tables only, with comments), ``parquet/`` with the same, ``datapackage.json``,
    ``comparison.json``, ``docs/`` with the data dictionary, and ``build.json``; below ``public/``, of the public tables alone,
    ``public.duckdb``, ``parquet/<table>.parquet``, ``workbooks/<theme>.xlsx``, ``report/`` with the Migration Profile, their
    dictionary, a front page, and what other systems read: ``sdmx/``, ``csv/``, ``datapackage.json``, ``dcat.jsonld``. It is complete
    or not there.

    Raises:
        NothingBuilt: before the first build.
        MapRefused: when a map of the provinces is configured that cannot be used.
    """
    record = build.read_record(root)
    if record is None or not root.build.exists():
        raise NothingBuilt("there is no build yet: run the warehouse step first (make nightly)")
    with exclusive(root, PUBLICATION):
        version = _next_version(root)
        for left_over in root.candidates.glob(".*.partial"):
            shutil.rmtree(left_over)
        partial = root.candidates / f".{version}.partial"
        partial.mkdir(parents=True)
        seen = build.bytes_sha256(root)
        about = About(version, root.synthetic_marker.exists())
        comparison, files = _copy_tables(root, partial, about, record)
        if root.warehouse_docs.exists():
            shutil.copytree(root.warehouse_docs, partial / "docs")
        tell("the tables are copied and the public part is audited")
        _write_for_readers(partial, about, record["tables"], tell)
        provenance = {"version": version, "database_sha256_seen": seen, "audited": public_part.hashes(partial), **record}
        (partial / "build.json").write_text(json.dumps(provenance, indent=1, ensure_ascii=False), encoding="utf-8")
        (partial / "comparison.json").write_text(json.dumps(comparison, indent=1, default=str, ensure_ascii=False), encoding="utf-8")
        describe(root, partial, version, record, files)
        candidate = root.candidates / version
        partial.rename(candidate)
        for old in _all(root)[:-KEPT_CANDIDATES]:
            shutil.rmtree(old)
    return candidate


def _write_for_readers(folder: Path, about: About, tables: dict[str, Any], tell: Callable[[str], None]) -> None:
    """What people open without SQL, made from the finished databases of the candidate."""
    if not public_part.is_whole(folder, tables):
        return
    public, database = folder / public_part.FOLDER, folder / public_part.DATABASE
    write_workbooks(public, database, about)
    tell("the workbooks are written")
    of_all = {name: entry for name, entry in tables.items() if public_part.is_public(entry)}
    write_dictionary(public, database, of_all, about, PUBLIC, home="index.html")
    write_profile(public, database, about, tell)
    begun = time.monotonic()
    write_exchange(public, database, of_all, about)
    tell(f"SDMX, data package and DCAT are written ({time.monotonic() - begun:.1f} s)")
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


def _copy_tables(
    root: DataRoot, target: Path, about: About, record: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, list[parquet.Written]]]:
    """Copy what is published, add the history that the latest release holds; return the comparison with it, and the Parquet files."""
    tables = record["tables"]
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(root.path / ".dbt" / "spill")}) as con:
        copied = copy_published(con, root.build, target / DATABASE, {name: entry["schema"] for name, entry in tables.items()})
        # Thousands of comments in one go: alone, each waits for the disk.
        con.begin()
        for name, table in copied.items():
            comment(con, table, tables[name])
        con.commit()
        if RELEASE in copied:
            # A file that was handed on tells by itself what it is a copy of.
            con.execute(f"insert into {copied[RELEASE]} values (?, ?, ?)", [about.version, about.frozen_at, about.synthetic])
        public_part.write(con, target, copied, tables, STORAGE_VERSION)
        # Only a whole build has what the audit asks for; of any other the gate says what is missing.
        if copied.keys() == tables.keys():
            audit(con, target / public_part.DATABASE, tables, root.intervals)
        # After the audit, whose evidence is a table like any other.
        compared = compare(con, root, about.version, record)
        files = parquet.write(con, target, copied, tables, compared.previous, compared.unchanged)
        con.execute(f"checkpoint {FROZEN}")
    return compared.told, files
