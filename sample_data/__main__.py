"""``python -m sample_data --root DATA --months 46 --end 2026-10``: fill an inbox with synthetic extracts."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from sample_data.generate import Generation, RealData
from sample_data.window import Window


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m sample_data", description=__doc__)
    parser.add_argument("--root", type=Path, required=True, help="data root; files go to its inbox/")
    parser.add_argument("--months", type=int, default=46, help="how many months to generate (default 46)")
    parser.add_argument("--end", type=_month, default="2026-10", help="the last of them, YYYY-MM (default 2026-10)")
    parser.add_argument("--scale", type=float, default=1.0, help="rows relative to the demo's size (default 1.0)")
    parser.add_argument("--seed", type=int, default=2026, help="the same seed gives the same files (default 2026)")
    told = parser.parse_args(arguments)
    if told.months < 1 or told.scale <= 0:
        parser.error("--months and --scale must be positive")
    return told


def _month(text: str) -> str:
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not a month of the form YYYY-MM")
    return text


if __name__ == "__main__":
    told = parse()
    try:
        Generation(told.root.resolve(), Window(told.months, told.end, told.scale, told.seed)).run()
    except RealData as refusal:
        sys.exit(str(refusal))
