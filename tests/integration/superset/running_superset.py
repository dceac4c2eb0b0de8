"""Superset as ``make superset`` starts it, on a data root of the tests, and its own programming interface."""

from __future__ import annotations

import http.cookiejar
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingestion.paths import PROJECT, DataRoot

PYTHON = PROJECT / ".venv-superset" / "bin" / "python"
PATIENCE = 600


@dataclass(frozen=True)
class Superset:
    """One running server."""

    address: str
    root: DataRoot
    process: subprocess.Popen
    log: Path

    def password(self, user: str) -> str:
        return (self.root.superset / f"{user}_password").read_text()

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")


@contextmanager
def running(root: DataRoot, log: Path, **variables: str) -> Iterator[Superset]:
    """Start it on a free port, wait until it says where it is, and end it as Ctrl-C does."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = {**os.environ, "WAREHOUSE_DATA": str(root.path), "PYTHONPATH": str(PROJECT), "SUPERSET_PORT": port, **variables}
    with log.open("w") as said:
        process = subprocess.Popen([PYTHON, "-m", "serving.superset"], cwd=PROJECT, env=environment, stdout=said, stderr=said)
    superset = Superset(f"http://127.0.0.1:{port}", root, process, log)
    deadline = time.monotonic() + PATIENCE
    try:
        while "Ctrl-C stops it" not in superset.said():
            assert process.poll() is None and time.monotonic() < deadline, superset.said()[-3000:]
            time.sleep(0.5)
        yield superset
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


class Visitor:
    """Somebody who asks Superset without a browser; logged in as a user, or not."""

    def __init__(self, superset: Superset, user: str = "") -> None:
        self._address = superset.address
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        self.headers = {"Content-Type": "application/json", "Referer": superset.address}
        if user:
            told = {"username": user, "password": superset.password(user), "provider": "db"}
            self.headers["Authorization"] = f"Bearer {self.ask('security/login', told)[1]['access_token']}"
            self.headers["X-CSRFToken"] = self.ask("security/csrf_token/")[1]["result"]

    def ask(self, path: str, body: Any = None) -> tuple[int, Any]:
        """The status and the answer; with a body it is a POST."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._address}/api/v1/{path}", data=data, headers=self.headers)
        try:
            with self._opener.open(request, timeout=90) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()

    def sql(self, statement: str, database: int = 1) -> tuple[int, Any]:
        """One statement in SQL Lab."""
        return self.ask("sqllab/execute/", {"database_id": database, "sql": statement, "runAsync": False})
