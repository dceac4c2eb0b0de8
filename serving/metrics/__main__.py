"""``python -m serving.metrics`` answers a question about a release with its metrics, or lists them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ingestion.paths import DataRoot
from publishing.catalogue import LATEST, ReleaseError, find
from serving.metrics.asking import CannotAsk, ask, query


def main() -> int:
    parser = argparse.ArgumentParser(prog="make metrics")
    parser.add_argument("--metrics", default="", help="names, joined by commas; all are listed without any")
    parser.add_argument("--by", default="", help="what to take them apart by, joined by commas: metric_time__month,sex__sex_code")
    parser.add_argument("--where", default="", help="a condition: {{ Dimension('sex__sex_code') }} = 'female'")
    parser.add_argument("--order", default="", help="what to sort by")
    parser.add_argument("--csv", type=Path, help="a file for the answer")
    parser.add_argument("--release", default=LATEST, help="version, tag, latest, or the path of a copy")
    given = parser.parse_args()
    try:
        release = find(DataRoot.from_env(), given.release or LATEST).resolve()
        ask(release, query(given.metrics, given.by, given.where, given.order, given.csv))
    except (CannotAsk, ReleaseError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
