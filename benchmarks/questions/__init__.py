"""The twelve questions of the dashboards, each once on the monthly sums and once on the star.

A file holds the question in words and two statements, after ``-- aggregate`` and after ``-- star``. Both give the same rows,
and both run as they stand in DuckDB and in PostgreSQL: names have no schema, which the search path of either tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Question:
    name: str
    words: str
    statements: dict[str, str]
    """``aggregate`` and ``star``."""


def questions() -> list[Question]:
    """All of them, by name."""
    return [_read(path) for path in sorted(FOLDER.glob("*.sql"))]


def _read(path: Path) -> Question:
    words, _, rest = path.read_text(encoding="utf-8").partition("-- aggregate\n")
    aggregate, _, star = rest.partition("-- star\n")
    return Question(path.stem, words.removeprefix("--").strip(), {"aggregate": aggregate.strip(), "star": star.strip()})
