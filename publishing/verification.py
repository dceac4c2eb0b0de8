"""Verification: whether a release, here or a copy of it elsewhere, is what was judged. Every finding at once."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from ingestion.archive import file_sha256
from ingestion.paths import DataRoot
from ingestion.sql import identifier, quoted
from publishing import fingerprint, history, parquet, public_part
from publishing.candidate import DATABASE
from publishing.content_hash import content_hash
from publishing.gate import RECORD, Gate, read_gate
from publishing.release import other_bytes

PACKAGE, BUILD = "datapackage.json", "build.json"


@dataclass
class Verification:
    """What was looked at, and all that is wrong."""

    release: Path
    checked: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)


def verify(release: Path, root: DataRoot | None = None) -> Verification:
    """Hash every file and the content of every table again; compare columns, and read the verdicts again.

    Args:
        root: the data root whose history may tell of this release; a copy is verified by what it holds alone.
    """
    told = Verification(release)
    gate = _parsed(told, RECORD, lambda: read_gate(release))
    package = _parsed(told, PACKAGE, lambda: json.loads((release / PACKAGE).read_text(encoding="utf-8")))
    build = _parsed(told, BUILD, lambda: json.loads((release / BUILD).read_text(encoding="utf-8")))
    if gate:
        _files(told, gate)
        _verdicts(told, gate, build or {})
        _record(told, gate, root)
    if package:
        _tables(told, package)
    if gate and package and len(versions := {gate.version, package.get("version"), (build or {}).get("version")}) > 1:
        told.findings.append(f"its records speak of different versions: {', '.join(sorted(map(str, versions)))}")
    return told


def _parsed(told: Verification, name: str, read: Any) -> Any:
    try:
        content = read()
    except (OSError, ValueError, KeyError, TypeError) as error:
        told.findings.append(f"{name} cannot be read: {type(error).__name__}")
        return None
    if content is None:
        told.findings.append(f"{name} is missing: this is no release, or not a whole one")
    return content


def _files(told: Verification, gate: Gate) -> None:
    told.findings += other_bytes(told.release, gate.files)
    told.checked.append(f"{len(gate.files)} files: sha256 and size, as in {RECORD}")


def _verdicts(told: Verification, gate: Gate, build: dict[str, Any]) -> None:
    """Eligibility is derived from the verdicts; and those of dbt must be the ones its build left."""
    told.findings += [f"it was published though unmet: {reason}" for reason in gate.unmet]
    if not gate.verdicts:
        told.findings.append(f"{RECORD} holds no verdict")
    said = [vars(verdict) for verdict in gate.verdicts]
    altered = [verdict["check"] for verdict in build.get("verdicts", []) if verdict not in said]
    silent = sorted(set(build.get("required", [])) - {verdict.check for verdict in gate.verdicts})
    told.findings += [f"verdict of {check} in {RECORD} is not the one in {BUILD}" for check in altered]
    told.findings += [f"{check} was required and has no verdict" for check in silent]
    disclosed = sum(not verdict.passed and not verdict.blocks for verdict in gate.verdicts)
    in_force = "the rules in force" if gate.rules == fingerprint.rules() else "other rules than those in force now, as is usual"
    told.checked.append(f"{len(gate.verdicts)} verdicts: {disclosed} disclosed; judged {gate.judged_at} by {in_force}")


def _record(told: Verification, gate: Gate, root: DataRoot | None) -> None:
    """The gate record is the one that was published: it vouches for all files, so the history vouches for it."""
    published = [entry for entry in history.events(root) if entry.event == "published"] if root else []
    noted = [entry.gate_sha256 for entry in published if entry.release_version == gate.version]
    if not noted:
        told.checked.append(f"{RECORD} itself: no history of this release here to compare it with")
    elif file_sha256(told.release / RECORD) != noted[-1]:
        told.findings.append(f"{RECORD} is not the one that was published")
    else:
        told.checked.append(f"{RECORD} itself: as noted when it was published")


def _tables(told: Verification, package: dict[str, Any]) -> None:
    """Columns, rows and content of every table, in the database and as Parquet, as the data package says."""
    declared = {parquet.table_of(resource): resource for resource in package["resources"]}
    with duckdb.connect() as con:
        found = _database_tables(con, told, DATABASE, "held")
        told.findings += [f"table {name} is declared but not in {DATABASE}" for name in sorted(declared.keys() - found.keys()) if found]
        told.findings += [f"table {name} is in {DATABASE} but not declared" for name in sorted(found.keys() - declared.keys())]
        for name, resource in sorted(declared.items()):
            paths = parquet.files(resource)
            listed = ", ".join(quoted(str(told.release / path)) for path in paths)
            _table(told, con, paths[0] if len(paths) == 1 else f"parquet/{name}/", f"read_parquet([{listed}])", resource)
            if name in found:
                _table(told, con, f"table {name} of {DATABASE}", found[name], resource)
        public = {name: resource for name, resource in declared.items() if public_part.is_public(resource)}
        _public_part(told, con, public)
    told.checked.append(f"{len(declared)} tables, in {DATABASE} and as Parquet: columns, types and content, as in {PACKAGE}")


def _public_part(told: Verification, con: duckdb.DuckDBPyConnection, public: dict[str, Any]) -> None:
    """The public database holds the tables that are declared public, and no other. Older releases have none."""
    if not public:
        return
    found = _database_tables(con, told, public_part.DATABASE, "shown")
    for name in sorted(found.keys() ^ public.keys()):
        told.findings.append(f"table {name} is {'not in' if name in public else 'not public but in'} {public_part.DATABASE}")
    for name in sorted(found.keys() & public.keys()):
        _table(told, con, f"table {name} of {public_part.DATABASE}", found[name], public[name])
    told.checked.append(f"{len(public)} of them public, in {public_part.DATABASE} as well")


def _database_tables(con: duckdb.DuckDBPyConnection, told: Verification, database: str, catalog: str) -> dict[str, str]:
    try:
        con.execute(f"attach {quoted(str(told.release / database))} as {catalog} (read_only)")
    except duckdb.Error as error:
        told.findings.append(f"{database} cannot be opened: {type(error).__name__}")
        return {}
    tables = con.execute("select schema_name, table_name from duckdb_tables() where database_name = ?", [catalog]).fetchall()
    return {name: f"{catalog}.{identifier(schema)}.{identifier(name)}" for schema, name in tables}


def _table(told: Verification, con: duckdb.DuckDBPyConnection, where: str, relation: str, resource: dict[str, Any]) -> None:
    declared = [(entry["name"], entry["duckdb_type"]) for entry in resource["schema"]["fields"]]
    try:
        columns = [(name, kind) for name, kind, *_ in con.execute(f"describe from {relation}").fetchall()]
        content = content_hash(con, relation)
    except duckdb.Error as error:
        told.findings.append(f"{where} cannot be read: {type(error).__name__}")
        return
    if columns != declared:
        differing = sorted({f"{name} {kind}" for name, kind in set(columns) ^ set(declared)}) or ["their order"]
        told.findings.append(f"{where} has other columns than declared: {', '.join(differing)}")
    # Releases of before there were content hashes are judged by the hashes of their files.
    if content != resource.get("content_hash", content):
        told.findings.append(f"{where} has other content than declared: {content} instead of {resource['content_hash']}")
