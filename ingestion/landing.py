"""Landing: registered submissions become typed Parquet per extract and month, whole or not at all.

Two steps, so that a delivery can be judged as a whole before it replaces anything: ``stage`` reads a file
into the staging folder and profiles it; a commit renames it into place. A refused file leaves the last
good month where it is.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import pandas as pd

from ingestion.archive import UNPLACED, Submission, submissions
from ingestion.contract import Contract
from ingestion.identifiers import PseudonymKeyError, pseudonym_key
from ingestion.lock import exclusive
from ingestion.paths import DataRoot
from ingestion.receipt import write_receipt
from ingestion.record import load_records
from ingestion.refusal import Refusal
from ingestion.stage import Staged, landing_id, open_scratch, stage

Judge = Callable[[str, pd.DataFrame], dict[str, str]]
"""(record, profiles) → sha256 of each delivery refused as a whole → why."""


def accept_all(_record: str, _profiles: pd.DataFrame) -> dict[str, str]:
    """A judge without suites: for dry runs and tests of the reading itself."""
    return {}


def land_pending(
    root: DataRoot,
    contracts: Mapping[str, Contract],
    judge: Judge = accept_all,
    progress: Callable[[str], None] = print,
    only: set[tuple[str, str]] | None = None,
    again: bool = False,
) -> list[Submission]:
    """Land whatever is registered and not landed, and land anew what its contract or code lists changed.

    Args:
        judge: passes the verdict on deliveries as a whole.
        only: (extract, period) pairs to look at; all when None.
        again: land the newest delivery even where nothing changed or it was refused before.

    Returns:
        the submissions handled, each with its outcome.

    Deliveries with identifiers wait while no key is configured; ``require_key`` tells of them.
    """
    handled: list[Submission] = []
    with exclusive(root, "landing"), open_scratch(root) as con:
        root.close_to_others()
        known = _landable(root, contracts)
        queue = _due(root, known, only, again)
        tried: set[Path] = set()
        while queue:
            staged: list[Staged] = []
            for number, submission in enumerate(queue, start=1):
                outcome = _try_stage(con, root, submission, contracts[submission.extract])
                if isinstance(outcome, Staged):
                    staged.append(outcome)
                    done = outcome.submission
                    said = f"{done.rows_accepted:,} accepted, {done.rows_rejected:,} rejected"
                else:
                    handled.append(outcome)
                    said = f"refused: {outcome.reason}. {outcome.remedy}"
                progress(f"[{number}/{len(queue)}] {submission.extract} {submission.period}: {said}")
            handled += _settle(root, staged, judge, progress)
            tried |= {entry.record_path(root) for entry in queue}
            queue = [entry for entry in _due(root, known, only, False) if entry.record_path(root) not in tried]
        shutil.rmtree(root.staging, ignore_errors=True)
    return handled


def require_key(root: DataRoot, contracts: Mapping[str, Contract]) -> None:
    """Complain when deliveries wait that hold identifiers and no key is configured; the others have landed by then.

    Raises:
        PseudonymKeyError: with what to do.
    """
    known = _landable(root, contracts)
    if any(extract in contracts and extract not in known for extract, _period in _by_period(root)):
        pseudonym_key(root)


def _landable(root: DataRoot, contracts: Mapping[str, Contract]) -> dict[str, Contract]:
    """The contracts that can be landed now: those of records with identifiers need the pseudonym key."""
    try:
        pseudonym_key(root)
    except PseudonymKeyError:
        return {name: contract for name, contract in contracts.items() if not load_records()[contract.record].identifiers}
    return dict(contracts)


def _due(root: DataRoot, contracts: Mapping[str, Contract], only: set[tuple[str, str]] | None, again: bool) -> list[Submission]:
    """For each extract and period the newest delivery to land, if there is anything to do."""
    due = []
    for (extract, period), history in _by_period(root).items():
        if extract not in contracts or period == UNPLACED or (only is not None and (extract, period) not in only):
            continue
        received = [entry for entry in history if entry.outcome == "received"]
        landed = [entry for entry in history if entry.outcome == "landed"]
        if received:
            due.append(received[-1])
        elif again and (ended := [entry for entry in history if entry.outcome in ("landed", "refused")]):
            due.append(ended[-1])
        elif landed and _is_outdated(root, landed[-1], contracts[extract]):
            due.append(landed[-1])
    return due


def _by_period(root: DataRoot) -> dict[tuple[str, str], list[Submission]]:
    grouped: dict[tuple[str, str], list[Submission]] = {}
    for entry in submissions(root):
        grouped.setdefault((entry.extract, entry.period), []).append(entry)
    return grouped


def _is_outdated(root: DataRoot, landed: Submission, contract: Contract) -> bool:
    in_place = root.raw_file(contract.record, landed.extract, landed.period)
    return landed.landing_id != landing_id(root, landed, contract) or not in_place.exists()


def _try_stage(con: duckdb.DuckDBPyConnection, root: DataRoot, submission: Submission, contract: Contract) -> Staged | Submission:
    try:
        return stage(con, root, submission, contract)
    except Refusal as refusal:
        return _refuse(root, submission, contract, refusal)
    except (duckdb.IOException, duckdb.OutOfMemoryException):
        raise  # A full disk or too little memory says nothing of the file: the night stops and can be run again.
    except (duckdb.Error, LookupError) as trouble:
        # The message of such an error may quote cells, so only its kind is told.
        return _refuse(root, submission, contract, Refusal("landing_failed", found=type(trouble).__name__))


def _refuse(root: DataRoot, submission: Submission, contract: Contract, refusal: Refusal, staged: Staged | None = None) -> Submission:
    if submission.outcome == "landed":
        # What is landed stays landed: only reading it anew, under a changed contract, failed.
        return submission.became(
            root, "landed", reason=f"kept as landed before; reading it anew failed: {refusal.reason}", remedy=refusal.remedy
        )
    read = staged.submission if staged else submission
    refused = read.became(root, "refused", landing_id=None, reason=refusal.reason, remedy=refusal.remedy)
    write_receipt(root, refused, contract, staged.quarantine if staged else None)
    return refused


def _settle(root: DataRoot, staged: list[Staged], judge: Judge, progress: Callable[[str], None]) -> list[Submission]:
    """Judge all staged deliveries record by record, then commit or refuse each."""
    settled = []
    history = _by_period(root)
    by_record: dict[str, list[Staged]] = {}
    for entry in staged:
        entry.profile["rows_ratio_to_previous"] = _ratio_to_previous(entry, staged, history)
        by_record.setdefault(entry.contract.record, []).append(entry)
    why = {}
    for record, entries in by_record.items():
        why |= judge(record, pd.DataFrame([entry.profile for entry in entries]))
    for entry in staged:
        refusal = entry.refusal
        if refusal is None and (found := why.get(entry.before.sha256)):
            refusal = Refusal("landing_suite", expected=f"the landing suite of {entry.contract.record}", found=found)
        if refusal:
            settled.append(_refuse(root, entry.before, entry.contract, refusal, entry))
            progress(f"refused: {entry.before.extract} {entry.before.period}: {refusal}")
        else:
            settled.append(_commit(root, entry, history[(entry.before.extract, entry.before.period)]))
    return settled


def _ratio_to_previous(entry: Staged, staged: list[Staged], history: Mapping[tuple[str, str], list[Submission]]) -> float | None:
    """Rows accepted ÷ rows accepted in the extract's period before; None for the first."""
    own = entry.submission
    earlier = {other.submission.period: other.submission.rows_accepted for other in staged if other.submission.extract == own.extract}
    for (extract, period), entries in history.items():
        if extract == own.extract and (landed := [done for done in entries if done.outcome == "landed"]):
            earlier.setdefault(period, landed[-1].rows_accepted)
    before = max((period for period in earlier if period < own.period), default=None)
    return own.rows_accepted / earlier[before] if before and earlier[before] else None


def _commit(root: DataRoot, staged: Staged, history: list[Submission]) -> Submission:
    """Move a staged landing into place by renames; the raw file goes last."""
    submission, contract = staged.submission, staged.contract
    in_place = root.raw_file(contract.record, submission.extract, submission.period)
    landed = [entry for entry in history if entry.outcome == "landed"]
    is_new = submission.outcome != "landed"
    if is_new and landed and landed[-1].content_hash == submission.content_hash and in_place.exists():
        done = submission.became(
            root, "duplicate", landing_id=None, reason=f"the same cells as {landed[-1].file_name}, received {landed[-1].received_at[:10]}"
        )
    else:
        held = root.quarantine_file(submission.extract, submission.period)
        for source, target in ((staged.quarantine, held), (staged.accepted, in_place)):
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
        now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        done = submission.became(root, "landed", landed_at=now, reason="", remedy="")
    write_receipt(root, done, contract, root.quarantine_file(submission.extract, submission.period))
    for entry in history:
        if entry.outcome == "received" and entry.received_at < submission.received_at:
            entry.became(root, "superseded", reason=f"superseded by {submission.file_name} before it was landed")
    return done
