"""Whether a file is still the same, asked many times a night and read once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ingestion.archive import file_sha256
from publishing import fingerprint


@pytest.mark.parametrize("how", ["in place", "another file in its place"])
def test_a_file_that_is_known_is_read_again_once_anybody_touched_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setattr(fingerprint, "SETTLED_NS", -1)
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(b"one")
    before = path.stat()
    assert fingerprint.sha256_once(path) == file_sha256(path)
    if how == "another file in its place":
        (tmp_path / "other").write_bytes(b"two")
        (tmp_path / "other").replace(path)
    else:
        path.write_bytes(b"two")
    # Whoever sets the times back cannot set back when that was done.
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert fingerprint.sha256_once(path) == file_sha256(path)


def test_a_file_that_was_written_a_moment_ago_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(b"one")
    # A clock so slow that two changes have one time.
    state = fingerprint._state(path)
    monkeypatch.setattr(fingerprint, "_state", lambda _path: state)
    fingerprint.sha256_once(path)
    path.write_bytes(b"two")
    assert fingerprint.sha256_once(path) == file_sha256(path)


def test_a_file_that_nobody_touched_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprint, "SETTLED_NS", -1)
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(b"one")
    known = fingerprint.sha256_once(path)
    monkeypatch.setattr(fingerprint, "file_sha256", lambda _path: pytest.fail("it was read"))
    assert fingerprint.sha256_once(path) == known
