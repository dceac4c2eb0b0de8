"""A receipt in any case: where the full one cannot be made, its sender is told at least what became of the delivery."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import duckdb

from ingestion.archive import Submission, write_atomically
from ingestion.contract import Contract
from ingestion.paths import DataRoot
from ingestion.receipt import write_receipt
from ingestion.refusal import Refusal
from ingestion.spellings import Spelling

TOLD = ("extract", "period", "sha256", "received_at", "outcome", "reason", "remedy", "rejected_by_reason")


def give_receipt(
    root: DataRoot,
    submission: Submission,
    contract: Contract,
    quarantine: Path | None = None,
    refusal: Refusal | None = None,
    spellings: Sequence[Spelling] = (),
) -> None:
    """Write the receipt; a delivery is landed or refused by then, so what happens here must not stop the others."""
    try:
        write_receipt(root, submission, contract, quarantine, refusal, spellings)
    except (OSError, duckdb.IOException):
        raise  # a full disk
    except Exception as trouble:
        # The message may quote the sender's cells, and whoever raises further would log it: only its kind is told.
        told = {name: value for name, value in asdict(submission).items() if name in TOLD}
        target = root.receipt(submission.extract, submission.period, submission.record_path(root).stem)
        short = {"file": submission.file_name, **told, "incomplete": f"the rest could not be written ({type(trouble).__name__})"}
        write_atomically(target, json.dumps(short, ensure_ascii=False, indent=1).encode())
        target.chmod(0o600)
