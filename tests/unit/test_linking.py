"""The study of docs/linking.md: what it says of features, of shares and of documents that are not missing at random."""

from __future__ import annotations

import numpy as np
import pytest

from ingestion.paths import PROJECT
from sample_data.linking.estimates import share
from sample_data.linking.page import BEGINS, ENDS, page
from sample_data.linking.registers import Assumptions
from sample_data.linking.study import FEATURES, MECHANISMS, VARIED, Case, Finding, findings
from sample_data.window import Window

WAY_NOW, WAY_LINKED = "returns with a document only (today)", "links"


@pytest.fixture(scope="module")
def found() -> dict[str, Finding]:
    """Documents missing mostly where nobody leaves again, in a third of the demo's size."""
    case = Case(Assumptions(without_document=0.4, missing="by outcome"))
    sets = ("what lands today", "+ birth and keys of names")
    return {one.features: one for one in findings(Window(36, "2026-10", scale=0.3, seed=1), case, sets)}


def test_what_lands_today_links_nobody(found: dict[str, Finding]) -> None:
    today = found["what lands today"]
    assert today.alike > 3
    assert all(made.made == 0 for made in today.links.values())


def test_keys_of_names_and_the_day_of_birth_would_link_most_and_rightly(found: dict[str, Finding]) -> None:
    named = found["+ birth and keys of names"]
    assert named.alike == 1
    assert named.links[0.5].precision > 0.9 and named.links[0.5].recall > 0.6


def test_links_mend_an_indicator_that_missing_documents_bend(found: dict[str, Finding]) -> None:
    overall = found["+ birth and keys of names"].overall
    bent, mended = (abs(overall[way] - overall["the truth"]) for way in (WAY_NOW, WAY_LINKED))
    assert bent > 1 and mended < bent / 2


@pytest.mark.parametrize("true", [0.02, 0.1, 0.5])
def test_a_share_is_found_within_its_error_where_features_tell_it(true: float) -> None:
    rng = np.random.default_rng(1)
    leaves = rng.random(20_000) < true
    # agreement on a feature that 90 of 100 persons and 3 of 100 strangers share
    agrees = rng.random(len(leaves)) < np.where(leaves, 0.9, 0.03)
    found, error = share(np.where(agrees, 0.9 / 0.03, 0.1 / 0.97))
    assert abs(found - leaves.mean()) < 3 * error and error < 0.01


def test_the_page_holds_a_row_for_everything_that_is_compared(found: dict[str, Finding]) -> None:
    text = (PROJECT / "docs" / "linking.md").read_text(encoding="utf-8")
    shown = text[text.index(BEGINS) : text.index(ENDS)]
    assert [name for name in (*FEATURES, *VARIED) if f"\n| {name} |" not in shown] == []
    assert f"| {' | '.join(MECHANISMS)} |" in shown
    one = [found[name] if name in found else found["what lands today"] for name in FEATURES]
    every = [Finding(**{**vars(this), "features": name}) for this, name in zip(one, FEATURES, strict=True)]
    made = page(text, dict.fromkeys((*MECHANISMS, *VARIED), every))
    assert made.split(BEGINS)[0] == text.split(BEGINS)[0] and made.split(ENDS)[1] == text.split(ENDS)[1]
