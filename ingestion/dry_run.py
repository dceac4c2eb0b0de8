"""A dry run: one file through the front door of a data root that exists only meanwhile; the real one is only read."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingestion.archive import Submission, submissions
from ingestion.contract import Contract
from ingestion.identifiers import KEY_VARIABLE, PREVIOUS_KEY_VARIABLE, PseudonymKeyError, pseudonym_key
from ingestion.intake import take_in
from ingestion.landing import Judge, accept_all, land_alone
from ingestion.paths import DataRoot


class NotTaken(ValueError):
    """The front door would leave the file lying; the message says why."""


@dataclass(frozen=True)
class Trial:
    """What would become of a file: its submission, the JSON receipt, and what is held that has the same cells."""

    submission: Submission
    receipt: dict
    same_as: Submission | None


def try_file(
    root: DataRoot, path: Path, contract: Contract, judge: Judge = accept_all, period: str = "", keep: Path | None = None
) -> Trial:
    """Take a copy of a file through intake, landing and receipt, beside the history of ``root`` but not in it.

    Args:
        period: as an inbox sub-folder of that name would tell it (YYYY-MM).
        keep: a folder to put the receipt into, workbook and all.

    Raises:
        NotTaken: when the file would stay in the inbox.
    """
    earlier = [entry for entry in submissions(root) if entry.extract == contract.extract and entry.outcome != "received"]
    with tempfile.TemporaryDirectory(prefix="dry_run_") as folder, _some_key(root):
        trial_root = DataRoot(Path(folder))
        if root.synthetic_marker.exists():
            trial_root.synthetic_marker.touch()
        inbox = trial_root.inbox / contract.extract / period
        inbox.mkdir(parents=True)
        shutil.copyfile(path, inbox / path.name)
        taken, left = take_in(trial_root, {contract.extract: contract}, progress=lambda _line: None)
        if not taken:
            raise NotTaken(left[0].reason if left else f"{path.name}: hidden and unfinished files are not taken")
        (done,) = taken
        if done.outcome != "refused":
            done = land_alone(trial_root, done, contract, judge, earlier)
        receipt = trial_root.receipt(done.extract, done.period, done.record_path(trial_root).stem)
        told = json.loads(receipt.read_text(encoding="utf-8"))
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            shutil.copy(receipt, keep)
            shutil.copytree(receipt.with_suffix(""), keep, dirs_exist_ok=True)
    landed = [entry for entry in earlier if entry.outcome == "landed" and entry.period == done.period]
    same = landed[-1] if landed and landed[-1].content_hash == done.content_hash and done.outcome == "landed" else None
    return Trial(done, told, same)


@contextlib.contextmanager
def _some_key(root: DataRoot) -> Iterator[None]:
    """The data root's own key, so that cells compare with what is held; without one any, since it is thrown away."""
    before = {name: os.environ.get(name) for name in (KEY_VARIABLE, PREVIOUS_KEY_VARIABLE)}
    try:
        key = pseudonym_key(root).decode()
    except PseudonymKeyError:
        key = secrets.token_hex(32)
    os.environ.pop(PREVIOUS_KEY_VARIABLE, None)
    os.environ[KEY_VARIABLE] = key
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
