"""Words that no code list knows: which, how often and where, so that a person can mend them or teach them."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import duckdb

from ingestion.decode import JUDGED, SENT, UNRECOGNISED
from ingestion.likeness import Suggestion, suggestions
from ingestion.normalise import cleaned
from ingestion.quarantine import MANY_DIGITS
from ingestion.record import Record
from ingestion.sql import quoted

LISTED_SPELLINGS = 50
"""Per field: where more than that are unknown it is the wrong column or the wrong list."""


@dataclass(frozen=True)
class Spelling:
    """One unrecognised spelling of a field, as sent; it may be an identifier where cells have slipped sideways."""

    field: str
    heading: str
    text: str
    rows: int
    first_row: int
    suggestions: tuple[Suggestion, ...]

    def masked(self) -> dict[str, object]:
        """For programs: as in the quarantine a text of many digits is shown as its shape."""
        shape = "".join("9" if sign.isdecimal() else "A" if sign.isalpha() else sign for sign in self.text)
        many = sum(map(str.isdecimal, self.text)) >= MANY_DIGITS
        return asdict(self) | {"text": shape if many else self.text}


def unrecognised_spellings(con: duckdb.DuckDBPyConnection, record: Record, headers: dict[str, str]) -> list[Spelling]:
    """The commonest spellings of each field that fell to its unknown member or were rejected, with what may have been meant."""
    coded = [name for name in headers if name in record.fields and record.fields[name].type == "code"]
    if not coded:
        return []
    con.execute(
        f"create or replace temp table odd_rows as select _cell, _row, {UNRECOGNISED} as fields from {JUDGED} "
        f"where len({UNRECOGNISED}) > 0 and _in_scope"
    )
    told = {name for (name,) in con.execute("select distinct unnest(fields) from odd_rows").fetchall()}
    found = []
    for name in coded:
        if name in told:
            sent = cleaned(f'"{name}"')
            rows = con.execute(
                f"select {sent}, count(*), min(odd_rows._row) from odd_rows join {SENT} as sent using (_cell) "
                f"where list_contains(fields, {quoted(name)}) group by 1 order by 2 desc, 1 limit {LISTED_SPELLINGS}"
            ).fetchall()
            rows = [row for row in rows if row[0] is not None]
            near = suggestions(con, record.fields[name].codes, [text for text, _count, _first in rows])
            found += [Spelling(name, headers[name], text, count, first, tuple(near.get(text, ()))) for text, count, first in rows]
    return found
