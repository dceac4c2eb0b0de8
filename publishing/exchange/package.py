"""``datapackage.json`` of the public part and ``csv/``: a Frictionless Data Package (v1), which tools can validate row by row.

The tables are there as CSV because the tools of the standard read that without more; the Parquet files hold the same. The package
of the whole release is another one (``publishing/datapackage.py``).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from ingestion.sql import identifier, quoted, rows
from publishing.about import About
from publishing.datapackage import file_facts, frictionless_type
from publishing.parquet import resource_name

FILE, FOLDER = "datapackage.json", "csv"
LICENCE = {"name": "other-open", "title": "Public after disclosure control; data keep the licences of their senders, see sources"}


def write_package(con: duckdb.DuckDBPyConnection, public: Path, tables: dict[str, Any], about: About) -> None:
    """Write the CSV files and the package that describes them.

    Args:
        con: has the public database attached as ``told_of``.
        public: the folder of the public part.
        tables: of the build record, the public ones.
        about: the release.
    """
    (public / FOLDER).mkdir(exist_ok=True)
    keys = {about_table["key"][0]: name for name, about_table in tables.items() if name.startswith("dim_") and len(about_table["key"]) == 1}
    listed = dict(
        con.execute(
            "select dimension_code, list(code order by sort_order) from told_of.published.pub_label group by dimension_code"
        ).fetchall()
    )
    package = {
        "profile": "tabular-data-package",
        "name": "lao-migration-public",
        "title": about.marked("Migration in Lao PDR: public data"),
        "description": "Indicators and counts after disclosure control. A withheld value is empty with obs_status Q: it is not nil.",
        "version": about.version,
        "created": f"{about.frozen_at.isoformat()}Z",
        "synthetic": about.synthetic,
        "licenses": [LICENCE],
        "sources": _sources(con),
        "resources": [_resource(con, public, name, about_table, keys, listed) for name, about_table in sorted(tables.items())],
    }
    (public / FILE).write_text(json.dumps(package, indent=1, ensure_ascii=False), encoding="utf-8")


def _resource(
    con: duckdb.DuckDBPyConnection, public: Path, name: str, about: dict[str, Any], keys: dict[str, str], listed: dict[str, list[str]]
) -> dict[str, Any]:
    table, path = f"told_of.{about['schema']}.{identifier(name)}", public / FOLDER / f"{name}.csv.gz"
    con.execute(f"copy (from {table}) to {quoted(str(path))} (format csv, header, compression gzip, timestampformat '%Y-%m-%dT%H:%M:%S')")
    columns = {column: kind for column, kind, *_ in con.execute(f"describe {table}").fetchall()}
    foreign = {column: keys[column] for column in columns if column in keys and keys[column] != name}
    schema: dict[str, Any] = {
        "fields": [_field(column, kind, about, [] if column in foreign else listed.get(column.removesuffix("_code"), []))
                   for column, kind in columns.items()],
        "missingValues": [""],
    }  # fmt: skip
    if about["key"]:
        schema["primaryKey"] = about["key"]
    if foreign:
        schema["foreignKeys"] = [
            {"fields": [column], "reference": {"resource": resource_name(other), "fields": [column]}} for column, other in foreign.items()
        ]
    return {
        "name": resource_name(name),
        "path": f"{FOLDER}/{path.name}",
        "profile": "tabular-data-resource",
        "title": about["label_lo"] or name,
        "description": about["description"],
        "format": "csv",
        "compression": "gz",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **file_facts(path),
        "schema": schema,
    }


def _field(column: str, kind: str, about: dict[str, Any], codes: list[str]) -> dict[str, Any]:
    constraints = {"required": True} if column in (about["key"] or []) else {}
    if codes:
        constraints["enum"] = codes
    return {
        "name": column,
        "type": frictionless_type(kind),
        "title": about["labels_lo"].get(column, column),
        "description": about["columns"].get(column, ""),
        **({"constraints": constraints} if constraints else {}),
    }


def _sources(con: duckdb.DuckDBPyConnection) -> list[dict[str, str]]:
    found = con.execute(
        """
        select coalesce(max(title_en), extract) as title, coalesce(max(citation), '') as citation, coalesce(max(licence), '') as licence
        from told_of.marts.dim_source where source_key <> -1 group by extract order by extract
        """
    )
    return rows(found)
