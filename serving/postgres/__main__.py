"""``python -m serving.postgres load [RELEASE]`` lets PostgreSQL show a release; ``verify`` hashes again what it shows."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from ingestion.paths import DataRoot
from publishing.catalogue import LATEST, ReleaseError, find
from serving.postgres.publication import Served, publish
from serving.postgres.settings import ServingError
from serving.postgres.verification import verify


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    try:
        if options.command == "verify":
            checked, findings = verify()
            print("\n".join([*checked, *(f"  - {line}" for line in findings)]))
            return 1 if findings else 0
        print("\n".join(told(publish(find(DataRoot.from_env(), options.release), lambda line: print(f"  {line}", flush=True)))))
    except (ReleaseError, ServingError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m serving.postgres", description="Serve a release from PostgreSQL.")
    commands = parser.add_subparsers(dest="command", required=True)
    loading = commands.add_parser("load", help="load, compare and make current")
    loading.add_argument("release", nargs="?", default=LATEST, help="version, tag, 'latest' or the path of a copy")
    commands.add_parser("verify", help="whether what is shown is what the release's data package says")
    return parser.parse_args(arguments)


def told(served: Served) -> list[str]:
    """What came of a load, in words."""
    came = "was held already" if served.was_held else f"{served.tables} tables, {served.rows:,} rows loaded and compared"
    lines = [f"PostgreSQL shows release {served.version} ({came}; {served.seconds:.1f} s); before: {served.before or 'nothing'}"]
    if served.left:
        lines.append(f"{len(served.left)} objects of older releases stay until their readers are done; the next load drops them")
    return lines


if __name__ == "__main__":
    sys.exit(main())
