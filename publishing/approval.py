"""Approvals: a person's word that revisions beyond their bounds are right, each good for exactly one set of revisions.

An approval is a file below the data root that is never changed. It is found by a hash over the set of (value, before,
after), so it lets no other revision pass, however small.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from typing import Any

import duckdb

from ingestion.archive import write_atomically
from ingestion.paths import DataRoot
from ingestion.sql import rows
from publishing.verdict import Verdict

CHECK = "revisions_within_bounds"
TABLE = "indicator_revision"
SHOWN = 5
CELL = """concat_ws(' ', nullif(area_code, 'LAO'), nullif(counterpart_country_code, '_T'), nullif(sex_code, '_T'),
    nullif(age_group_code, '_T'), if(breakdown_name = '_Z', null, breakdown_name || '=' || breakdown_code),
    '(' || basis || if(vintage = '_Z', '', ', ' || vintage) || ')')"""
"""What a value is of, its totals left out, and its source."""
DEPTH = """(area_code <> 'LAO')::integer + (counterpart_country_code <> '_T')::integer + (sex_code <> '_T')::integer
    + (age_group_code <> '_T')::integer + (breakdown_name <> '_Z')::integer"""
"""Of how many parts a value is: none for the total of a period."""
BEYOND = "from marts.indicator_revision where release_version = $version and is_beyond_bound"


class NotApproved(RuntimeError):
    """Nothing was recorded; the message says what is missing."""


@dataclass(frozen=True)
class Approval:
    """Who approved which revisions, when and why; as typed, so a role serves as well as a name."""

    candidate: str
    approved_by: str
    reason: str
    approved_at: str
    revisions: int
    revisions_sha256: str


def approve(root: DataRoot, candidate: str, approved_by: str, reason: str) -> Approval:
    """Record that the revisions of a candidate that are beyond their bounds are right.

    Raises:
        NotApproved: when a word is missing, the candidate is gone, or there is nothing (more) to approve.
    """
    by, why = approved_by.strip(), reason.strip()
    if not by or not why:
        raise NotApproved("an approval needs both: who approves (a role or a name) and the reason")
    folder = root.candidates / candidate
    if not candidate or not (folder / "warehouse.duckdb").exists():
        held = ", ".join(sorted(path.name for path in root.candidates.glob("[0-9]*"))) or "none"
        raise NotApproved(f"there is no candidate '{candidate}'; there are: {held}")
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as con:
        revisions, sha256 = beyond_bounds(con, candidate)
    if not revisions:
        raise NotApproved(f"no revision of candidate {candidate} is beyond its bound: there is nothing to approve")
    if held := find(root, sha256):
        raise NotApproved(f"{_told(held)} already; materialise candidate and release, or run the night")
    given = Approval(candidate, by, why, dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), revisions, sha256)
    root.approvals.mkdir(parents=True, exist_ok=True)
    write_atomically(root.approvals / f"{sha256}.json", json.dumps(asdict(given), indent=1, ensure_ascii=False).encode())
    (root.approvals / f"{sha256}.json").chmod(0o444)
    return given


def find(root: DataRoot, revisions_sha256: str) -> Approval | None:
    """The approval of exactly this set of revisions."""
    path = root.approvals / f"{revisions_sha256}.json"
    if not path.exists():
        return None
    given = Approval(**json.loads(path.read_text(encoding="utf-8")))
    return given if given.revisions_sha256 == revisions_sha256 else None


def disclose(con: duckdb.DuckDBPyConnection, root: DataRoot, version: str) -> None:
    """Write an approval that was given before the freeze beside the revisions it is for."""
    _, sha256 = beyond_bounds(con, version)
    if given := find(root, sha256):
        con.execute(
            "update marts.indicator_revision set approved_by = ?, approval_reason = ?, approved_at = ? "
            "where release_version = ? and is_beyond_bound",
            [given.approved_by, given.reason, dt.datetime.fromisoformat(given.approved_at).replace(tzinfo=None), version],
        )


def verdict(con: duckdb.DuckDBPyConnection, root: DataRoot, version: str) -> Verdict:
    """Whether the revisions of a candidate are within their bounds, or a person has approved these very ones."""
    try:
        revisions, sha256 = beyond_bounds(con, version)
    except duckdb.CatalogException:
        return Verdict(CHECK, TABLE, False, "error", "the candidate has no history of revisions")
    if not revisions:
        return Verdict(CHECK, TABLE, True)
    if given := find(root, sha256):
        return Verdict(CHECK, TABLE, False, "warn", f"{revisions:,} values beyond their bounds, {_told(given)}: {given.reason}")
    listed = "; ".join(map(sentence, largest(con, version)))
    more = f"; and {revisions - SHOWN:,} more in marts.indicator_revision (is_beyond_bound)" if revisions > SHOWN else ""
    remedy = f'if they are right, approve them: job approve_revisions, or make approve CANDIDATE={version} BY="…" REASON="…"'
    return Verdict(CHECK, TABLE, False, "error", f"{revisions:,} values beyond their bounds: {listed}{more}. Look at them; {remedy}")


def beyond_bounds(con: duckdb.DuckDBPyConnection, version: str) -> tuple[int, str]:
    """How many changes of a candidate are beyond their bounds, and the hash over their set."""
    return con.execute(
        f"""
        select count(*), sha256(coalesce(string_agg(
            concat_ws('|', indicator_value_key, change_code, coalesce(cast(value_before as varchar), '~'),
                coalesce(cast(value as varchar), '~')), chr(10) order by indicator_value_key
        ), ''))
        {BEYOND}
        """,
        {"version": version},
    ).fetchone()


def largest(con: duckdb.DuckDBPyConnection, version: str, most: int = SHOWN) -> list[dict[str, Any]]:
    """The changes beyond their bounds: of each bound, then of each measure, the largest total first."""
    relation = con.execute(
        f"""
        select measure_code, time_period, cell, change_code, value_before, value, change_pct, bound_name, bound_pct, explanation
        from (
            select *, {CELL} as cell,
                row_number() over (order by {DEPTH}, abs(change_pct) desc nulls first, measure_code, time_period, cell) as place
            {BEYOND}
        )
        order by
            row_number() over (partition by bound_name order by place) > 1,
            row_number() over (partition by measure_code order by place),
            place
        limit {most}
        """,
        {"version": version},
    )
    return rows(relation)


def sentence(change: dict[str, Any]) -> str:
    """A change in words: which value, from what to what, by which bound it is large, and why it came about."""
    before, after = (f"{value:,.12g}" if value is not None else "nothing" for value in (change["value_before"], change["value"]))
    by = f"{change['change_pct']:+.1f} %, " if change["change_pct"] is not None else ""
    bound = (
        "too many values of the measure are withdrawn"
        if change["bound_pct"] is None
        else f"{change['bound_name']} allows {change['bound_pct']:g} %"
    )
    return f"{change['measure_code']} {change['time_period']} {change['cell']}: {before} → {after} ({by}{bound}; {change['explanation']})"


def _told(given: Approval) -> str:
    return f"approved by {given.approved_by} at {given.approved_at}"
