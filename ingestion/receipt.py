"""The receipt of a delivery: what was received, accepted and rejected, why, and how to mend it."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb

from ingestion.archive import Submission, write_atomically
from ingestion.contract import Contract
from ingestion.paths import DataRoot
from ingestion.record import load_records
from ingestion.refusal import catalogue

LISTED_ROWS = 1000


def write_receipt(root: DataRoot, submission: Submission, contract: Contract, quarantine: Path | None) -> Path:
    """Write the JSON receipt, readable by its owner only, and return its path."""
    target = root.receipt(submission.extract, submission.period, submission.record_path(root).stem)
    receipt = {
        "extract": submission.extract,
        "title": contract.title.model_dump(),
        "file": submission.file_name,
        "period": submission.period,
        "received_at": submission.received_at,
        "sha256": submission.sha256,
        "outcome": submission.outcome,
        "reason": submission.reason,
        "remedy": submission.remedy,
        "rows": {name: getattr(submission, f"rows_{name}") for name in ("read", "accepted", "rejected", "out_of_scope", "totals")},
        "rejected_by_reason": [
            {"reason": reason, "rows": count, **explain(contract, reason)} for reason, count in submission.rejected_by_reason.items()
        ],
        "unrecognised_codes": submission.unrecognised,
        "columns_not_used": submission.unused_columns,
        "rejected_rows": _rejected_rows(quarantine) if submission.rows_rejected else [],
    }
    write_atomically(target, json.dumps(receipt, ensure_ascii=False, indent=1).encode())
    target.chmod(0o600)
    return target


def explain(contract: Contract, reason: str) -> dict[str, str]:
    """The English and Lao text of a ``field:slug`` reason for this contract's sender."""
    name, slug = reason.split(":")
    record = load_records()[contract.record]
    column, field = contract.columns.get(name), record.fields.get(name)
    for rule in record.rules:
        if rule.slug == slug:
            return rule.message.model_dump()
    heading = column.header[0] if column and column.header else name
    expected = {
        "unrecognised_code": field.codes or "",
        "not_a_date": " or ".join(column.format if column and column.format else ["YYYY-MM-DD"]),
        "below_minimum": f"{field.minimum if field.minimum is not None else field.above}",
        "above_maximum": f"{field.maximum}",
        "outside_period": "its month",
        "duplicate_key": ", ".join(record.key),
        "not_a_number": f"decimal mark '{contract.numbers.decimal}'",
    }.get(slug, "")
    texts = catalogue()["rows"][slug]
    return {language: text.format(column=heading, expected=expected) for language, text in texts.items()}


def _rejected_rows(quarantine: Path | None) -> list[dict[str, object]]:
    if quarantine is None or not quarantine.exists():
        return []
    with duckdb.connect() as con:
        found = con.execute(
            f"select to_json(list({{sheet: sheet, row: row, reasons: reasons, columns: columns, row_as_sent: row_as_sent::json}})) "
            f"from (from '{quarantine}' limit {LISTED_ROWS})"
        ).fetchone()[0]
    return json.loads(found or "[]")
