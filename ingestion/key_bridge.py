"""The bridge between two pseudonym keys: while the key is changed, which old pseudonym is which new one.

Written beside each landing as long as ``WAREHOUSE_PSEUDONYM_KEY_PREVIOUS`` is set, for the identifiers of that file.
It holds pseudonyms alone, is readable by its owner only, never enters the warehouse or a release, and is deleted
when the change is over: who has it and the old key can follow persons as before.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from ingestion import normalise
from ingestion.decode import SENT
from ingestion.identifiers import key_fingerprint, load_key, previous_key, pseudonym_key
from ingestion.paths import DataRoot
from ingestion.record import Record, load_records
from ingestion.sql import quoted

BEFORE = "pseudonym_before"


def bridge_file(root: DataRoot, extract: str, period: str) -> Path | None:
    """Where the bridge of one landed month lies; None when no key is being changed."""
    before = previous_key(root)
    if before is None:
        return None
    change = f"{key_fingerprint(before)}_{key_fingerprint(pseudonym_key(root))}"
    return root.key_bridge / change / extract / f"{period}.parquet"


def bridge_is_missing(root: DataRoot, extract: str, period: str, record: str) -> bool:
    """Whether a landed month has to be read again because it was landed before the previous key was told."""
    if not load_records()[record].identifiers:
        return False
    target = bridge_file(root, extract, period)
    return target is not None and not target.exists()


def place_bridge(root: DataRoot, staged: Path, extract: str, period: str) -> None:
    """Move the bridge of a landing into its place, for its owner only."""
    target = bridge_file(root, extract, period)
    root.key_bridge.mkdir(mode=0o700, exist_ok=True)
    root.key_bridge.chmod(0o700)
    target.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(target)


def write_bridge(con: duckdb.DuckDBPyConnection, root: DataRoot, record: Record, delivered: set[str], target: Path) -> Path | None:
    """Write the pairs of ``sent_text``: ``pseudonym`` (the landed column), ``previous_key``, ``current_key``.

    Returns:
        ``target``, or None when there is nothing to bridge.
    """
    identifiers = [name for name in record.identifiers if name in delivered]
    before = previous_key(root)
    if before is None or not identifiers:
        return None
    load_key(con, before, BEFORE)
    pairs = " union all ".join(
        f"select distinct {quoted(record.landed_name(name))} as pseudonym, {normalise.identifier(cell, BEFORE)} as previous_key, "
        f"{normalise.identifier(cell)} as current_key from {SENT}"
        for name in identifiers
        for cell in [normalise.cleaned(f'"{name}"')]
    )
    con.execute(f"copy (from ({pairs}) where current_key is not null order by all) to '{target}' (format parquet, compression zstd)")
    return target
