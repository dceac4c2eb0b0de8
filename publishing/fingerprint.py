"""Fingerprints: of files, of the rules that judge, of the inputs that were built from."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from ingestion.archive import file_sha256
from ingestion.contract import load_contracts
from ingestion.meta import landed_now
from ingestion.paths import PROJECT, DataRoot

WAREHOUSE_CODE = ["dbt_project", "disclosure"]
RULES = ["dbt_project", "disclosure", "expectations", "publishing"]
SOURCE_SUFFIXES = {".sql", ".yml", ".csv", ".py", ".j2", ".css", ".typ"}
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


def folder_hashes(folder: Path, without: set[str]) -> dict[str, dict[str, object]]:
    """Relative path → {sha256, bytes} of every file below ``folder`` except those named in ``without``."""
    return {
        str(path.relative_to(folder)): {"sha256": file_sha256(path), "bytes": path.stat().st_size}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and str(path.relative_to(folder)) not in without
    }


def is_intact(release: Path) -> bool:
    """Whether every file of a release is, byte for byte, the one that was judged."""
    try:
        judged = json.loads((release / "gate.json").read_bytes())
        return judged["files"] == folder_hashes(release, without={"gate.json"})
    except (OSError, ValueError, KeyError):
        return False


def sync(path: Path) -> None:
    """Make a file's bytes, or the renames inside a folder, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
