"""Promotion: a judged candidate becomes a release, and ``latest`` moves last, in one step."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from ingestion.archive import file_sha256
from ingestion.lock import PUBLICATION, exclusive
from ingestion.paths import DataRoot
from ingestion.sql import rows
from publishing import candidate as candidates
from publishing import catalogue, fingerprint, history
from publishing.gate import RECORD, read_gate


class GateRefused(RuntimeError):
    """Nothing was published; ``unmet`` lists every reason."""

    def __init__(self, unmet: list[str]):
        self.unmet = unmet
        listed = "\n".join(f"  - {reason}" for reason in unmet)
        super().__init__(f"not published, {len(unmet)} {'thing is' if len(unmet) == 1 else 'things are'} unmet:\n{listed}")


@dataclass(frozen=True)
class Release:
    version: str
    path: Path
    headline: list[dict[str, Any]]


def promote(root: DataRoot, candidate: Path | None = None) -> Release:
    """Publish a candidate (the newest by default), if its gate record is good for exactly these bytes.

    The folder is renamed and made read-only, then ``latest`` is replaced by one rename. A reader of an older
    release keeps it; a crash at any point leaves ``latest`` at the old or the new release, whole.

    Raises:
        GateRefused: with all that is unmet; nothing has changed then.
    """
    kept = catalogue.kept_releases()
    with exclusive(root, PUBLICATION):
        chosen = candidate or candidates.newest(root)
        unmet = ["there is no candidate: run the job 'nightly'"] if chosen is None else what_is_unmet(root, chosen)
        if unmet:
            raise GateRefused(unmet)
        release = root.releases / chosen.name
        root.releases.mkdir(parents=True, exist_ok=True)
        for path in chosen.rglob("*"):
            if path.is_file():
                path.chmod(0o444)
            fingerprint.sync(path)
        held = root.latest.resolve().name if root.latest.exists() else None
        chosen.rename(release)
        fingerprint.sync(root.releases)
        history.record(root, "published", release.name, previous_version=held, gate_sha256=file_sha256(release / RECORD))
        point_latest(root, release)
        catalogue.forget_old(root, kept)
    return Release(release.name, release, headline(release))


def what_is_unmet(root: DataRoot, candidate: Path) -> list[str]:
    """Every reason why a candidate may not be published; empty when it may."""
    gate = read_gate(candidate)
    if gate is None:
        return [f"candidate {candidate.name} has no gate record: it was never judged"]
    unmet = list(gate.unmet)
    if not gate.verdicts:
        unmet.append("its gate record holds no verdict")
    if gate.rules != fingerprint.rules():
        unmet.append("it was judged by other rules than those in force; run the job 'nightly' again")
    if gate.version != candidate.name:
        unmet.append(f"its gate record is of candidate {gate.version}")
    unmet += other_bytes(candidate, gate.files)
    if (newest := catalogue.newest_version(root)) >= candidate.name:
        is_latest = root.latest.exists() and root.latest.resolve().name == newest
        unmet.append(f"it is not newer than {'the latest release ' + newest if is_latest else f'release {newest}, which was rolled back'}")
    return unmet


def headline(release: Path) -> list[dict[str, Any]]:
    """The release's figures beside the published ones: the rows of ``qa_reconciliation``."""
    with duckdb.connect(str(release / candidates.DATABASE), read_only=True) as con:
        relation = con.execute(
            "select measure_code, basis, part, time_period, vintage, unit, our_value, their_value, relative_difference, verdict, citation "
            "from quality.qa_reconciliation order by measure_code, basis, part, time_period, vintage, their_value"
        )
        return rows(relation)


def other_bytes(candidate: Path, judged: dict[str, dict[str, object]]) -> list[str]:
    """Every file that is not, or no longer, the one that was judged."""
    found = fingerprint.folder_hashes(candidate, without={RECORD})
    changed = sorted(name for name in judged.keys() & found.keys() if judged[name] != found[name])
    return [
        *(f"file {name} is not the one that was judged" for name in changed),
        *(f"file {name} was judged but is gone" for name in sorted(judged.keys() - found.keys())),
        *(f"file {name} was never judged" for name in sorted(found.keys() - judged.keys())),
    ]


def point_latest(root: DataRoot, release: Path) -> None:
    """Let ``latest`` point to a release, in one step that a reader sees as before or after."""
    link = root.releases / ".latest.new"
    link.unlink(missing_ok=True)
    link.symlink_to(release.name)
    link.replace(root.latest)
    fingerprint.sync(root.releases)
