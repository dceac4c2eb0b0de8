"""The exhibits with their numbers, computed by ``profile.sql``, in one language: what the page and the PDF both lay out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from ingestion.sql import quoted, rows
from publishing.report.description import LANGUAGES, Exhibit, Said, profile

LAYOUT = Path(__file__).with_name("profile.sql")
SHAPE = (
    '{"id": "VARCHAR", "place": "INTEGER", "measures": ["VARCHAR"], "bases": ["VARCHAR"], "frequency": "VARCHAR", "by": "VARCHAR", '
    '"series": "VARCHAR", "breakdown": "VARCHAR", "country": "VARCHAR", "since": "INTEGER", "top": "INTEGER", "is_each": "BOOLEAN"}'
)
WITHHELD, PROVISIONAL = "Q", "P"
FEW_PERIODS = 8
"""Up to so many periods of a chart have room for words: values, or why there is none."""


@dataclass(frozen=True)
class Cell:
    """One value as it is shown; without one, its status says why."""

    value: float | None
    shown: str
    status: str
    is_partial: bool = False
    period: str = ""

    @property
    def is_withheld(self) -> bool:
        return self.status == WITHHELD

    @property
    def is_final(self) -> bool:
        """Whether it is told for its whole period and not to be revised as a matter of course."""
        return not self.is_partial and self.status != PROVISIONAL


@dataclass(frozen=True)
class Member:
    """A row or a series: its code and its name."""

    code: str
    name: str
    starts_on: Any = None


@dataclass(frozen=True)
class Table:
    """Headings (text, whether of numbers) and rows of texts; the first column names the row."""

    headings: list[tuple[str, bool]]
    rows: list[list[str]]


@dataclass(frozen=True)
class Figure:
    """An exhibit with all that is printed of it."""

    exhibit: Exhibit
    number: int
    title: str
    subtitle: str
    note: str
    rows: list[Member]
    series: list[Member]
    cells: dict[tuple[str, str], Cell]
    facts: list[tuple[str, str]]
    """What stands under it: source, vintage, status, trace; each with its heading."""
    measures: list[str]
    table: Table
    unit: str = ""
    breaks: list[str] = field(default_factory=list)
    """Periods with which a series breaks."""
    units: dict[str, str] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    """Unit and source of each row, where rows differ in them."""

    @property
    def is_empty(self) -> bool:
        return not self.table.rows


class Numbers:
    """All that ``profile.sql`` makes of a public database."""

    def __init__(self, con: duckdb.DuckDBPyConnection):
        self._con = con
        self.cells = self._grouped("shown_cell")
        self.facts = {row["id"]: row for row in self._rows("exhibit_fact")}
        self.measures = self._grouped("exhibit_measure")
        self.statuses = self._grouped("exhibit_status")
        self.sources = self._grouped("exhibit_source")
        provinces = self._rows("map_province")
        self.provinces = {row["province_iso_code"]: row["province_code"] for row in provinces}
        self.province_names = {code: {row["province_code"]: row[f"name_{code}"] for row in provinces} for code in LANGUAGES}
        self.emergency = next(iter(self._rows("emergency")), None)

    def relation(self, name: str) -> list[dict[str, Any]]:
        return self._rows(f"{name}_table")

    def _rows(self, relation: str) -> list[dict[str, Any]]:
        return rows(self._con.execute(f"from {relation}"))

    def _grouped(self, relation: str) -> dict[str, list[dict[str, Any]]]:
        grouped: dict[str, list[dict[str, Any]]] = {}
        for row in self._rows(relation):
            grouped.setdefault(row["id"], []).append(row)
        return grouped


@contextmanager
def numbers(database: Path) -> Iterator[Numbers]:
    """Compute the report's numbers from the public ``database``, in a session that can read nothing else."""
    listed = [exhibit.as_row(place) for place, exhibit in enumerate(profile().exhibits) if exhibit.measures]
    with duckdb.connect() as con:
        con.execute(f"attach {quoted(str(database))} as told_of (read_only)")
        con.execute("set enable_external_access = false")
        con.execute(
            f"create temp table exhibit as select unnest(from_json(?::json, {quoted('[' + SHAPE + ']')}), recursive := true)",
            [json.dumps(listed)],
        )
        con.execute(LAYOUT.read_text(encoding="utf-8"))
        yield Numbers(con)


def figures(told: Numbers, language: str) -> dict[str, Figure]:
    """Every exhibit of the report in ``language``, by its id."""
    made: dict[str, Figure] = {}
    counts = {"figure": 0, "table": 0}
    for exhibit in profile().exhibits:
        kind = "table" if exhibit.draw in ("table", "cards", "heat") else "figure"
        counts[kind] += 1
        made[exhibit.id] = (_listed if exhibit.relation else _charted)(told, exhibit, counts[kind], language)
    return made


def word(key: str, language: str, **facts: object) -> str:
    """A text of the report's own."""
    return profile().words[key].of(language).format(**facts)


def _charted(told: Numbers, exhibit: Exhibit, number: int, language: str) -> Figure:
    held = told.cells.get(exhibit.id, [])
    members: dict[str, Member] = {}
    series: dict[str, Member] = {}
    cells: dict[tuple[str, str], Cell] = {}
    for row in held:
        code = f"{row['row_code']} {row['basis']}" if exhibit.by == "measure" else row["row_code"]
        members.setdefault(code, Member(code, row[f"row_{language}"] or row["row_code"], row["period_starts_on"]))
        series.setdefault(row["series_code"], Member(row["series_code"], row[f"series_{language}"] or "", row["period_starts_on"]))
        cells[code, row["series_code"]] = Cell(
            row["value"], row[f"shown_{language}"] or "", row["obs_status"], row["is_partial"], row[f"period_{language}"]
        )
    order = {row["series_code"]: row["series_place"] for row in held}
    in_order = sorted(series.values(), key=lambda member: order[member.code])
    measures = told.measures.get(exhibit.id, [])
    facts = told.facts.get(exhibit.id)
    unit = measures[0][f"unit_{language}"] if measures else ""
    return Figure(
        exhibit,
        number,
        exhibit.title.of(language),
        _subtitle(exhibit, measures, facts, language),
        _note(exhibit, cells, language),
        list(members.values()),
        in_order,
        cells,
        _facts(told, exhibit, facts, language),
        [measure["measure_code"] for measure in measures],
        _data(exhibit, list(members.values()), in_order, cells, unit, language),
        unit,
        sorted({row["row_code"] for row in held if row["obs_status"] == "B"}) if exhibit.by == "time" else [],
        units={f"{row['row_code']} {row['basis']}": _unit(measures, row["row_code"], language) for row in held if exhibit.by == "measure"},
        origins={f"{row['row_code']} {row['basis']}": row[f"basis_{language}"] for row in held if exhibit.by == "measure"},
    )


def _unit(measures: list[dict[str, Any]], code: str, language: str) -> str:
    return next(measure[f"unit_{language}"] for measure in measures if measure["measure_code"] == code)


def _note(exhibit: Exhibit, cells: dict[tuple[str, str], Cell], language: str) -> str:
    """The exhibit's own note, and what hollow dots mean where there are any."""
    said = [exhibit.note.of(language)] if exhibit.note else []
    if exhibit.draw == "lines" and any(cell.value is not None and not cell.is_final for cell in cells.values()):
        said.append(word("hollow", language))
    if exhibit.draw == "lines" and any(cell.value is None for cell in cells.values()) and len({row for row, _ in cells}) > FEW_PERIODS:
        said.append(word("crossed", language))
    return " ".join(said)


def _subtitle(exhibit: Exhibit, measures: list[dict[str, Any]], facts: dict[str, Any] | None, language: str) -> str:
    """Measure, unit and period, and how many of the rows are shown."""
    if facts is None:
        return ""
    first, last = facts[f"first_{language}"], facts[f"last_{language}"]
    said = [] if exhibit.draw == "cards" else [measures[0][f"measure_{language}"]] if len(measures) == 1 else []
    said += [] if exhibit.draw == "cards" else [measures[0][f"unit_{language}"]]
    said += [last if first == last else f"{first}–{last}"]
    if facts["rows_shown"] < facts["rows_held"]:
        said.append(word("largest", language, shown=facts["rows_shown"], all=facts["rows_held"]))
    return " · ".join(said)


def _facts(told: Numbers, exhibit: Exhibit, facts: dict[str, Any] | None, language: str) -> list[tuple[str, str]]:
    if facts is None:
        return []
    sources: dict[str, list[str]] = {}
    for source in told.sources.get(exhibit.id, []):
        sources.setdefault(source[f"ministry_{language}"], []).append(source[f"title_{language}"])
    statuses = [f"{status[f'label_{language}']} ({status['obs_status']}): {status['cells']}" for status in told.statuses[exhibit.id]]
    statuses += [f"{word('partial', language)} (*): {facts['partial']}"] if facts["partial"] else []
    statuses += [word("modelled", language)] if facts["is_modelled"] else []
    many = len(told.sources.get(exhibit.id, [])) > 8
    said = word("all_sources", language) if many else "; ".join(f"{sender}: {', '.join(titles)}" for sender, titles in sources.items())
    return [
        (word("source", language), said or word("warehouse", language)),
        (word("vintage", language), facts["vintages"] or word("as_delivered", language)),
        (word("status", language), "; ".join(statuses)),
        (word("trace", language), f"make trace {facts['traced']}"),
    ]


def _data(
    exhibit: Exhibit, members: list[Member], series: list[Member], cells: dict[tuple[str, str], Cell], unit: str, language: str
) -> Table:
    """The numbers of a chart as a table, a row for each of its rows."""
    first = word("period", language) if exhibit.by == "time" else ""
    headings = [(first, False), *((member.name or unit, True) for member in series)]
    listed = [
        [
            member.name + (f" ({cells[found].period})" if exhibit.each and (found := _first(cells, member, series)) else ""),
            *(told(cells.get((member.code, one.code)), language) for one in series),
        ]
        for member in members
    ]
    return Table(headings, listed)


def _first(cells: dict[tuple[str, str], Cell], member: Member, series: list[Member]) -> tuple[str, str] | None:
    return next(((member.code, one.code) for one in series if (member.code, one.code) in cells), None)


def told(cell: Cell | None, language: str) -> str:
    """What stands for a value in a table: the number with the mark of its status, or why there is none."""
    if cell is None:
        return "–"
    if cell.value is None:
        return word("withheld" if cell.is_withheld else "missing", language)
    return cell.shown + (f" {cell.status}" if cell.status != "A" else "") + ("*" if cell.is_partial else "")


def _listed(told_of: Numbers, exhibit: Exhibit, number: int, language: str) -> Figure:
    held = told_of.relation(exhibit.relation)
    note = exhibit.note or Said(en="", lo="")
    said = note.of(language)
    if exhibit.relation == "discrepancy":
        agreeing = sum(row["verdict"] == "agrees" for row in held)
        said = f"{word('verdict_count', language, agree=agreeing, all=len(held))} {said}"
        hidden = word("withheld", language)
        differing = [row for row in held if row["verdict"] in ("differs", "not_comparable", "withheld")]
        held = [{**row, f"ours_{language}": hidden} if row["verdict"] == "withheld" else row for row in differing]
    headings = [(heading.of(language), heading.number) for heading in exhibit.columns.values()]
    listed = [[row[name if name in row else f"{name}_{language}"] or "–" for name in exhibit.columns] for row in held]
    facts = [
        (word("source", language), word("warehouse", language)),
        (word("vintage", language), word("as_delivered", language)),
        (word("status", language), word("as_published", language)),
    ]
    return Figure(exhibit, number, exhibit.title.of(language), "", said, [], [], {}, facts, [], Table(headings, listed))
