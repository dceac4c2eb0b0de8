"""Fixtures shared by all tests: a data root of its own for each, and the project's real contracts."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.identifiers import KEY_VARIABLE
from ingestion.paths import PROJECT, DataRoot

SHARED_DATA = PROJECT.parent / "shared" / "data" / "official"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataRoot:
    """An empty data root marked synthetic, so that the demo key may be used."""
    monkeypatch.setenv("WAREHOUSE_DATA", str(tmp_path))
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    made = DataRoot(tmp_path)
    made.synthetic_marker.touch()
    return made


@pytest.fixture(scope="session")
def official() -> Path:
    """The real public files, where this machine has them."""
    if not SHARED_DATA.exists():
        pytest.skip("the official public files (../shared/data/official) are not on this machine")
    return SHARED_DATA
