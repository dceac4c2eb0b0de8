"""What the cells of code fields mean: each distinct cell is looked up once, and how a row comes to the code of its cell.

In a small file by a join per field. Each join copies the place of every column of a row, so that eight of them cost
more than all else that is done to it: in a large file each cell is cast to an ENUM of the field's spellings instead,
and the number of the spelling is the place of its code in a list. The codes are ENUMs too, and go into Parquet as the
dictionaries that they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from ingestion import legacy, normalise
from ingestion.codelists import load_code_list, load_spellings, unknown_code
from ingestion.contract import Contract
from ingestion.fold import fold_all
from ingestion.free_text import settle_free_text
from ingestion.record import Record
from ingestion.sql import quoted

FEW_ROWS = 10_000
"""Up to this many rows the statements that make dictionaries, or a map of identifiers, cost more than they save."""
MOST_SPELLINGS = 20_000
"""Beyond these a dictionary fills memory that DuckDB does not count, of a field that is not what its heading says."""
NEVER = "false"


@dataclass(frozen=True)
class CodeCell:
    """SQL about the cell of one field in a row of ``sent``; ``join`` is what it needs joined, if anything.

    A cell is unknown where something stands in it that no list knows; some of those are in a legacy font.
    """

    code: str
    is_blank: str
    is_unknown: str
    is_legacy: str
    join: str = ""


@dataclass(frozen=True)
class CodeCells:
    """Reads the code fields of one file; ``sent`` names the table of its cells as text, of ``rows`` rows."""

    con: duckdb.DuckDBPyConnection
    record: Record
    contract: Contract
    sent: str
    rows: int

    def read(self, coded: list[str]) -> dict[str, CodeCell]:
        """Look up the cells of the fields (``map_codes``, ``map_<name>``) and tell how each field is read."""
        within = {name: parent for name in coded if (parent := self.record.fields[name].within) in coded}
        plain = [name for name in coded if name not in within]
        self._map(plain)
        cells = self._plain_cells(plain)
        for name, parent in within.items():
            self._map_within(name, parent)
            same = f'map_{name}.raw = sent."{name}" and map_{name}.parent is not distinct from sent."{parent}"'
            cells[name] = self._joined(name, f"map_{name} on {same}", True, True)
        return {name: cells[name] for name in coded}

    def _fallback(self, name: str) -> str:
        unknown = unknown_code(self.record.fields[name].codes)
        return "null" if unknown is None else quoted(unknown)

    def _plain_cells(self, names: list[str]) -> dict[str, CodeCell]:
        counted = "select field, count(code), count(*) filter (text is null), count(*) filter (code is null and is_legacy), count(*)"
        counts = self.con.execute(f"{counted} from map_codes group by field").fetchall() if names else []
        found = {name: numbers for name, *numbers in counts}
        cells = {}
        for name in names:
            known, blank, in_legacy_font, spellings = found.get(name, (0, 0, 0, 0))
            # What a residual is settled into later may be a code that no cell has, and so is in no dictionary.
            is_large = self.rows > FEW_ROWS and not self.contract.residual and not self.record.fields[name].free_text
            if is_large and known and spellings <= MOST_SPELLINGS:
                cells[name] = self._in_dictionary(name, known, known + blank, spellings - in_legacy_font, spellings)
            else:
                source = f'{self._of(name)} on map_{name}.raw = sent."{name}"'
                cells[name] = self._joined(name, source, spellings > known + blank, in_legacy_font > 0)
        return cells

    def _joined(self, name: str, source: str, has_unknown: bool, has_legacy: bool) -> CodeCell:
        return CodeCell(
            code=f"coalesce(map_{name}.code, {self._fallback(name)})",
            is_blank=f"map_{name}.text is null",
            is_unknown=f"map_{name}.text is not null and map_{name}.code is null" if has_unknown else NEVER,
            is_legacy=f"map_{name}.is_legacy" if has_legacy else NEVER,
            join=f"left join {source} ",
        )

    def _in_dictionary(self, name: str, blank: int, unknown: int, legacy_font: int, end: int) -> CodeCell:
        """The spellings stand in the order known, blank, unknown, legacy; the numbers say where each kind begins."""
        spelled, order = f"from map_codes where field = {quoted(name)}", "code is null, text is not null, is_legacy, raw"
        fallback = self._fallback(name)
        codes = f"select distinct unnest([code, {fallback}]) as code {spelled}"
        self.con.execute(f"create or replace temp type cell_{name} as enum (select raw {spelled} order by {order})")
        self.con.execute(
            f"create or replace temp type code_{name} as enum (select code from ({codes}) where code is not null order by code)"
        )
        self.con.execute(f"set variable codes_{name} = (select list(coalesce(code, {fallback})::code_{name} order by {order}) {spelled})")
        number = f'enum_code(sent."{name}"::cell_{name})'
        code = f"getvariable('codes_{name}')[{number} + 1]"
        return CodeCell(
            code=code if fallback == "null" else f"coalesce({code}, {fallback}::code_{name})",
            is_blank=f'(sent."{name}" is null' + (f" or {number} between {blank} and {unknown - 1})" if unknown > blank else ")"),
            is_unknown=f"{number} >= {unknown}" if end > unknown else NEVER,
            is_legacy=f"{number} >= {legacy_font}" if end > legacy_font else NEVER,
        )

    def _map(self, names: list[str]) -> None:
        """``map_codes``: each distinct cell of each field → its text and code; the contract's own spellings win.

        One statement for all fields, because each statement that folds costs 2 ms, however few its rows; and the cells
        of all fields together before they are folded, because each part of a union would compile the patterns anew.
        """
        if not names:
            return
        cells = " union all ".join(f'select distinct {quoted(name)} as field, "{name}" as raw from {self.sent}' for name in names)
        lists = {name: load_code_list(self.con, self.record.fields[name].codes) for name in names}
        listed = " union all ".join(f"select {quoted(name)} as field, key, code from {table}" for name, table in lists.items())
        self.con.execute(
            f"""
            create or replace temp table map_codes as
            with cell as materialized ({cells}),
            spelling as (
                select field, raw, {normalise.cleaned("raw")} as text, fold(text) as key from cell where raw is not null
            )
            select spelling.field, spelling.raw, spelling.text, spelling.key, coalesce(own.code, listed.code) as code,
                false as is_legacy, null::varchar as kept_text, if(coalesce(own.code, listed.code) is not null, 1::double, null) as score
            from spelling
            left join ({self._own_codes(names)}) as own using (field, key)
            left join ({listed}) as listed using (field, key)
            """
        )
        legacy.mark_legacy(self.con, "map_codes", lists)
        for name in names:
            if self.record.fields[name].free_text:
                settle_free_text(self.con, name, self.record.fields[name].codes, self.sent)

    @staticmethod
    def _of(name: str) -> str:
        return f"(from map_codes where field = {quoted(name)}) as map_{name}"

    def _map_within(self, name: str, parent: str) -> None:
        """As ``map_codes`` for names that are unique only inside their parent (districts in a province)."""
        spelled = load_spellings(self.con, self.record.fields[name].codes)
        self.con.execute(
            f"""
            create or replace temp table map_{name} as
            with spelling as (
                select raw, parent, {normalise.cleaned("raw")} as text, fold(text) as key
                from (select distinct "{name}" as raw, "{parent}" as parent from {self.sent}) where raw is not null
            )
            select spelling.raw, spelling.parent, spelling.text, {quoted(name)} as field, false as is_legacy,
                case when count(distinct spelled.code) = 1 then any_value(spelled.code) end as code
            from spelling
            left join {self._of(parent)} on map_{parent}.raw = spelling.parent
            left join {spelled} as spelled
                on spelled.key = spelling.key and (map_{parent}.code is null or starts_with(spelled.code, map_{parent}.code))
            group by all
            """
        )
        legacy.mark_legacy(self.con, f"map_{name}", {name: spelled})

    def _own_codes(self, names: list[str]) -> str:
        own = [
            (name, spelling, code)
            for name in names
            if (column := self.contract.columns.get(name))
            for spelling, code in column.codes.items()
        ]
        if not own:
            return "select null::varchar as field, null::varchar as key, null::varchar as code where false"
        keys = fold_all(self.con, [spelling for _name, spelling, _code in own])
        rows = {(name, key): code for (name, _spelling, code), key in zip(own, keys, strict=True)}
        values = ", ".join(f"({quoted(name)}, {quoted(key)}, {quoted(code)})" for (name, key), code in rows.items())
        return f"select field, key, code from (values {values}) as own(field, key, code)"
