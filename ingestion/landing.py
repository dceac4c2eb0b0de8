"""Landing: registered submissions become typed Parquet per extract and month, whole or not at all.

Two steps, so that a delivery can be judged as a whole before it replaces anything: ``stage`` reads a file
into the staging folder and profiles it; a commit renames it into place. A refused file leaves the last
good month where it is.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd

from ingestion.archive import UNPLACED, Submission, file_sha256, submissions
from ingestion.contract import Contract
from ingestion.identifiers import PseudonymKeyError, check_keys
from ingestion.key_bridge import bridge_is_missing, place_bridge
from ingestion.lock import landing
from ingestion.paths import DataRoot
from ingestion.progress import TimeLeft
from ingestion.receipt.safely import give_receipt
from ingestion.record import load_records
from ingestion.refusal import Refusal
from ingestion.stage import Staged, landing_id, open_scratch, stage
from ingestion.verdict import History, Judge, verdicts


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
    with landing(root), open_scratch(root) as con:
        root.close_to_others()
        known = _landable(root, contracts)
        history = _by_period(root)
        queue = _due(root, history, known, only, again)
        tried: set[Path] = set()
        while queue:
            staged: list[Staged] = []
            left = TimeLeft({str(entry.record_path(root)): entry.bytes for entry in queue})
            for number, submission in enumerate(queue, start=1):
                outcome = _try_stage(con, root, submission, contracts[submission.extract])
                if isinstance(outcome, Staged):
                    staged.append(outcome)
                    done = outcome.submission
                    said = f"{done.rows_accepted:,} accepted, {done.rows_rejected:,} rejected"
                else:
                    handled.append(_remember(history, outcome))
                    said = f"refused: {outcome.reason}. {outcome.remedy}"
                after = left.after(str(submission.record_path(root)))
                progress(f"[{number}/{len(queue)}{after}] {submission.extract} {submission.period}: {said}")
            handled += _settle(root, staged, judge, progress, history)
            tried |= {entry.record_path(root) for entry in queue}
            refused_now = {(entry.extract, entry.period) for entry in queue}
            queue = [entry for entry in _due(root, history, known, refused_now, False) if entry.record_path(root) not in tried]
        shutil.rmtree(root.staging, ignore_errors=True)
    return handled


def land_alone(root: DataRoot, submission: Submission, contract: Contract, judge: Judge, earlier: Sequence[Submission]) -> Submission:
    """Land one registered delivery as though ``earlier`` were all that came before it; for a dry run in a root of its own."""
    history: History = {(submission.extract, submission.period): []}
    for entry in [*earlier, submission]:
        history.setdefault((entry.extract, entry.period), []).append(entry)
    with open_scratch(root) as con:
        outcome = _try_stage(con, root, submission, contract)
    if isinstance(outcome, Staged):
        (outcome,) = _settle(root, [outcome], judge, lambda _line: None, history)
    return outcome


def require_key(root: DataRoot, contracts: Mapping[str, Contract]) -> None:
    """Complain when deliveries wait that hold identifiers and no key is configured; the others have landed by then.

    Raises:
        PseudonymKeyError: with what to do.
    """
    known = _landable(root, contracts)
    if any(extract in contracts and extract not in known for extract, _period in _by_period(root)):
        check_keys(root)


def _landable(root: DataRoot, contracts: Mapping[str, Contract]) -> dict[str, Contract]:
    """The contracts that can be landed now: those of records with identifiers need the pseudonym key."""
    try:
        check_keys(root)
    except PseudonymKeyError:
        return {name: contract for name, contract in contracts.items() if not load_records()[contract.record].identifiers}
    return dict(contracts)


def _due(
    root: DataRoot, known: History, contracts: Mapping[str, Contract], only: set[tuple[str, str]] | None, again: bool
) -> list[Submission]:
    """For each extract and period the newest delivery to land, if there is anything to do."""
    due = []
    for (extract, period), history in known.items():
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


def _by_period(root: DataRoot) -> History:
    grouped: History = {}
    for entry in submissions(root):
        grouped.setdefault((entry.extract, entry.period), []).append(entry)
    return grouped


def _remember(history: History, done: Submission) -> Submission:
    """Put what became of a delivery into the history at hand: reading it all again for each would take longer than the landing."""
    held = history[(done.extract, done.period)]
    held[:] = [done if (entry.received_at, entry.sha256) == (done.received_at, done.sha256) else entry for entry in held]
    return done


def _is_outdated(root: DataRoot, landed: Submission, contract: Contract) -> bool:
    if landed.landing_id != landing_id(root, landed, contract) or not _is_in_place(root, landed, contract):
        return True
    return bridge_is_missing(root, landed.extract, landed.period, contract.record)


def _is_in_place(root: DataRoot, landed: Submission, contract: Contract) -> bool:
    """Whether the landed rows are there, byte for byte: a crash or a failing disk may have left others under their name."""
    in_place = root.raw_file(contract.record, landed.extract, landed.period)
    return in_place.exists() and file_sha256(in_place) == landed.landed_sha256


def _try_stage(con: duckdb.DuckDBPyConnection, root: DataRoot, submission: Submission, contract: Contract) -> Staged | Submission:
    try:
        return stage(con, root, submission, contract)
    except Refusal as refusal:
        return _refuse(root, submission, contract, refusal)
    except (duckdb.OutOfMemoryException, MemoryError):
        # Said of the file, so that one that is too large does not stop the others, tonight and every night after.
        return _refuse(root, submission, contract, Refusal("needs_too_much", found="more memory than the warehouse has"))
    except (duckdb.IOException, OSError):
        raise  # A full disk says nothing of the file: the night stops and can be run again.
    except Exception as trouble:
        # Whatever a file does to its reader is said of the file. The message may quote cells, so only its kind is told.
        return _refuse(root, submission, contract, Refusal("landing_failed", found=type(trouble).__name__))


def _refuse(root: DataRoot, submission: Submission, contract: Contract, refusal: Refusal, staged: Staged | None = None) -> Submission:
    if submission.outcome == "landed":
        # What is landed stays landed: only reading it anew, under a changed contract, failed.
        return submission.became(
            root, "landed", reason=f"kept as landed before; reading it anew failed: {refusal.reason}", remedy=refusal.remedy
        )
    read = staged.submission if staged else submission
    refused = replace(read, outcome="refused", landing_id=None, reason=refusal.reason, remedy=refusal.remedy)
    give_receipt(root, refused, contract, staged.quarantine if staged else None, refusal, staged.spellings if staged else ())
    return refused.save(root)


def _settle(root: DataRoot, staged: list[Staged], judge: Judge, progress: Callable[[str], None], history: History) -> list[Submission]:
    """Judge all staged deliveries record by record, then commit or refuse each."""
    settled = []
    for entry, refusal in zip(staged, verdicts(staged, judge, history), strict=True):
        if refusal:
            settled.append(_remember(history, _refuse(root, entry.before, entry.contract, refusal, entry)))
            progress(f"refused: {entry.before.extract} {entry.before.period}: {refusal}")
        else:
            settled.append(_commit(root, entry, history))
    return settled


def _commit(root: DataRoot, staged: Staged, history: History) -> Submission:
    """Move a staged landing into place by renames; the raw file goes last.

    The record that it is landed is written after all else, so that whatever a crash leaves undone is done again.
    """
    submission, contract = staged.submission, staged.contract
    in_place = root.raw_file(contract.record, submission.extract, submission.period)
    known = history[(submission.extract, submission.period)]
    landed = [entry for entry in known if entry.outcome == "landed"]
    is_new = submission.outcome != "landed"
    if is_new and landed and landed[-1].content_hash == submission.content_hash and _is_in_place(root, landed[-1], contract):
        same = f"the same cells as {landed[-1].file_name}, received {landed[-1].received_at[:10]}"
        done = replace(submission, outcome="duplicate", landing_id=None, reason=same)
    else:
        held = root.quarantine_file(submission.extract, submission.period)
        if staged.bridge:
            place_bridge(root, staged.bridge, submission.extract, submission.period)
        for source, target in ((staged.quarantine, held), (staged.accepted, in_place)):
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
        # The same landing again, as when raw/ was lost, keeps its time: what is made from the archive must not differ.
        is_same = staged.before.outcome == "landed" and staged.before.landing_id == submission.landing_id
        landed_at = staged.before.landed_at if is_same else dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        landed_sha256 = file_sha256(in_place)
        done = replace(submission, outcome="landed", landed_at=landed_at, landed_sha256=landed_sha256, reason="", remedy="")
    rejected = staged.quarantine if staged.quarantine.exists() else root.quarantine_file(submission.extract, submission.period)
    give_receipt(root, done, contract, rejected, spellings=staged.spellings)
    for entry in list(known):
        if entry.outcome == "received" and entry.received_at < submission.received_at:
            _remember(history, entry.became(root, "superseded", reason=f"superseded by {submission.file_name} before it was landed"))
    return _remember(history, done.save(root))
