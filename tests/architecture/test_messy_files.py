"""The page on messy files names, for each thing that senders do, the test that shows what becomes of it."""

from __future__ import annotations

import ast
import re

import pytest

from ingestion.paths import PROJECT

TESTS = {
    "T": "test_messy_text.py",
    "S": "test_messy_sheets.py",
    "C": "test_messy_codes.py",
    "O": "test_occupations.py",
    "H": "test_hostile_input.py",
    "R": "test_resubmission.py",
}
PAGE = (PROJECT / "docs" / "messy-files.md").read_text(encoding="utf-8")
ROWS = [line.rstrip(" |").split(" | ") for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| what comes")]
CASES = [row for row in ROWS if not row[0].strip("| ").replace(",", "").isdigit() and row[0] != "| rows"]


def named_tests(cell: str) -> list[tuple[str, str]]:
    """(letter of the file, part of a test's name) of everything that a cell names."""
    named, letter = [], ""
    for found in re.finditer(r"\b([TSCOHR])\b|`…?([a-z0-9_]+)…?`", cell):
        letter = found[1] or letter
        named.append((letter, found[2] or ""))
    return named


@pytest.mark.parametrize("row", CASES, ids=[row[0].strip("| ")[:40] for row in CASES])
def test_each_thing_that_senders_do_has_its_test(row: list[str]) -> None:
    named = named_tests(row[-1])
    assert named, f"no test is named for: {row[0]}"
    for letter, part in named:
        tree = ast.parse((PROJECT / "tests" / "unit" / TESTS[letter]).read_text(encoding="utf-8"))
        tests = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
        assert [name for name in tests if part in name], f"{TESTS[letter]} has no test like {part}"


def test_the_page_goes_through_everything() -> None:
    assert len(CASES) >= 50
