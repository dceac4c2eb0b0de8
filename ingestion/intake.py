"""The front door: files in ``inbox/<extract>/`` become registered submissions, or stay with a reason."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingestion.archive import UNPLACED, Submission, register
from ingestion.contract import Contract
from ingestion.paths import DataRoot
from ingestion.period import period_of
from ingestion.receipt import write_receipt
from ingestion.refusal import Refusal
from ingestion.stage import open_scratch


@dataclass(frozen=True)
class Unclaimed:
    """A file that no contract claims, or that could not be moved: left where it is and reported each time."""

    path: Path
    reason: str


def waiting(root: DataRoot, stable_seconds: float = 0) -> list[Path]:
    """Files in the inbox whose last change is at least ``stable_seconds`` ago; hidden and linked ones are left out."""
    if not root.inbox.exists():
        return []
    old_enough = time.time() - stable_seconds
    found = (path for path in root.inbox.rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(
        path
        for path in found
        if not any(part.startswith((".", "~$")) for part in path.relative_to(root.inbox).parts) and path.stat().st_mtime <= old_enough
    )


def take_in(
    root: DataRoot,
    contracts: Mapping[str, Contract],
    stable_seconds: float = 0,
    progress: Callable[[str], None] = print,
) -> tuple[list[Submission], list[Unclaimed]]:
    """Register every waiting file. One file's trouble never stops the others.

    Returns:
        the new submissions (refused ones too, with their reason), and the files no contract claims.
    """
    taken, unclaimed = [], []
    scratch = root.staging / "intake"
    with open_scratch(root) as con:
        for path in waiting(root, stable_seconds):
            folders = path.relative_to(root.inbox).parts[:-1]
            contract = contracts.get(folders[0]) if folders else None
            if contract is None:
                slug = "unknown_extract" if folders else "loose_file"
                refusal = Refusal(slug, found="/".join(folders[:1]), expected=", ".join(contracts))
                unclaimed.append(Unclaimed(path, f"{path.relative_to(root.inbox)}: {refusal}"))
                progress(f"not taken: {unclaimed[-1].reason}")
                continue
            scratch.mkdir(parents=True, exist_ok=True)
            try:
                taken.append(_take_one(con, root, path, folders[1] if len(folders) > 1 else "", contract, scratch))
            except (OSError, duckdb.Error) as trouble:
                unclaimed.append(Unclaimed(path, f"{path.relative_to(root.inbox)}: could not be taken in ({type(trouble).__name__})"))
                progress(f"not taken: {unclaimed[-1].reason}")
                continue
            if taken[-1].outcome == "refused":
                progress(f"refused: {contract.extract}/{path.name}: {taken[-1].reason}. {taken[-1].remedy}")
    shutil.rmtree(scratch, ignore_errors=True)
    return taken, unclaimed


def _take_one(con: duckdb.DuckDBPyConnection, root: DataRoot, path: Path, folder: str, contract: Contract, scratch: Path) -> Submission:
    try:
        if path.stat().st_size == 0:
            raise Refusal("empty_file")
        period = period_of(con, path, folder, contract, scratch)
    except Refusal as refusal:
        submission = register(root, path, contract.extract, UNPLACED)
        submission = submission.became(root, "refused", reason=refusal.reason, remedy=refusal.remedy)
        write_receipt(root, submission, contract, quarantine=None)
        return submission
    return register(root, path, contract.extract, period)
