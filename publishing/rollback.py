"""Moving ``latest`` to another kept release, back or forward, for a reason that stays on record."""

from __future__ import annotations

import json
from pathlib import Path

from ingestion.lock import PUBLICATION, exclusive
from ingestion.paths import DataRoot
from publishing import catalogue, history
from publishing.catalogue import ReleaseError
from publishing.gate import RECORD
from publishing.release import point_latest
from publishing.verification import verify


def roll_back(root: DataRoot, named: str, reason: str) -> history.Event:
    """Verify a release and let ``latest`` point to it; every newer release up to the one left is withdrawn.

    The event is written before the link moves: were it lost, the next night would publish again what was withdrawn.

    Raises:
        ReleaseError: when there is no reason, no such release, or it is not what was judged; nothing has changed then.
    """
    if not reason.strip():
        raise ReleaseError('say why (REASON="…"): the reason is kept for those who used the release')
    with exclusive(root, PUBLICATION):
        release, left = _chosen(root, named), root.latest.resolve().name
        if findings := verify(release, root).findings:
            raise ReleaseError("\n  - ".join([f"release {release.name} is not fit to be read, so latest stays {left}:", *findings]))
        passed = {path.name: _made_from(path) for path in catalogue.versions(root) if release.name < path.name <= left}
        event = history.record(
            root,
            "rolled_back",
            release.name,
            previous_version=left,
            reason=" ".join(reason.split()),
            withdrawn=passed,
        )
        point_latest(root, release)
    return event


def _chosen(root: DataRoot, named: str) -> Path:
    others = [entry for entry in catalogue.releases(root) if not entry.is_latest and entry.is_eligible]
    try:
        release = catalogue.find(root, named)
    except ReleaseError:
        raise ReleaseError(f"there is no release '{named}' (RELEASE=…); {catalogue.choice(others)}") from None
    if release.name not in {entry.version for entry in others} or release.parent != root.releases:
        is_latest = root.latest.resolve() == release
        problem = "is what latest points to already" if is_latest else "did not pass its gate or is not kept here"
        raise ReleaseError(f"release {release.name} {problem}; {catalogue.choice(others)}")
    return release


def _made_from(release: Path) -> dict[str, str]:
    """Inputs and rules of a release that may be broken: a bad one must be able to be left."""
    try:
        told = json.loads((release / RECORD).read_text(encoding="utf-8"))
        return {"inputs": told["inputs"], "rules": told["rules"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
