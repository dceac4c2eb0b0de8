"""Which tables a workbook has, and of which columns: told by ``layout.sql``, spelt here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from ingestion.sql import identifier, quoted, rows
from publishing.workbooks.sheet_rows import Column, Table
from publishing.workbooks.words import word, words

LAYOUT = Path(__file__).with_name("layout.sql")
YEARS = 15
"""So many of the newest years stand side by side."""
DIMENSIONS = ("area", "counterpart_country", "sex", "age_group", "breakdown")
MEASURES = {
    "measure_code": 34, "measure_en": 44, "measure_lo": 44, "indicator_en": 40, "indicator_lo": 40, "unit": 24, "formula_en": 60,
    "formula_lo": 60, "made": 30, "adds_up": 18, "rule_en": 36, "rule_lo": 36, "values_told": 18, "withheld": 16, "first_period": 10,
    "last_period": 10, "sdg_indicator": 10,
}  # fmt: skip
SOURCES = {
    "extract": 30, "title_en": 50, "title_lo": 50, "ministry_en": 36, "ministry_lo": 36, "vintages": 30, "licence": 44, "citation": 60,
    "is_synthetic": 12,
}  # fmt: skip
COUNTS = {"values_told", "withheld"}
Entry = tuple[str, tuple[str, str], Table, int | None]
"""Tab, what it holds in English and Lao, table, how many values are withheld."""


@contextmanager
def laid_out(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session that holds what ``layout.sql`` makes of the public database, and can read nothing else."""
    with duckdb.connect() as con:
        con.execute(f"attach {quoted(str(database))} as public_part (read_only)")
        con.execute("set enable_external_access = false")
        con.execute(LAYOUT.read_text(encoding="utf-8"))
        yield con


def of_theme(con: duckdb.DuckDBPyConnection, theme: str) -> list[Entry]:
    """The tables of a theme in the order of their sheets."""
    held = f"theme_code = {quoted(theme)}"
    listed: list[Entry] = [
        _entry("measures", _described(con, "measure", theme, MEASURES)),
        _entry("sources", _described(con, "source", theme, SOURCES)),
    ]
    listed += [_entry(name, table) for name in ("by_year", "by_sex") if (table := _side_by_side(con, theme, name))]
    found = con.execute(
        f"from sheet where {held} "
        "order by sheet_code <> '_Z', sheet_code <> 'area', sheet_code <> 'counterpart_country', sheet_code <> 'age_group', label_en"
    )
    return listed + [_taken_apart(theme, sheet) for sheet in rows(found)]


def _entry(name: str, table: Table) -> Entry:
    holds = words("holds")[name]
    return word("sheets", name), (holds["en"], holds["lo"]), table, None


def _described(con: duckdb.DuckDBPyConnection, source: str, theme: str, widths: dict[str, int]) -> Table:
    columns = [
        Column(
            _code_of("measure_en") if name == "measure_code" else word("headings", name),
            width,
            identifier(name),
            "whole" if name in COUNTS else "wrapped",
            is_number=name in COUNTS,
        )
        for name, width in widths.items()
    ]
    relation = f"from {source} where theme_code = {quoted(theme)}"
    return Table(f"{source}s", columns, relation, con.execute(f"select count(*) from ({relation})").fetchone()[0])


def _side_by_side(con: duckdb.DuckDBPyConnection, theme: str, name: str) -> Table | None:
    """A row per measure and source, a column per year; None where no measure is told by year, or by sex."""
    by_sex = name == "by_sex"
    of_sex = "measure_code in (select measure_code from headline where sex_code <> '_T')" if by_sex else "sex_code = '_T'"
    chosen = f"from headline where theme_code = {quoted(theme)} and {of_sex}"
    years = [year for (year,) in con.execute(f"select distinct year {chosen} order by year desc limit {YEARS}").fetchall()][::-1]
    if not years:
        return None
    cells = ", ".join(
        f"any_value({content}) filter (where year = {year}) as {kind}_{year}"
        for year in years
        for kind, content in (("value", "value"), ("status", "obs_status"))
    )
    rows_told = f"""
        select
            measure_code, measure_en, measure_lo, basis, basis_en, estimation_method, sex_code, sex_en, sex_lo, unit, unit_decimals,
            {cells}
        {chosen} group by all
    """
    order = "measure_code, basis, estimation_method, sex_code <> '_T', sex_code"
    relation = f"select *, row_number() over (order by {order}) as place from ({rows_told})"
    columns = [
        Column(word("headings", "measure_en"), 46, "measure_en"),
        Column(word("headings", "measure_lo"), 40, "measure_lo"),
        *(_named("sex", 14) if by_sex else []),
        Column(word("headings", "unit"), 20, "unit"),
        Column(word("headings", "basis"), 34, "basis_en"),
        *(
            Column(str(year), 14, f"value_{year}", _number_style(f"status_{year}"), is_number=True, instead=f"status_{year}")
            for year in years
        ),
        Column(_code_of("measure_en"), 34, "measure_code"),
        *([Column(_code_of("sex"), 12, "sex_code")] if by_sex else []),
        Column(_code_of("basis"), 30, "basis"),
    ]
    return Table(name, columns, relation, con.execute(f"select count(*) from ({relation})").fetchone()[0])


def _number_style(status: str) -> str:
    """SQL for the style of a number: what is estimated or provisional, or follows a break, looks like it."""
    return f"if(unit_decimals = 0, 'whole', 'decimal') || if({status} in ('B', 'E', 'P'), '_uncertain', '')"


def _named(dimension: str, width: int, said: dict[str, str] | None = None) -> list[Column]:
    """A member by its name in English and in Lao; totals and the unknown look like what they are."""
    told_apart = f"when {dimension}_code in ('_T', 'LAO') then 'total' when {dimension}_en like 'Unknown%' then 'unknown'"
    style = f"case {told_apart} else 'text' end"
    said, lao = said or words("headings")[dimension], words("headings")["in_lao"]
    return [
        Column(f"{said['en']} · {said['lo']}", width, f"{dimension}_en", style),
        Column(f"{said['en']} {lao['en']} · {said['lo']} ({lao['lo']})", width, f"{dimension}_lo", style),
    ]


def _code_of(name: str) -> str:
    return f"{words('headings')[name]['en']} {word('headings', 'code')}"


def _taken_apart(theme: str, sheet: dict[str, Any]) -> Entry:
    """The table of one sheet of values: what people read first, codes last. What is a total on every row is left out."""
    code = sheet["sheet_code"]
    shown = [name for name in DIMENSIONS if sheet[f"has_{name}"]]
    own = {"breakdown": {"en": sheet["label_en"], "lo": sheet["label_lo"]}}
    coded = {name: f"{name}_code" for name in shown} | {"basis": "basis"}
    coded |= {"estimation_method": "estimation_method"} if sheet["has_estimation_method"] else {}
    columns = [
        Column(word("headings", "measure_en"), 46, "measure_en"),
        Column(word("headings", "measure_lo"), 40, "measure_lo"),
        Column(word("headings", "frequency"), 20, "frequency"),
        Column(word("headings", "time_period"), 11, "time_period"),
        Column(word("headings", "period_starts_on"), 13, "period_starts_on - date '1899-12-30'", "date", is_number=True),
        *(column for name in shown for column in _named(name, 24, own.get(name))),
        Column(word("headings", "value"), 16, "value", _number_style("obs_status"), is_number=True, instead="obs_status"),
        Column(word("headings", "unit"), 20, "unit"),
        Column(word("headings", "status"), 34, "status", "if(value is null, 'withheld_status', 'text')"),
        Column(word("headings", "basis"), 34, "basis_en"),
        Column(f"{word('headings', 'basis')} ({words('headings')['in_lao']['lo']})", 34, "basis_lo"),
        *([Column(word("headings", "vintage"), 13, "vintage")] if sheet["has_vintage"] else []),
        *([Column(word("headings", "estimation_method"), 22, "estimation_method_name")] if sheet["has_estimation_method"] else []),
        *(
            Column(_code_of(name), 14, content)
            for name, content in {"measure_en": "measure_code", "frequency": "frequency_code", **coded, "status": "obs_status"}.items()
        ),
    ]
    relation = f"from told where theme_code = {quoted(theme)} and sheet_code = {quoted(code)}"
    table = Table("totals" if code == "_Z" else f"by_{code}", columns, relation, sheet["rows"])
    if code in words("sheets"):
        tab = word("sheets", code)
        said = words("holds").get(code, words("sheets")[code])
        holds = (said["en"], said["lo"])
    else:
        tab = f"{sheet['label_en']} · {sheet['label_lo']}"
        holds = (sheet["label_en"], sheet["label_lo"])
    periods = f"{sheet['first_period']} – {sheet['last_period']}"
    return tab, (f"{holds[0]}, {periods}", f"{holds[1]}, {periods}"), table, sheet["withheld"]
