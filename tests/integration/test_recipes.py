"""What the pages tell readers to type, typed: every recipe for the files of a release, as it stands on the page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from ingestion.paths import PROJECT, DataRoot

PAGES = {
    "README.md": (PROJECT / "README.md").read_text(encoding="utf-8").split("## Read a release")[1],
    "docs/reading-a-release.md": (PROJECT / "docs" / "reading-a-release.md").read_text(encoding="utf-8"),
    "docs/exchange.md": (PROJECT / "docs" / "exchange.md").read_text(encoding="utf-8"),
    "docs/security.md": (PROJECT / "docs" / "security.md").read_text(encoding="utf-8").split("## What a reader can reach")[1],
}
BINARIES = Path(sys.executable).parent
EARLIER = "20261121T190012Z"
"""The other release of a page that compares two."""
NO_SERVER = "-readonly data/releases/latest/warehouse.duckdb\n"
"""How to start the client and type into it oneself."""


def blocks(language: str) -> list[tuple[str, str]]:
    return [(page, code) for page, text in PAGES.items() for code in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)]


@pytest.fixture
def place(published: DataRoot) -> Path:
    """A folder with ``data/`` and ``releases/``, as the pages suppose."""
    folder = published.path.parent / "reader"
    (folder / "releases").mkdir(parents=True)
    (folder / "data").symlink_to(published.path)
    for name in ("latest", EARLIER):
        (folder / "releases" / name).symlink_to(published.latest.resolve())
    return folder


def run(place: Path, *command: str, stdin: str = "") -> str:
    environment = {**os.environ, "PATH": f"{BINARIES}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=place, env=environment, input=stdin, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_query_with_the_command_line_client(place: Path) -> None:
    queries = [code for _, code in blocks("sql")]
    assert len(queries) > 10
    for code in queries:
        run(place, "duckdb", "-bail", "-readonly", "data/releases/latest/warehouse.duckdb", stdin=code)


def test_every_command_of_the_shell(place: Path) -> None:
    commands = [code for _, code in blocks("sh") if ("duckdb" in code or "frictionless" in code) and not code.endswith(NO_SERVER)]
    assert commands
    for code in commands:
        said = run(place, "bash", "-ec", code)
        assert "rows" in said or "│" in said


def test_every_program(place: Path) -> None:
    """One after the other on a page, since the later ones use what the earlier ones made; without packages that we do not have."""
    for page in PAGES:
        programs = [code for of, code in blocks("python") if of == page]
        here = [code for code in programs if not ("polars" in code and not find_spec("polars"))]
        assert here
        run(place, sys.executable, "-c", "\n".join(here))
