"""The bounds on revisions: the declaration in force, and the mistakes it is refused with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from expectations.revision_bounds import load_bounds
from ingestion.yaml_model import DeclarationError

WITHDRAWN = "withdrawn: {max_share_pct: 2, min_values: 20, because: test}\n"


def test_every_bound_has_its_own_name_and_a_dated_reason() -> None:
    declared = load_bounds()
    names = [entry.bound for entry in declared.bounds]
    assert len(set(names)) == len(names)
    assert all(re.search(r"; 20\d\d-\d\d$", entry.because) for entry in (declared.withdrawn, *declared.bounds))


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ("bounds: []", "the last bound, and no other, stands without 'where'"),
        ("bounds: [{bound: flags, where: \"unit = 'flag'\", because: test}]", "the last bound, and no other"),
        ("bounds: [{bound: all, because: test}, {bound: again, because: test}]", "the last bound, and no other"),
        ("bounds: [{bound: all, max_change_pct: -1, because: test}]", "greater than or equal to 0"),
        ("bounds: [{bound: all, max_pct: 1, because: test}]", "max_pct"),
        ("bounds: [{bound: all}]", "because"),
    ],
)
def test_a_wrong_declaration_is_refused(tmp_path: Path, bounds: str, words: str) -> None:
    path = tmp_path / "revisions.yml"
    path.write_text(WITHDRAWN + bounds)
    with pytest.raises(DeclarationError, match=re.escape(words)):
        load_bounds(path)
