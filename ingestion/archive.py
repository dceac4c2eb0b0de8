"""The archive: every delivery's bytes under their hash, and beside them one submission record per delivery.

The records are the history of what was sent, when, and what became of it; everything else under the data
root can be made again from here.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import shutil
import stat
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from ingestion.names import safe_suffix, shown
from ingestion.paths import DataRoot

UNPLACED = "unplaced"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Submission:
    """One delivery of one file.

    ``outcome``: received (not yet landed) · landed · superseded (a newer one came before it could land) ·
    duplicate (same cells as what is landed) · refused. ``landing_id`` identifies the landed rows, ``landed_sha256``
    is the hash of the Parquet file that holds them.
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
    landed_sha256: str | None = None
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


@dataclass(frozen=True)
class Arrival:
    """A delivered file and a copy of it that nobody else can change, of whose bytes ``sha256`` speaks.

    A file too large to be taken has no copy: ``bytes_at`` is then the file itself.
    """

    path: Path
    bytes_at: Path
    sha256: str
    state: os.stat_result

    @property
    def is_copied(self) -> bool:
        return self.bytes_at != self.path


class StillArriving(OSError):
    """The file changed while it was copied."""


def fetch(root: DataRoot, path: Path, most_bytes: int | None = None) -> Arrival:
    """Copy a delivered file into the archive's own folder, hashing what is copied, before anything looks into it.

    The copy has a plain name whatever the sender's was. A link is not followed, and no more than ``most_bytes``
    are copied; beyond that only the hash is taken.

    Raises:
        StillArriving: when the file is not the same afterwards.
        OSError: when it is no plain file, or cannot be read.
    """
    root.arriving.mkdir(parents=True, exist_ok=True)
    copy = root.arriving / f"delivery{safe_suffix(path.name)}"
    digest = hashlib.sha256()
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as source:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise OSError("not a plain file")
        fits = most_bytes is None or before.st_size <= most_bytes
        with copy.open("wb") if fits else contextlib.nullcontext() as target:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                if target:
                    target.write(chunk)
    if not is_same_file(path, before):
        raise StillArriving("it changed while it was copied")
    return Arrival(path, copy if fits else path, digest.hexdigest(), before)


def register(root: DataRoot, arrival: Arrival, extract: str, period: str, file_name: str | None = None) -> Submission:
    """Put a fetched file into its place in the archive, byte for byte, and write its submission record."""
    return enter(root, arrival, keep(root, arrival, extract, period, file_name))


def keep(root: DataRoot, arrival: Arrival, extract: str, period: str, file_name: str | None = None) -> Submission:
    """Put a fetched file into its place in the archive, byte for byte; return its submission, not yet recorded.

    A file whose registration was cut short, and which therefore comes once more, is the delivery that it was.
    """
    path = arrival.path
    name = shown(path.name) if file_name is None else file_name
    known = [Submission(**json.loads(record.read_text(encoding="utf-8"))) for record in (root.archive / extract / period).glob("*.json")]
    for entry in known:
        if (entry.sha256, entry.file_name, entry.outcome) == (arrival.sha256, name, "received"):
            if arrival.is_copied:
                arrival.bytes_at.unlink()
            return entry
    submission = Submission(
        extract=extract,
        period=period,
        sha256=arrival.sha256,
        suffix=safe_suffix(path.name),
        file_name=name,
        bytes=arrival.state.st_size,
        received_at=_received_at(arrival.state, root, max((entry.received_at for entry in known), default="")),
        is_synthetic=root.synthetic_marker.exists(),
    )
    kept = submission.bytes_path(root)
    if kept.exists():
        if arrival.is_copied:
            arrival.bytes_at.unlink()
    else:
        kept.parent.mkdir(parents=True, exist_ok=True)
        _sync(arrival.bytes_at)
        shutil.move(arrival.bytes_at, kept)
        kept.chmod(0o400)
    return submission


def enter(root: DataRoot, arrival: Arrival, submission: Submission) -> Submission:
    """Write the submission record of a file that is in the archive, and remove it from the inbox.

    The inbox file is removed last, so a crash in between leaves it to be registered again; and only if it is
    still the one that was fetched, since its sender may have put another there under the same name.
    """
    submission.save(root)
    if is_same_file(arrival.path, arrival.state):
        arrival.path.unlink()
    return submission


def is_same_file(path: Path, state: os.stat_result) -> bool:
    """Whether the file at ``path`` is there and is the one, unchanged, of which ``state`` tells."""
    try:
        now = path.lstat()
    except FileNotFoundError:
        return False
    return (now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns) == (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns)


def submissions(root: DataRoot) -> list[Submission]:
    """Every delivery ever registered, or those of the extract that is landed alone; oldest first."""
    records = [
        Submission(**json.loads(path.read_text(encoding="utf-8"))) for path in root.archive.glob(f"{root.lander or '[!.]*'}/*/*.json")
    ]
    return sorted(records, key=lambda submission: (submission.received_at, submission.sha256))


def file_sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


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


def _received_at(state: os.stat_result, root: DataRoot, last: str) -> str:
    """Now; for synthetic deliveries the file's own time, so that a demo shows years of deliveries on time and late.

    Always after ``last``, the moment of the delivery before: the one received last stands, also where the clock
    was set back in between.
    """
    moment = dt.datetime.now(dt.UTC)
    if root.synthetic_marker.exists():
        with contextlib.suppress(OverflowError, ValueError):  # a time beyond the year 9999
            moment = dt.datetime.fromtimestamp(state.st_mtime, dt.UTC)
    if last and moment <= (before := dt.datetime.fromisoformat(last)):
        moment = before + dt.timedelta(microseconds=1)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
