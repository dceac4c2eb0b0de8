"""The page on faults names, for each fault, the test that causes it; and every point at which the tests kill stands in it."""

from __future__ import annotations

import ast
import re

import pytest

from ingestion.paths import PROJECT
from tests.integration.faults.points import POINTS

FAULTS = PROJECT / "tests" / "integration" / "faults"
TESTS = {
    "B": FAULTS / "test_bad_deliveries.py",
    "M": FAULTS / "test_bad_machines.py",
    "A": FAULTS / "test_many_at_once.py",
    "U": FAULTS / "test_ways_round_by_the_ui.py",
    "K": FAULTS / "test_killed.py",
    "N": FAULTS / "test_killed_nights.py",
    "G": FAULTS.parent / "test_gate.py",
    "D": FAULTS / "test_derivable_cells.py",
}
PAGE = (PROJECT / "docs" / "faults.md").read_text(encoding="utf-8")
ROWS = [line.strip("|").split("|") for line in PAGE.split("## Readers beside")[0].splitlines() if line.startswith("| ")]
CASES = [[cell.strip() for cell in row] for row in ROWS if row[0].strip() not in ("fault", "killed when")]


def named_in(letter: str) -> list[str]:
    tree = ast.parse(TESTS[letter].read_text(encoding="utf-8"))
    return [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]


@pytest.mark.parametrize("case", CASES, ids=[case[0][:40] for case in CASES])
def test_each_fault_has_its_test(case: list[str]) -> None:
    named = re.findall(r"\b([BMAUKNGD])\b((?:[ ,]*`…?[a-z0-9_]*…?`)*)", case[-1])
    assert named, f"no test is named for: {case[0]}"
    for letter, parts in named:
        for part in re.findall(r"`…?([a-z0-9_]*)…?`", parts):
            assert [name for name in named_in(letter) if part in name], f"{TESTS[letter].name} has no test like {part}"


def test_every_point_and_every_wrong_delivery_is_on_the_page() -> None:
    told = {case[0].removesuffix(" *") for case in CASES}
    assert set(POINTS) - told == set()
    listed = ast.parse(TESTS["B"].read_text(encoding="utf-8"))
    (refused,) = [node.value for node in listed.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "REFUSED"]
    assert {case.elts[0].value for case in refused.elts} - told == set()
