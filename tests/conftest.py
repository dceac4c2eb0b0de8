"""Fixtures shared by all tests: a data root of its own for each, and the project's real contracts."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from ingestion.identifiers import KEY_VARIABLE
from ingestion.paths import PROJECT, DataRoot

SHARED_DATA = PROJECT.parent / "shared" / "data" / "official"

MEMORY_DISK, ROOM_GB = Path("/dev/shm"), 12


def pytest_configure() -> None:
    """Keep the data roots of the tests in memory where there is room: they are many, and each night syncs its files to disk."""
    if MEMORY_DISK.is_dir() and min(shutil.disk_usage(MEMORY_DISK).free, _available_memory()) > ROOM_GB * 1e9:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY_DISK))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long and needs nothing of others: processes that test at once then end at about the same time."""
    items.sort(key=lambda item: item.get_closest_marker("own_warehouse") is None)


def _available_memory() -> int:
    """Bytes that can be had without swapping."""
    (line,) = [line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemAvailable")]
    return int(line.split()[1]) * 1024


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
