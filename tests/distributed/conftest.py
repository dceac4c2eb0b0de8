"""What runs on several machines, on this one: it takes minutes and environments of its own. ``make test-distributed`` runs it."""

from __future__ import annotations

import os
import shutil

import pytest

from ingestion.paths import PROJECT

SPARK_PYTHON = PROJECT / ".venv-spark" / "bin" / "python"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what is marked ``spark`` where it cannot or shall not run, and say why."""
    reasons = {
        "a cluster takes minutes: DISTRIBUTED=full, or make test-distributed": os.environ.get("DISTRIBUTED") != "full",
        "Spark needs Java 17 or newer (Debian's package openjdk-17-jre-headless)": shutil.which("java") is None,
        "Spark is not installed: make test-distributed does it": not SPARK_PYTHON.exists(),
    }
    reason = next((reason for reason, holds in reasons.items() if holds), None)
    for item in items:
        if reason and item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.skip(reason=reason))
