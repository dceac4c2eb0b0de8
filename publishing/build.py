"""The build record: which bytes dbt made, from what, by what code, and what each of its tests said."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb

from ingestion.archive import write_atomically
from ingestion.paths import DataRoot
from publishing import fingerprint, history
from publishing.verdict import Verdict

PUBLISHED_SCHEMAS = ("marts", "quality", "published")
PASSED = {"pass", "success"}


def record_build(root: DataRoot, results: list[dict[str, Any]], manifest: dict[str, Any]) -> Path:
    """Write down what a dbt invocation made; to be called after every one, also a failed one.

    ``results`` has an entry for each node, as ``run_results.json``; ``manifest`` is the one that dbt worked from.

    Every test of the manifest is listed as required, so that a build without its tests, or with only some,
    shows what has no verdict.
    """
    if root.build.exists():
        _checkpoint(root.build)
        root.build.chmod(0o600)
    outcome = {entry["unique_id"]: entry for entry in results}
    tests = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "test"}
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] in ("model", "seed")}
    unique = {node["attached_node"]: columns for node in tests.values() if (columns := _unique_columns(node))}
    record = {
        "build_id": uuid.uuid4().hex,
        "finished_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "database_sha256": bytes_sha256(root) if root.build.exists() else None,
        "inputs": fingerprint.inputs(root),
        "warehouse_code": fingerprint.warehouse_code(),
        "rules": fingerprint.rules(),
        "not_built": sorted(node["name"] for key, node in models.items() if outcome.get(key, {}).get("status") not in PASSED),
        "required": sorted(node["name"] for node in tests.values()),
        "verdicts": [asdict(_verdict(node, outcome[key])) for key, node in tests.items() if key in outcome],
        "tables": {
            node["name"]: _description(node, unique.get(key))
            for key, node in models.items()
            if node["resource_type"] == "model" and node["schema"] in PUBLISHED_SCHEMAS
        },
    }
    write_atomically(root.build_record, json.dumps(record, indent=1, ensure_ascii=False).encode())
    return root.build_record


def read_record(root: DataRoot) -> dict[str, Any] | None:
    return json.loads(root.build_record.read_text(encoding="utf-8")) if root.build_record.exists() else None


def needs_full_refresh(root: DataRoot) -> bool:
    """Whether the build must be made anew: other code or code lists, none there, or touched by another hand."""
    record = read_record(root)
    if record is None or not root.build.exists():
        return True
    return record["warehouse_code"] != fingerprint.warehouse_code() or record["database_sha256"] != bytes_sha256(root)


def bytes_sha256(root: DataRoot) -> str:
    """The hash of the build. A log of changes beside it, as a killed dbt leaves one, belongs to it: who opens it reads both."""
    log = _log(root.build)
    build = fingerprint.sha256_once(root.build)
    return f"{build}+{fingerprint.sha256_once(log)}" if log.exists() else build


def discard(root: DataRoot) -> None:
    """Remove the build, which nothing but dbt reads, so that the next one starts from nothing, whatever state this one is in."""
    for path in (root.build, _log(root.build)):
        path.unlink(missing_ok=True)


def is_current(root: DataRoot) -> bool:
    """Whether the build is whole, passed its tests and was made from what is landed now by the rules in force."""
    record = read_record(root)
    if record is None or needs_full_refresh(root):
        return False
    verdicts = [Verdict(**verdict) for verdict in record["verdicts"]]
    return (
        record["inputs"] == fingerprint.inputs(root)
        and record["rules"] == fingerprint.rules()
        and not record["not_built"]
        and {verdict.check for verdict in verdicts} >= {*record["required"]}
        and not any(verdict.blocks for verdict in verdicts)
    )


def nothing_changed(root: DataRoot) -> str | None:
    """What already holds exactly these inputs by exactly these rules, in words: the latest release, or one rolled back.

    A release that was rolled back must not come back by itself the next night; news, other rules or force publish. A
    latest release that is damaged holds nothing.
    """
    now = {"inputs": fingerprint.inputs(root), "rules": fingerprint.rules()}
    gate = root.latest / "gate.json"
    try:
        judged = json.loads(gate.read_bytes())
    except (OSError, ValueError):
        return None
    if {name: judged[name] for name in now} == now:
        return f"release {judged['version']}" if fingerprint.is_intact(root.latest.resolve()) else None
    for version, move in history.withdrawn(root).items():
        if move.withdrawn[version] == now:
            return (
                f"release {version}, which was rolled back ({move.occurred_at[:10]}: {move.reason}); latest stays {judged['version']} "
                "until a delivery or rule is corrected, or the night is forced"
            )
    return None


def _checkpoint(database: Path) -> None:
    """Fold a write-ahead log into the file, so that the file alone is the build."""
    if _log(database).exists():
        with duckdb.connect(str(database)) as con:
            con.execute("checkpoint")


def _log(database: Path) -> Path:
    return database.with_name(f"{database.name}.wal")


def _verdict(node: dict[str, Any], result: dict[str, Any]) -> Verdict:
    severity = str(node["config"].get("severity", "error")).lower()
    failures = result.get("failures")
    said = result.get("message") or result["status"]
    purpose = node.get("description") or _first_words(node.get("raw_code", ""))
    return Verdict(
        check=node["name"],
        table=_tested_table(node),
        passed=result["status"] in PASSED,
        severity="warn" if severity == "warn" else "error",
        detail=f"{failures:,} rows; {purpose or said}" if failures else said if result["status"] not in PASSED else "",
    )


def _first_words(sql: str) -> str:
    """What a test written as a query says first: what it detects."""
    line = sql.partition("\n")[0]
    return line.removeprefix("-- ") if line.startswith("-- ") else ""


def _tested_table(node: dict[str, Any]) -> str:
    attached = node.get("attached_node") or next(iter(node["depends_on"]["nodes"]), "")
    return attached.split(".")[-1]


def _unique_columns(test: dict[str, Any]) -> list[str] | None:
    """The columns by which a row is known, where this is the test that says so."""
    about = test.get("test_metadata") or {}
    if about.get("name") == "unique":
        return [about["kwargs"]["column_name"]]
    return about["kwargs"]["columns"] if about.get("name") == "unique_combination" else None


def _description(node: dict[str, Any], key: list[str] | None) -> dict[str, Any]:
    meta = node["config"].get("meta", {})
    return {
        "schema": node["schema"],
        "part": meta.get("part", "restricted"),
        "measures": meta.get("measures", {}),
        "description": node["description"],
        "label_lo": meta.get("label_lo", ""),
        "reproducible": meta.get("reproducible", True),
        "parquet_by": meta.get("parquet_by"),
        "key": key,
        "columns": {name: column["description"] for name, column in node["columns"].items()},
        "labels_lo": {name: label for name, column in node["columns"].items() if (label := column["config"]["meta"].get("label_lo"))},
    }
