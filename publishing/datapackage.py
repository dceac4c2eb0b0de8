"""``datapackage.json``: the release described for machines (Frictionless Data Package, v1 profile).

Three properties are our own: ``content_hash`` (see content_hash.py); ``reproducible``, false for a table that the archive
does not determine, such as the history of releases, while two warehouses from one archive agree in all others; and ``part``,
public for a table that anyone may have, else restricted.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from pathlib import Path
from typing import Any

import duckdb

from ingestion.archive import file_sha256
from ingestion.paths import PROJECT, DataRoot
from ingestion.sql import quoted
from publishing import content_hash, parquet, public_part
from publishing.about import About

TYPES = {
    "BIGINT": "integer",
    "INTEGER": "integer",
    "DOUBLE": "number",
    "DATE": "date",
    "TIMESTAMP": "datetime",
    "BOOLEAN": "boolean",
}


def frictionless_type(kind: str) -> str:
    """The standard's type of a column of this DuckDB type."""
    return TYPES.get(kind, "number" if kind.startswith("DECIMAL") else "string")


def file_facts(path: Path) -> dict[str, Any]:
    """Size and hash of a file, as a resource tells them."""
    return {"bytes": path.stat().st_size, "hash": f"sha256:{file_sha256(path)}"}


def describe(root: DataRoot, folder: Path, version: str, record: dict[str, Any], files: dict[str, list[parquet.Written]]) -> Path:
    """Write the data package of a candidate folder: one resource per table, with its Parquet files, plus the database file."""
    synthetic = root.synthetic_marker.exists()
    with duckdb.connect() as con:
        resources = [_resource(con, folder, name, record["tables"][name], written) for name, written in sorted(files.items())]
    package = {
        "name": "lao-migration-warehouse",
        "title": About(version, synthetic).marked("Migration data warehouse of Lao PDR"),
        "version": version,
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "profile": "data-package",
        "synthetic": synthetic,
        "code_version": code_version(),
        "build_id": record["build_id"],
        "licenses": [
            {
                "name": "other-closed",
                "title": "The restricted part holds pseudonymous microdata, for entitled users; each source keeps its licence",
            }
        ],
        "sources": _sources(root),
        "resources": resources,
        "database": {"path": "warehouse.duckdb", "part": "restricted", **file_facts(folder / "warehouse.duckdb")},
        "public_database": {"path": public_part.DATABASE, "part": "public", **file_facts(folder / public_part.DATABASE)},
    }
    target = folder / "datapackage.json"
    target.write_text(json.dumps(package, indent=1, ensure_ascii=False), encoding="utf-8")
    return target


def code_version() -> str:
    """The commit the code is at, with ``+changes`` when the tree differs from it; ``unknown`` outside git."""
    try:
        said = subprocess.run(
            ["git", "describe", "--always", "--dirty=+changes", "--abbrev=12"], cwd=PROJECT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return said.stdout.strip()


def _resource(
    con: duckdb.DuckDBPyConnection, folder: Path, name: str, about: dict[str, Any], written: list[parquet.Written]
) -> dict[str, Any]:
    is_public = public_part.is_public(about)
    paths = [f"{public_part.PARQUET}/{name}.parquet"] if is_public else [entry.path for entry in written]
    columns = con.execute(f"describe select * from {quoted(str(folder / paths[0]))}").fetchall()
    in_parts = bool(about.get("parquet_by")) and not is_public
    held = (
        {"path": paths, "bytes": sum((folder / path).stat().st_size for path in paths)}
        if in_parts
        else {"path": paths[0], **file_facts(folder / paths[0])}
    )
    fields = [
        {"name": name, "type": frictionless_type(kind), "duckdb_type": kind,
         "title": about["labels_lo"].get(name, name), "description": about["columns"].get(name, "")}
        for name, kind, *_ in columns
    ]  # fmt: skip
    return {
        "name": parquet.resource_name(name),
        **held,
        "part": about["part"],
        "title": about["label_lo"] or name,
        "description": about["description"],
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "rows": sum(entry.rows for entry in written),
        "content_hash": content_hash.of_sums((entry.rows, *entry.sums) for entry in written),
        "files": parquet.told(written),
        "reproducible": about["reproducible"],
        "schema": {"fields": fields},
    }


def _sources(root: DataRoot) -> list[dict[str, str]]:
    with duckdb.connect() as con:
        found = con.execute(
            f"""
            select extract.title_en as title, extract.citation, extract.licence,
                string_agg(distinct submission.period, ', ' order by submission.period)
            from {quoted(str(root.extracts_meta))} as extract
            join {quoted(str(root.submissions_meta))} as submission using (extract)
            where submission.status = 'landed' group by all order by all
            """
        ).fetchall()
    return [{"title": title, "citation": citation, "licence": licence, "periods": periods} for title, citation, licence, periods in found]
