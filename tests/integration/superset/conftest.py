"""Superset where it is wanted: it takes minutes, an environment of its own and a browser."""

from __future__ import annotations

import os

import pytest

from tests.integration.superset.browser import CHROMIUM
from tests.integration.superset.running_superset import PYTHON


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what is marked ``superset`` where it cannot or shall not run, and say why."""
    reasons = {
        "readers of Superset take minutes: SERVING=full, or make serving": os.environ.get("SERVING") != "full",
        "no chromium on this machine (Debian's package chromium)": CHROMIUM is None,
        "Superset is not installed: make serving does it": not PYTHON.exists(),
    }
    reason = next((reason for reason, holds in reasons.items() if holds), None)
    for item in items:
        if reason and item.get_closest_marker("superset"):
            item.add_marker(pytest.mark.skip(reason=reason))
