"""The archive: every delivery's bytes under their hash, and beside them one submission record per delivery.

The records are the history of what was sent, when, and what became of it; everything else under the data
root can be made again from here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from ingestion.paths import DataRoot

UNPLACED = "unplaced"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Submission:
    """One delivery of one file.

    ``outcome``: received (not yet landed) · landed · superseded (a newer one came before it could land) ·
    duplicate (same cells as what is landed) · refused. ``landing_id`` identifies the landed rows.
    """

    extract: str
    period: str
    sha256: str
    suffix: str
    file_name: str
    bytes: int
    received_at: str
    is_synthetic: bool = False
    outcome: str = "received"
    reason: str = ""
    remedy: str = ""
    landing_id: int | None = None
    landed_at: str | None = None
    content_hash: str | None = None
    rows_read: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    rows_out_of_scope: int = 0
    rows_totals: int = 0
    seconds: float = 0.0
    rejected_by_reason: dict[str, int] = field(default_factory=dict)
    unrecognised: dict[str, int] = field(default_factory=dict)
    unused_columns: list[str] = field(default_factory=list)

    def bytes_path(self, root: DataRoot) -> Path:
        return root.archived(self.extract, self.period, self.sha256, self.suffix)

    def record_path(self, root: DataRoot) -> Path:
        stamp = self.received_at.replace(":", "").replace("-", "")
        return root.archive / self.extract / self.period / f"{stamp}_{self.sha256[:12]}.json"

    def save(self, root: DataRoot) -> Submission:
        """Write the record atomically and return it."""
        write_atomically(self.record_path(root), json.dumps(asdict(self), ensure_ascii=False, indent=1).encode())
        return self

    def became(self, root: DataRoot, outcome: str, **changes: object) -> Submission:
        return replace(self, outcome=outcome, **changes).save(root)


def register(root: DataRoot, path: Path, extract: str, period: str) -> Submission:
    """Move a delivered file into the archive, byte for byte, and write its submission record.

    The inbox file is removed last, so a crash in between leaves it to be registered again.
    """
    digest = file_sha256(path)
    submission = Submission(
        extract=extract,
        period=period,
        sha256=digest,
        suffix=path.suffix.lower(),
        file_name=path.name,
        bytes=path.stat().st_size,
        received_at=_received_at(path, root),
        is_synthetic=root.synthetic_marker.exists(),
    )
    kept = submission.bytes_path(root)
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        partial = kept.with_name(f".{kept.name}.partial")
        shutil.copyfile(path, partial)
        _sync(partial)
        partial.chmod(0o400)
        partial.replace(kept)
    submission.save(root)
    path.unlink()
    return submission


def submissions(root: DataRoot) -> list[Submission]:
    """Every delivery ever registered, oldest first."""
    records = [Submission(**json.loads(path.read_text(encoding="utf-8"))) for path in root.archive.glob("*/*/*.json")]
    return sorted(records, key=lambda submission: (submission.received_at, submission.sha256))


def file_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a small file so that a reader sees the old or the new one, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    _sync(partial)
    partial.replace(path)


def _sync(path: Path) -> None:
    with path.open("rb") as written:
        os.fsync(written.fileno())


def _received_at(path: Path, root: DataRoot) -> str:
    """Now; for synthetic deliveries the file's own time, so that a demo shows years of deliveries on time and late."""
    moment = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC) if root.synthetic_marker.exists() else dt.datetime.now(dt.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
