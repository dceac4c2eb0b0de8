"""The web server that runs Superset: for this machine alone; a reverse proxy on it may let others in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gunicorn.workers.base import Worker

bind = f"127.0.0.1:{os.environ.get('SUPERSET_PORT', '8088')}"
# A page asks some twenty questions at once, and what takes time is Superset's own Python.
workers = min(4, os.cpu_count() or 1)
worker_class = "gthread"
threads = 8
timeout = 120
loglevel = "warning"
# No access log: addresses of pages hold what people searched for.
accesslog = None


def post_worker_init(worker: Worker) -> None:
    """Say that it is up only when it answers."""
    if worker.age == 1:
        print(os.environ.get("SUPERSET_GREETING", ""), flush=True)
