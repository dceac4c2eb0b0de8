"""``python -m sample_data.linking``: the figures of ``docs/linking.md``, anew."""

from __future__ import annotations

import argparse

from ingestion.paths import PROJECT
from sample_data.linking.page import page
from sample_data.linking.study import everything
from sample_data.window import Window

PAGE = PROJECT / "docs" / "linking.md"

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m sample_data.linking", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, help="how many worlds each figure is the mean of (default 5)")
    worlds = [Window(46, "2026-10", seed=seed) for seed in range(1, parser.parse_args().seeds + 1)]
    found = everything(worlds)
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), found), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(PROJECT)}")
