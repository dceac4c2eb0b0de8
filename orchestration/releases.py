"""Releases from the command line: list them, verify one, give one a name, let ``latest`` point to another.

``python -m orchestration.releases list|verify|tag|rollback``. Exit code 1 when something is wrong, all of it told. What
belongs here: arguments, lines of text, and the line in Dagster's history. What does not: the doing (publishing).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from ingestion.lock import Busy
from ingestion.paths import DataRoot
from orchestration import keys
from orchestration.home import prepare_home
from publishing import catalogue, history
from publishing.catalogue import LATEST, ReleaseError
from publishing.rollback import roll_back
from publishing.verification import verify
from serving.postgres.settings import is_configured


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    root = DataRoot.from_env()
    try:
        if options.command == "verify":
            return _verify(root, options.release)
        if options.command == "tag":
            print(f"release {catalogue.tag(root, options.release, options.tag)} is '{options.tag.strip()}' and is kept for good")
        elif options.command == "rollback":
            event = roll_back(root, options.release, options.reason)
            _show_in_dagster(root, event)
            print("\n".join(rolled_back(event)))
        else:
            print("\n".join(listing(catalogue.releases(root))))
    except (Busy, ReleaseError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m orchestration.releases", description="Look after releases.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="what is kept, under which names, and what was rolled back")
    verifying = commands.add_parser("verify", help="whether a release is what was judged")
    verifying.add_argument("release", nargs="?", default=LATEST, help="version, tag, 'latest' or the path of a copy")
    tagging = commands.add_parser("tag", help="give a release a name, under which it is kept for good")
    tagging.add_argument("release", help="version, tag or 'latest'")
    tagging.add_argument("tag")
    moving = commands.add_parser("rollback", help="let latest point to another release")
    moving.add_argument("release", help="version or tag")
    moving.add_argument("--reason", default="", help="kept on record; no names of persons")
    return parser.parse_args(arguments)


def listing(entries: Sequence[catalogue.Entry]) -> Iterator[str]:
    """One line per release, newest first."""
    if not entries:
        yield catalogue.choice([])
        return
    yield f"{'version':<18}{'published (UTC)':<18}{'by':<12}{'size':>10}  tags"
    for entry in entries:
        yield (
            f"{entry.version:<18}{entry.published_at:<18}{entry.published_by:<12}{entry.bytes / 1e6:>7,.1f} MB"
            + (f"  {', '.join(entry.tags)}" if entry.tags else "")
            + ("  ← latest" if entry.is_latest else "")
            + ("" if entry.is_eligible else "  did not pass its gate")
        )
        if entry.withdrawn:
            yield f"  rolled back {entry.withdrawn}"


def rolled_back(event: history.Event) -> Iterator[str]:
    yield f"latest: {event.previous_version} → {event.release_version} ({event.reason})"
    if event.withdrawn:
        yield f"withdrawn: {', '.join(event.withdrawn)}. A night without news leaves latest where it is; a corrected"
        yield "delivery or rule, or make nightly FORCE=1, publishes a newer release. Readers keep the old one until they reconnect."
    if is_configured():
        yield f"PostgreSQL shows {event.previous_version} until Dagster's serving sensor or make serve-postgres brings it along."


def _verify(root: DataRoot, named: str) -> int:
    release = catalogue.find(root, named)
    told = verify(release, root if release.parent == root.releases else None)
    print("\n".join([f"release {release.name}: {release}", *(f"  {line}" for line in told.checked)]))
    print("\n".join([f"WRONG, {len(told.findings)}:", *(f"  - {line}" for line in told.findings)]) if told.findings else "as it was judged")
    return 1 if told.findings else 0


def _show_in_dagster(root: DataRoot, event: history.Event) -> None:
    """The asset ``release`` is another one now, and its page says why."""
    import dagster as dg

    prepare_home(root)
    with dg.DagsterInstance.get() as instance:
        instance.report_runless_asset_event(
            dg.AssetMaterialization(
                keys.RELEASE,
                description=f"latest was moved from {event.previous_version}: {event.reason}",
                metadata={
                    "version": event.release_version,
                    "path": dg.MetadataValue.path(root.releases / event.release_version),
                    "rolled_back_from": event.previous_version,
                    "withdrawn": ", ".join(event.withdrawn),
                    "reason": event.reason,
                    "by": event.done_by,
                },
            )
        )


if __name__ == "__main__":
    sys.exit(main())
