"""The releases there are: found by version, tag or path; tagged; and forgotten when they are old and nobody named them."""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from ingestion.lock import PUBLICATION, exclusive
from ingestion.paths import DataRoot
from ingestion.settings import whole_number
from publishing import fingerprint, history
from publishing.gate import read_gate

KEPT_VARIABLE = "WAREHOUSE_KEPT_RELEASES"
KEPT_RELEASES = 10
LONGEST_TAG = 60
LATEST = "latest"
VERSION = re.compile(r"\d{8}T\d{6}Z")


class ReleaseError(RuntimeError):
    """A release cannot be found, named or moved to; the message says what can."""


@dataclass(frozen=True)
class Entry:
    """One release below the data root, with what is known of it."""

    version: str
    path: Path
    is_latest: bool
    is_eligible: bool
    tags: list[str]
    bytes: int
    published_at: str
    published_by: str
    withdrawn: str
    """Why it was rolled back, with day and account; empty while it stands."""


def releases(root: DataRoot) -> list[Entry]:
    """Every release that is kept, newest first."""
    published = {entry.release_version: entry for entry in history.events(root) if entry.event == "published"}
    withdrawn = history.withdrawn(root)
    named = tags(root)
    return [
        Entry(
            version=path.name,
            path=path,
            is_latest=path == root.latest.resolve(),
            is_eligible=_is_eligible(path),
            tags=sorted(tag for tag, version in named.items() if version == path.name),
            bytes=sum(file.stat().st_size for file in path.rglob("*") if file.is_file()),
            published_at=published[path.name].occurred_at[:16].replace("T", " ") if path.name in published else "",
            published_by=published[path.name].done_by if path.name in published else "",
            withdrawn=f"{move.occurred_at[:10]} by {move.done_by}: {move.reason}" if (move := withdrawn.get(path.name)) else "",
        )
        for path in reversed(versions(root))
    ]


def versions(root: DataRoot) -> list[Path]:
    """The folders of all releases, oldest first."""
    return sorted(path for path in root.releases.glob("[0-9]*") if path.is_dir())


def newest_version(root: DataRoot) -> str:
    """The newest version ever published, also when it was rolled back or deleted; empty before the first."""
    return max([*(path.name for path in versions(root)), *(entry.release_version for entry in history.events(root))], default="")


def find(root: DataRoot, named: str) -> Path:
    """The folder of a release named by its version, its tag, ``latest``, or the path of a copy anywhere.

    Raises:
        ReleaseError: with those that there are.
    """
    if named == LATEST and root.latest.exists():
        return root.latest.resolve()
    if os.sep not in named and (version := tags(root).get(named, named)) in {path.name for path in versions(root)}:
        return root.releases / version
    if named and named != LATEST and Path(named).is_dir():
        return Path(named).resolve()
    raise ReleaseError(f"there is no release '{named}' (RELEASE=…); {choice(releases(root))}")


def choice(entries: list[Entry]) -> str:
    """Releases to choose from, in words."""
    listed = "".join(f"\n  {entry.version}{' (latest)' if entry.is_latest else ''} {', '.join(entry.tags)}".rstrip() for entry in entries)
    return f"there are:{listed}" if entries else "there is none yet: run the night (make nightly)"


def tags(root: DataRoot) -> dict[str, str]:
    """Tag → version."""
    return {link.name: link.readlink().name for link in sorted(root.tags.glob("*")) if link.is_symlink()} if root.tags.exists() else {}


def tag(root: DataRoot, named: str, name: str) -> str:
    """Give a release a name, under which it is kept for good and found as ``releases/tags/<name>``; return its version.

    Raises:
        ReleaseError: when the name cannot be one, or is that of another release: a tag is never moved.
    """
    name = unicodedata.normalize("NFC", name.strip())
    if problem := _what_is_wrong(name):
        raise ReleaseError(f"'{name}' cannot be a tag: {problem} (TAG=\"Migration Profile 2026\")")
    with exclusive(root, PUBLICATION):
        release = find(root, named)
        if release.parent != root.releases:
            raise ReleaseError(f"{release} is a copy; tag the release itself: {choice(releases(root))}")
        if (held := tags(root).get(name)) not in (None, release.name):
            raise ReleaseError(f"the tag '{name}' is on release {held} and is never moved; choose another name for {release.name}")
        if held is None:
            root.tags.mkdir(parents=True, exist_ok=True)
            (root.tags / name).symlink_to(Path("..") / release.name)
            fingerprint.sync(root.tags)
            history.record(root, "tagged", release.name, tag=name)
    return release.name


def forget_old(root: DataRoot, kept: int) -> None:
    """Delete all but the newest ``kept`` releases, the one that ``latest`` points to and those that have a tag."""
    held = {root.latest.resolve().name, *tags(root).values()}
    for path in versions(root)[:-kept]:
        if path.name not in held:
            shutil.rmtree(path)


def kept_releases() -> int:
    """How many of the newest are kept.

    Raises:
        ReleaseError: when the setting is no number from 1.
    """
    try:
        return whole_number(KEPT_VARIABLE, KEPT_RELEASES)
    except ValueError as wrong:
        raise ReleaseError(str(wrong)) from None


def _what_is_wrong(name: str) -> str:
    if not name or len(name) > LONGEST_TAG:
        return f"it needs 1 to {LONGEST_TAG} characters"
    kinds = [unicodedata.category(mark)[0] for mark in name]
    if kinds[0] not in "LN" or any(kind not in "LMN" and mark not in " ._-" for mark, kind in zip(name, kinds, strict=True)):
        return "it starts with a letter or digit and holds letters, digits, blanks, dots, hyphens and underscores alone"
    if name == LATEST or VERSION.fullmatch(name):
        return "that name means something else"
    return ""


def _is_eligible(release: Path) -> bool:
    try:
        gate = read_gate(release)
    except (ValueError, KeyError, TypeError):
        return False
    return gate is not None and gate.eligible
