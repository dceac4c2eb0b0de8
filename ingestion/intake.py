"""The front door: files in ``inbox/<extract>/`` become registered submissions, or stay with a reason."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from ingestion.archive import UNPLACED, Arrival, Submission, enter, fetch, keep, register
from ingestion.contract import Contract
from ingestion.inbox import left_alone, waiting
from ingestion.lock import landing
from ingestion.names import shown, shown_without_numbers
from ingestion.paths import DataRoot
from ingestion.period import period_of
from ingestion.receipt.safely import give_receipt
from ingestion.record import load_records
from ingestion.refusal import Refusal
from ingestion.stage import open_scratch


@dataclass(frozen=True)
class Unclaimed:
    """A file that no contract claims, or that could not be moved: left where it is and reported each time."""

    path: Path
    reason: str


def take_in(
    root: DataRoot,
    contracts: Mapping[str, Contract],
    stable_seconds: float = 0,
    progress: Callable[[str], None] = print,
) -> tuple[list[Submission], list[Unclaimed]]:
    """Register every waiting file, the one changed last of all last. One file's trouble never stops the others.

    Returns:
        the new submissions (refused ones too, with their reason), and the files no contract claims.

    Raises:
        Busy: when another process takes in or lands.
    """
    taken: list[Submission] = []
    unclaimed: list[Unclaimed] = []

    def leave(path: Path, why: str) -> None:
        unclaimed.append(Unclaimed(path, f"{shown_without_numbers(str(path.relative_to(root.inbox)))}: {why}"))
        progress(f"not taken: {unclaimed[-1].reason}")

    with landing(root), open_scratch(root) as con:
        root.close_to_others()
        scratch = root.staging / "intake"
        for path, why in left_alone(root):
            leave(path, why)
        for path in waiting(root, stable_seconds):
            folders = path.relative_to(root.inbox).parts[:-1]
            contract = contracts.get(folders[0]) if folders else None
            if contract is None:
                slug = "unknown_extract" if folders else "loose_file"
                leave(path, str(Refusal(slug, found=shown_without_numbers("/".join(folders[:1])), expected=", ".join(contracts))))
                continue
            scratch.mkdir(parents=True, exist_ok=True)
            try:
                taken.append(_take_one(con, root, path, folders[1] if len(folders) > 1 else "", contract, scratch))
            except OSError as trouble:
                leave(path, f"could not be taken in ({_kind_of_trouble(trouble)})")
                continue
            except duckdb.Error as trouble:
                leave(path, f"could not be taken in ({type(trouble).__name__})")
                continue
            if taken[-1].outcome == "refused":
                progress(f"refused: {contract.extract}/{taken[-1].file_name}: {taken[-1].reason}. {taken[-1].remedy}")
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.rmtree(root.arriving, ignore_errors=True)
    return taken, unclaimed


def _take_one(con: duckdb.DuckDBPyConnection, root: DataRoot, path: Path, folder: str, contract: Contract, scratch: Path) -> Submission:
    if not os.access(path.parent, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        # It could be taken and not removed, and so would come again every night.
        raise PermissionError(errno.EACCES, "the file could not be removed")
    arrival = fetch(root, path, contract.limits.file_mb << 20)
    # Where the rows hold document numbers, so may the file's name.
    file_name = shown_without_numbers(path.name) if load_records()[contract.record].identifiers else shown(path.name)
    try:
        period = _period(con, arrival, folder, contract, scratch)
    except Refusal as refusal:
        submission = keep(root, arrival, contract.extract, UNPLACED, file_name)
        submission = replace(submission, outcome="refused", reason=refusal.reason, remedy=refusal.remedy)
        give_receipt(root, submission, contract, refusal=refusal)
        return enter(root, arrival, submission)
    return register(root, arrival, contract.extract, period, file_name)


def _period(con: duckdb.DuckDBPyConnection, arrival: Arrival, folder: str, contract: Contract, scratch: Path) -> str:
    if arrival.state.st_size == 0:
        raise Refusal("empty_file")
    if not arrival.is_copied:
        raise Refusal("too_large", found=f"{arrival.state.st_size >> 20:,} MB", expected=f"{contract.limits.file_mb:,} MB")
    try:
        return period_of(con, arrival.bytes_at, folder, contract, scratch, arrival.path.name)
    except (Refusal, OSError, duckdb.IOException):
        raise
    except duckdb.OutOfMemoryException:
        raise Refusal("needs_too_much", found="more memory than the warehouse has") from None
    except Exception as trouble:
        # Whatever a file does to its reader is said of the file. The message may quote cells, so only its kind is told.
        raise Refusal("landing_failed", found=type(trouble).__name__) from None


def _kind_of_trouble(trouble: OSError) -> str:
    kinds = {
        errno.ELOOP: "it is a link",
        errno.EACCES: "the warehouse's account may not read or remove it",
        errno.EPERM: "the warehouse's account may not read or remove it",
        errno.ENOSPC: "the disk is full",
    }
    return kinds.get(trouble.errno) or (str(trouble) if trouble.errno is None else type(trouble).__name__)
