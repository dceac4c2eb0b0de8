"""The web server that runs Superset: for this machine alone (a reverse proxy on it may let others in), one process, several threads."""

from __future__ import annotations

import os

bind = f"127.0.0.1:{os.environ.get('SUPERSET_PORT', '8088')}"
# One process: DuckDB keeps a release's pages once for all its readers, and a limit on logins counts in one place.
workers = 1
worker_class = "gthread"
threads = 8
timeout = 120
loglevel = "warning"
# No access log: addresses of pages hold what people searched for.
accesslog = None


def post_worker_init(worker: object) -> None:
    """Say that it is up only when it answers."""
    print(os.environ.get("SUPERSET_GREETING", ""), flush=True)
