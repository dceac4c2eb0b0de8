"""The recipes of docs/serving-postgres.md with the clients that people have: psql, psycopg, ODBC."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ingestion.paths import PROJECT
from serving.postgres.publication import publish
from tests.integration.postgres.server import PASSWORD, Server
from tests.integration.postgres.small_release import numbered

PAGE = (PROJECT / "docs" / "serving-postgres.md").read_text(encoding="utf-8")
DRIVERS = sorted(Path("/usr/lib").glob("*/odbc/psqlodbcw.so"))


def recipe(heading: str, language: str, server: Server) -> str:
    """The first block of code under a heading, with this server in place of the page's."""
    section = PAGE.split(f"### {heading}\n")[1].split("\n### ")[0]
    (code, *_) = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    return (
        code.replace("db.example.la", "127.0.0.1").replace("5432", str(server.local.port)).replace("sslmode=verify-full", "sslmode=disable")
    )


def run(*command: str, stdin: str = "", **variables: str) -> str:
    done = subprocess.run(command, input=stdin, env={**os.environ, **variables}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_psql(postgres: Server, tmp_path: Path) -> None:
    psql = shutil.which("psql") or str(postgres.local.binaries / "psql")
    if not Path(psql).exists():
        pytest.skip("psql is not on this machine (Debian's package postgresql-client)")
    publish(numbered(tmp_path, 1))
    said = run("bash", "-c", recipe("psql", "sh", postgres).replace("psql ", f"{psql} "), PGPASSWORD=PASSWORD)
    assert "20261121T000000Z" in said and "agg_moves" in said and "ຕາຕະລາງ agg_moves · One agg_moves." in said


def test_psycopg(postgres: Server, tmp_path: Path) -> None:
    publish(numbered(tmp_path, 1))
    said = run(sys.executable, "-c", recipe("Python", "python", postgres), PGPASSWORD=PASSWORD)
    assert "20261121T000000Z" in said and "[('agg_moves',), ('current_release',), ('dim_place',)]" in said


@pytest.mark.skipif(
    not (DRIVERS and shutil.which("isql")), reason="psqlODBC and unixODBC (Debian's odbc-postgresql, unixodbc) are not installed"
)
def test_odbc(postgres: Server, tmp_path: Path) -> None:
    publish(numbered(tmp_path, 1))
    settings = recipe("ODBC", "ini", postgres).replace("PostgreSQL Unicode(x64)", str(DRIVERS[-1]))
    where = {"ODBCINI": str(tmp_path / "odbc.ini"), "ODBCSYSINI": str(tmp_path)}
    isql = ("isql", "-b", "-v", "-d|", "migration", "analyst", PASSWORD)
    (tmp_path / "odbc.ini").write_text(settings, encoding="utf-8")
    said = run(*isql, stdin="select sum(moves), max(place_en) from agg_moves natural join dim_place\n", **where)
    assert said.split() == ["200|place", "9"]
    # The driver's own setting is a convenience; the server refuses without it.
    (tmp_path / "odbc.ini").write_text(settings.replace("ReadOnly = 1", "ReadOnly = 0"), encoding="utf-8")
    assert "permission denied" in run(*isql, stdin="delete from agg_moves\n", **where)
