"""``python -m serving.superset.preparing <source>``: the preparation as a process of its own, since it says much that nobody asked for."""

from __future__ import annotations

import sys

from ingestion.paths import DataRoot
from serving.superset.home import Home

if __name__ == "__main__":
    from superset.app import create_app

    with create_app().app_context():
        from serving.superset.importing import prepare

        prepare(Home.of(DataRoot.from_env()), sys.argv[1])
