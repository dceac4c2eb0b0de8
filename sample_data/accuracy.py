"""How well the warehouse's stays agree with the truth: ``python -m sample_data.accuracy``, for a built demo root.

A stay of the truth and a spell of the warehouse are one when person, kind and every day that the spell
gives agree. Both sides speak of stays that began, or for missing beginnings ended, inside the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from ingestion.paths import DataRoot

CLASSES = ("lt_3m", "m3_to_12", "ge_12m", "open")


@dataclass(frozen=True)
class Agreement:
    """``found``: what the warehouse says; ``right``: of that, true; ``true``: what there was; ``recorded``: of that,
    with every end scanned that lies in the window; ``recorded_right``: of those, found."""

    what: str
    found: int
    right: int
    true: int
    recorded: int
    recorded_right: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else float("nan")

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else float("nan")

    @property
    def recall_of_recorded(self) -> float:
        return self.recorded_right / self.recorded if self.recorded else float("nan")


TRUTH = """
create temp view truth as
select row_number() over () as number, *, opening_recorded and (closing_recorded or closed_on is null) as is_recorded,
    coalesce(closed_on, last_day) >= opened_on + interval 12 months as is_long_term
from read_parquet($1), (select cast(max(crossed_at) as date) as last_day from marts.fct_border_crossing)
where opened_in_window
"""

# Each spell with the true stay it is, if any. A spell without a beginning is told by its end.
SPELLS = """
create temp table spells as
select spells.*, truth.number, truth.duration_class as true_class, truth.is_long_term as true_long_term, truth.is_recorded
from intermediate.int_stay_classified as spells
left join truth
    on spells.person_key = truth.person_key
    and (spells.stay_kind_code = 'abroad') = truth.is_abroad
    and coalesce(spells.opened_on = truth.opened_on, spells.closed_on = truth.closed_on)
    and (spells.spell_status <> 'matched' or spells.closed_on = truth.closed_on)
    and (spells.spell_status <> 'open' or truth.closed_on is null)
"""


def measure(root: DataRoot) -> list[Agreement]:
    """Agreement of matched spells, of each duration class and of the long-term stays."""
    with duckdb.connect(str(root.build), read_only=True) as con:
        con.execute(TRUTH.replace("$1", f"'{root.path / 'truth' / 'stays.parquet'}'"))
        con.execute(SPELLS)
        rows = [("spells with both ends", "spell_status = 'matched'", "true", "closed_on is not null")]
        rows += [
            (f"class {code}", f"duration_class = '{code}'", f"true_class = '{code}'", f"duration_class = '{code}'") for code in CLASSES
        ]
        rows += [("long-term", "is_long_term", "true_long_term", "is_long_term")]
        rows += [
            (f"long-term {kind}", f"is_long_term and stay_kind_code = '{kind}'", "true_long_term", f"is_long_term and is_abroad = {abroad}")
            for kind, abroad in (("abroad", True), ("in_lao_pdr", False))
        ]
        rows += [
            (f"long-term, {basis}", f"is_long_term and long_term_basis = '{basis}'", "true_long_term", f"is_long_term and {state}")
            for basis, state in (("measured", "closed_on is not null"), ("still_open", "closed_on is null"))
        ]
        return [_agreement(con, *row) for row in rows]


def _agreement(con: duckdb.DuckDBPyConnection, what: str, said: str, holds: str, true: str) -> Agreement:
    # A closing without any earlier crossing may belong to a stay that began before the window.
    found, right = con.execute(
        f"""select count(*), count(distinct number) filter (where {holds})
        from spells where {said} and not (opened_on is null and longest_days is null)"""
    ).fetchone()
    hits = f"(select distinct number from spells where {said} and {holds})"
    there, recorded, recorded_right = con.execute(
        f"""select count(*), count(*) filter (where is_recorded), count(hits.number) filter (where is_recorded)
        from truth left join {hits} as hits using (number) where {true}"""
    ).fetchone()
    return Agreement(what, found, right, there, recorded, recorded_right)


def told(agreements: list[Agreement]) -> str:
    """A Markdown table."""
    lines = ["| | found | true | precision | recall | recall of what was scanned |", "|---|---:|---:|---:|---:|---:|"]
    lines += [
        f"| {one.what} | {one.found:,} | {one.true:,} | {one.precision:.4f} | {one.recall:.4f} | {one.recall_of_recorded:.4f} |"
        for one in agreements
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    import os

    print(told(measure(DataRoot(Path(os.environ["WAREHOUSE_DATA"])))))
