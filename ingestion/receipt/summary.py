"""What the first page of a receipt says, section by section, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingestion.archive import UNPLACED, Submission
from ingestion.contract import Contract
from ingestion.receipt.texts import both, explain, text
from ingestion.receipt.workbook import Section
from ingestion.record import Label
from ingestion.refusal import Refusal
from ingestion.spellings import Spelling

COUNTS = ("read", "accepted", "rejected", "out_of_scope", "totals")


def sections(
    submission: Submission, contract: Contract, refusal: Refusal | None, spellings: Sequence[Spelling], advice: Sequence[Label]
) -> list[Section]:
    """Everything that the summary tells; a section without lines is left out."""
    facts = list(_facts(submission, contract, refusal))
    counts = [(*_pair("rows", name), getattr(submission, f"rows_{name}")) for name in COUNTS]
    reasons = [
        (reason, count, said["lo"], said["en"])
        for reason, count in submission.rejected_by_reason.items()
        if (said := explain(contract, reason))
    ]
    words = [(word.heading, word.text, suggested(word), f"{word.rows:,} ({word.first_row:,})") for word in spellings]
    every = {
        "receipt": facts,
        "mend": [("", "", step.lo, step.en) for step in advice],
        "counts": counts,
        "reasons": [_captions("reason", "rows", "wrong", "wrong"), *reasons] if reasons else [],
        "unrecognised": [_captions("column", "value", "suggestions", "rows_and_first"), *words] if words else [],
        "unused": [("", "", name) for name in submission.unused_columns],
    }
    return [Section(text("headings", name), lines) for name, lines in every.items() if lines]


def suggested(word: Spelling) -> str:
    """The members of the code list that may have been meant; for the sender to choose from."""
    return " / ".join(f"{near.label_lo} · {near.label_en} ({near.code})" for near in word.suggestions)


def how_to_mend(kind: str, submission: Submission, sheets: Sequence[str]) -> list[Label]:
    """What the sender should do, step by step.

    Args:
        kind: copy · file_copy · own_file, by what there is to be mended; nothing, where nothing is wrong.
    """
    if kind == "nothing" and submission.outcome != "refused":
        return [text("mend", "nothing")]
    period = "YYYY-MM" if submission.period == UNPLACED else submission.period
    send = text("mend", "send", folder=f"inbox/{submission.extract}/{period}/")
    if kind == "nothing":
        return [send]
    return [text("mend", kind, sheet=", ".join(sheets), file=submission.file_name), send]


def _facts(submission: Submission, contract: Contract, refusal: Refusal | None) -> Iterator[tuple[str, ...]]:
    if submission.is_synthetic:
        said = text("facts", "synthetic")
        yield "", "", said.lo, said.en
    yield *_pair("facts", "title"), contract.title.lo, contract.title.en
    yield *_pair("facts", "ministry"), contract.ministry.lo, contract.ministry.en
    for name in ("file_name", "period", "received_at", "sha256"):
        yield *_pair("facts", name), getattr(submission, name)
    outcome = text("outcomes", submission.outcome)
    yield *_pair("facts", "outcome"), outcome.lo, outcome.en
    if submission.reason:
        yield *_pair("facts", "reason"), refusal.reason_lo if refusal else "", submission.reason
    if submission.remedy:
        yield *_pair("facts", "remedy"), refusal.remedy_lo if refusal else "", submission.remedy


def _pair(group: str, name: str) -> tuple[str, str]:
    said = text(group, name)
    return said.lo, said.en


def _captions(*names: str) -> tuple[str, ...]:
    return tuple(both(text("headings", name)) for name in names)
