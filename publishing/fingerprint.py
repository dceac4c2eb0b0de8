"""Fingerprints: of files, of the rules that judge, of the inputs that were built from."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from ingestion.archive import file_sha256
from ingestion.contract import load_contracts
from ingestion.meta import landed_now
from ingestion.paths import PROJECT, DataRoot

WAREHOUSE_CODE = ["dbt_project", "disclosure"]
RULES = ["dbt_project", "disclosure", "expectations", "publishing"]
SOURCE_SUFFIXES = {".sql", ".yml", ".csv", ".py", ".j2", ".css", ".typ"}
SETTLED_NS = 2_000_000_000
_hashed: dict[_State, str] = {}
NOT_SOURCE = {"target", "logs", "__pycache__", "dbt_packages"}


def tree_sha256(folders: list[str], project: Path = PROJECT) -> str:
    """One hash over names and bytes of the source files below ``folders`` of the project."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((project / folder).rglob("*")):
            inside = path.relative_to(project)
            if path.suffix in SOURCE_SUFFIXES and not NOT_SOURCE & set(inside.parts):
                digest.update(f"{inside}\0{file_sha256(path)}\0".encode())
    return digest.hexdigest()


def warehouse_code() -> str:
    """Changes when a model, macro, seed or test of the dbt project does: the build is then made anew."""
    return tree_sha256(WAREHOUSE_CODE)


def rules() -> str:
    """Changes when anything that judges or publishes does: a candidate judged by other rules is not promoted."""
    return tree_sha256(RULES)


def inputs(root: DataRoot) -> str:
    """Changes when what is landed does: which submissions, read under which contracts."""
    landed = sorted((*key, entry.landing_id) for key, entry in landed_now(root, load_contracts()).items())
    return hashlib.sha256(json.dumps(landed).encode()).hexdigest()


class _State(NamedTuple):
    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int


def sha256_once(path: Path) -> str:
    """The hash of a file that is asked several times a night whether it is still the same: the build, and the release before.

    One that this process has hashed and that nobody touched since, as the time of its last change tells, is not read again; a
    change in the same moment as the hashing could not be told, so a file that was new then is. What is judged and what is
    published is always read: there ``file_sha256`` is called.
    """
    state = _state(path)
    if (known := _hashed.get(state)) is None:
        known = file_sha256(path)
        if time.time_ns() - state.changed_ns > SETTLED_NS and _state(path) == state:
            _hashed[state] = known
    return known


def _state(path: Path) -> _State:
    about = path.stat()
    return _State(about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)


def folder_hashes(folder: Path, without: set[str], sha256: Callable[[Path], str] = file_sha256) -> dict[str, dict[str, object]]:
    """Relative path → {sha256, bytes} of every file below ``folder`` except those named in ``without``."""
    return {
        str(path.relative_to(folder)): {"sha256": sha256(path), "bytes": path.stat().st_size}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and str(path.relative_to(folder)) not in without
    }


def is_intact(release: Path) -> bool:
    """Whether every file of a release is, byte for byte, the one that was judged."""
    try:
        judged = json.loads((release / "gate.json").read_bytes())
        return judged["files"] == folder_hashes(release, {"gate.json"}, sha256_once)
    except (OSError, ValueError, KeyError):
        return False


def sync(path: Path) -> None:
    """Make a file's bytes, or the renames inside a folder, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
