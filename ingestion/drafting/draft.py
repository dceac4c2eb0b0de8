"""The draft as YAML: what the sample tells as values, with its evidence as a comment; what it does not tell as TODO."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import duckdb

from ingestion.contract import Contract
from ingestion.drafting import guesses
from ingestion.drafting.guesses import Heading, Known, column
from ingestion.drafting.sample import Sample, SampleSheet
from ingestion.fold import fold_all, load_fold, with_ascii_digits
from ingestion.names import shown_without_numbers
from ingestion.record import NUMERIC, TEMPORAL, Record

MONTH_IN_NAME = re.compile(r"(?<!\d)(19|20)\d\d-(0[1-9]|1[0-2])(?!\d)")
MONTH_IN_TEXT = re.compile(r"(?<!\d)((0?[1-9]|1[0-2])[/.-](19|20|25)\d\d|(19|20|25)\d\d[/.-](0?[1-9]|1[0-2]))(?!\d)")
LAID_ACROSS = re.compile(r"(19|20|25)\d\d( ?-?Q[1-4])?( \[.*\])?")
FEW = 3
MOST_WORDS = 8


@dataclass
class Draft:
    """The text of a draft, and in words what a person has to decide; each of these is a TODO in the text."""

    text: str = ""
    open: list[str] = field(default_factory=list)

    def line(self, text: str = "", comment: str = "") -> None:
        self.text += (f"{text}  # {comment}" if comment else text).rstrip() + "\n"

    def todo(self, key: str, why: str) -> str:
        """A value that a contract may not hold, so that the draft is none before it is replaced."""
        self.open.append(f"{key}: {why}")
        return quoted(f"TODO {why}")


def draft_contract(
    sample: Sample, contracts: Mapping[str, Contract], records: Mapping[str, Record], extract: str = "", record_name: str = ""
) -> Draft:
    """Draft a contract for files like ``sample``.

    Args:
        extract: the name it is to have; from the sender's other contracts the ministry is taken.
        record_name: the record, where the person knows it.
    """
    draft = Draft()
    with duckdb.connect() as con:
        load_fold(con)
        known = guesses.known_headings(con, contracts)
        sheet, header, doubt = _best_sheet(con, sample, known)
        labels = sheet.head[header - 1] if header <= len(sheet.head) else []
        headings = [Heading(position, label) for position, label in enumerate(labels, start=1)]
        likely = guesses.choose_record(fold_all(con, [label for label in labels if label]), known, records)
        record = records.get(record_name) or (records[likely[0][0]] if likely and likely[0][1] >= FEW else None)
        ignored = _ignored(con, contracts)
        if record:
            guesses.match_columns(con, headings, sheet, header, record, known, ignored)
        listed = _unlisted_words(con, sheet, header, headings, record) if record else {}
    draft.line(f"# Draft from {shown_without_numbers(sample.path.name)}. A contract that still says TODO is refused.")
    _about(draft, contracts, extract, record, likely if not record_name else [])
    _file(draft, sample)
    _period(draft, sample, sheet, header)
    _tables(draft, sample, sheet, header, doubt, headings)
    _columns(draft, sheet, header, headings, record, listed)
    _ignore(draft, headings)
    _notations(draft, sheet, header, headings, record)
    return draft


def quoted(text: str) -> str:
    """A YAML scalar that is text whatever it looks like."""
    return json.dumps(text, ensure_ascii=False)


def _best_sheet(con: duckdb.DuckDBPyConnection, sample: Sample, known: Mapping[str, list[Known]]) -> tuple[SampleSheet, int, str]:
    """The sheet with the most known headings; without any, the first that has rows."""
    found = [(sheet, *guesses.find_header(con, sheet, known)) for sheet in sample.sheets if sheet.head]
    sheet, header, hits, doubt = max(found, key=lambda one: one[2]) if found else (SampleSheet("", [], {}), 1, 0, "the file holds no rows")
    if not hits and len(found) > 1:
        doubt = "; ".join(filter(None, [doubt, f"the data may be on another sheet: {', '.join(one[0].name for one in found)}"]))
    return sheet, header, doubt


def _ignored(con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]) -> dict[str, str]:
    entries = [(heading, extract) for extract, contract in contracts.items() for heading in contract.ignore]
    return dict(zip(fold_all(con, [heading for heading, _ in entries]), [extract for _, extract in entries], strict=True))


def _about(draft: Draft, contracts: Mapping[str, Contract], extract: str, record: Record | None, likely: list[tuple]) -> None:
    told = "; ".join(f"{name}: {fields} fields, {share:.0%} of those required" for name, fields, share in likely[:FEW])
    if record is None:
        draft.line(f"record: {draft.todo('record', 'the headings do not tell it')}", told)
    else:
        draft.line(f"record: {record.name}", f"by its headings; {told}" if told else "as you said")
    siblings = [contract for name, contract in contracts.items() if extract and name.split("__")[0] == extract.split("__")[0]]
    for language in ("en", "lo"):
        draft.open.append(f"title.{language}: what these deliveries are called")
    draft.line('title: {en: "TODO what these deliveries are called", lo: "TODO ຊື່ຊຸດຂໍ້ມູນ"}')
    if siblings:
        ministry = siblings[0].ministry
        draft.line(f"ministry: {{en: {quoted(ministry.en)}, lo: {quoted(ministry.lo)}}}", f"as in {siblings[0].extract}")
    else:
        draft.open.append("ministry: who sends it, in English and Lao")
        draft.line('ministry: {en: "TODO who sends it", lo: "TODO ຜູ້ສົ່ງ"}')
    for key, why in (("owner", "an address that answers"), ("licence", "what may be done with it"), ("citation", "how it is cited")):
        draft.line(f"{key}: {draft.todo(key, why)}")
    draft.line(f"caveats: [{draft.todo('caveats', 'what the data do not show')}]")
    draft.line(f"cadence: {draft.todo('cadence', 'monthly, quarterly, yearly or irregular')}")
    draft.line(f"due_day: {draft.todo('due_day', 'days after the period by which it is due; leave out where irregular')}")


def _file(draft: Draft, sample: Sample) -> None:
    if sample.kind == "excel":
        draft.line("file: {kind: excel}")
        return
    said = {"encoding": sample.encoding, "delimiter": sample.delimiter}
    usual = {"encoding": "utf-8", "delimiter": ","}
    parts = ["kind: csv"]
    for key, value in said.items():
        if doubt := sample.doubts.get(key):
            parts.append(f"{key}: {draft.todo(f'file.{key}', f'{doubt}; perhaps {value!r}')}")
        elif value != usual[key]:
            parts.append(f"{key}: {quoted(value)}")
    draft.line(f"file: {{{', '.join(parts)}}}")


def _period(draft: Draft, sample: Sample, sheet: SampleSheet, header: int) -> None:
    if MONTH_IN_NAME.search(sample.path.name):
        draft.line("period: {source: file_name}", "the file's name holds a month, YYYY-MM")
        return
    lines = {number: " ".join(filter(None, row)) for number, row in enumerate(sheet.head[: header - 1], start=1)}
    told = next((number for number, line in lines.items() if MONTH_IN_TEXT.search(with_ascii_digits(line))), None)
    where = (
        f"row {told} above the header seems to tell a month"
        if told
        else "neither the file's name nor the rows above the header tell a month"
    )
    draft.line(f"period: {{source: {draft.todo('period', f'file_name, text or column; {where}')}}}")


def _tables(draft: Draft, sample: Sample, sheet: SampleSheet, header: int, doubt: str, headings: list[Heading]) -> None:
    draft.line("tables:")
    several = len(sample.sheets) > 1
    if several:
        others = ", ".join(other.name for other in sample.sheets if other.name != sheet.name)
        draft.line(f"  - sheet: {quoted(sheet.name)}", f"the other sheets: {others}")
    doubts = "; ".join(filter(None, [doubt, guesses.upper_header(sheet, header)]))
    rows = draft.todo("tables.0.header_rows", doubts) if doubts else str(header)
    draft.line(f"    header_rows: [{rows}]" if several else f"  - header_rows: [{rows}]", f"perhaps {header}" if doubts else "")
    totals = guesses.total_rows(sheet, header)
    if totals:
        words = "; ".join(f"row {number} begins '{cell[:20]}'" for number, cell in totals[:FEW])
        last = not any(number > totals[0][0] and any(row) and not guesses.TOTAL.match(next(filter(None, row))) for number, row in
                       {**dict(enumerate(sheet.head, start=1)), **sheet.tail}.items())  # fmt: skip
        first = totals[0][1].split()[0]
        if last:
            draft.line(f"    ends_at: {quoted('^' + re.escape(first))}", f"{words}; nothing but the like stands below")
        else:
            draft.line(f"    leave_out: {draft.todo('tables.0.leave_out', f'a pattern for rows that are no data: {words}')}")
    across = [heading for heading in headings if not heading.field and LAID_ACROSS.fullmatch(with_ascii_digits(heading.label))]
    if len(across) >= FEW:
        why = f"{len(across)} columns are headed by years or quarters, like {across[0].label}: the fields that they and their cells tell"
        draft.line(f"    unpivot: {{headers: '(?P<told>.+)', into: {{TODO: told}}, value: {draft.todo('tables.0.unpivot', why)}}}")


def _unlisted_words(
    con: duckdb.DuckDBPyConnection, sheet: SampleSheet, header: int, headings: list[Heading], record: Record
) -> dict[str, list[str]]:
    """Code field → the words of its column that its list does not know, where they are few."""
    found = {}
    for heading in headings:
        name = heading.field or next(iter(heading.perhaps), None)
        if name and (one := record.fields[name]).type == "code":
            words = guesses.unlisted(con, column(sheet, header, heading.position), one.codes)
            if len(words) <= MOST_WORDS and not any(re.search(r"\d{3}", word) for word in words):
                found[name] = words
    return found


def _columns(
    draft: Draft, sheet: SampleSheet, header: int, headings: list[Heading], record: Record | None, unlisted: Mapping[str, list[str]]
) -> None:
    draft.line("columns:")
    if record is None:
        draft.line(f"  TODO: {{header: [{draft.todo('columns', 'a field of the record, and its heading')}]}}")
        return
    maybe = [name for heading in headings for name in heading.perhaps]
    placed = set()
    for heading in headings:
        alone = next(iter(heading.perhaps), "") if len(heading.perhaps) == 1 and maybe.count(*heading.perhaps) == 1 else ""
        if name := heading.field or alone:
            _column(draft, column(sheet, header, heading.position), heading, name, record, unlisted.get(name, []))
            placed.add(name)
            heading.field, heading.perhaps = name, {}
    for name, one in record.fields.items():
        candidates = [heading.label for heading in headings if name in heading.perhaps]
        if name not in placed and (one.required or candidates) and one.type != "status":
            why = "a column, a constant or captured" + (f"; perhaps the column {' or '.join(candidates)}" if candidates else "")
            why += "" if one.required else "; or leave it out"
            draft.line(f"  {name}: {{header: [{draft.todo(f'columns.{name}', why)}]}}", one.description)
            placed.add(name)
    if absent := [name for name, one in record.fields.items() if name not in placed and one.type != "status"]:
        draft.line(f"  # fields without a column, which may stay out: {', '.join(absent)}")


def _column(draft: Draft, cells: list[str], heading: Heading, name: str, record: Record, words: list[str]) -> None:
    key, one = f"columns.{name}", record.fields[name]
    evidence = [heading.because or heading.perhaps[name]]
    if heading.field:
        parts = [f"header: [{quoted(heading.label)}]"]
    else:
        draft.open.append(f"{key}: is it the column '{heading.label}' ({evidence[0]})? If so, delete the word TODO")
        parts = [f"header: [{quoted(f'TODO {heading.label}')}]"]
    if one.type in TEMPORAL:
        formats, doubt, buddhist = guesses.date_formats(cells)
        if doubt:
            parts.append(f"format: [{draft.todo(f'{key}.format', doubt)}]")
        else:
            parts.append(f"format: [{', '.join(map(quoted, formats))}]")
            evidence.append(f"fits all {len(cells)} cells")
        if buddhist:
            parts.append("calendar: buddhist")
            evidence.append("the years lie beyond 2400")
    if words:
        meant = (f"{quoted(word)}: {draft.todo(f'{key}.codes.{word}', f'its code in the list {one.codes}')}" for word in words)
        parts.append(f"codes: {{{', '.join(meant)}}}")
    draft.line(f"  {name}: {{{', '.join(parts)}}}", "; ".join(evidence))


def _ignore(draft: Draft, headings: list[Heading]) -> None:
    lines = list(_ignored_lines(draft, headings))
    if lines:
        draft.line("ignore:")
        for text, comment in lines:
            draft.line(f"  - {text}", comment)


def _ignored_lines(draft: Draft, headings: list[Heading]) -> Iterator[tuple[str, str]]:
    for heading in headings:
        if heading.ignored_by:
            yield quoted(heading.label), f"as in {heading.ignored_by}"
        elif heading.label and not heading.field and not LAID_ACROSS.fullmatch(with_ascii_digits(heading.label)):
            maybe = "; ".join(f"{name} ({evidence})" for name, evidence in heading.perhaps.items())
            draft.open.append(f"ignore: '{heading.label}' is a field, or ignored?" + (f" Perhaps {maybe}" if maybe else ""))
            yield quoted(f"TODO {heading.label}"), f"perhaps {maybe}" if maybe else "a field, or ignored?"


def _notations(draft: Draft, sheet: SampleSheet, header: int, headings: list[Heading], record: Record | None) -> None:
    fields = record.fields if record else {}
    measures = [heading for heading in headings if heading.field and fields[heading.field].type in NUMERIC]
    cells = [cell for heading in measures for cell in column(sheet, header, heading.position)]
    decimal, thousands, doubt = guesses.number_notation(cells)
    if doubt:
        draft.line(f"numbers: {{decimal: {draft.todo('numbers', doubt)}}}")
    elif decimal or thousands:
        decimal = decimal or ("," if thousands == "." else ".")
        thousands = thousands or ("." if decimal == "," else ",")
        draft.line(f"numbers: {{decimal: {quoted(decimal)}, thousands: {quoted(thousands)}}}", "as cells of the sample show")
    marks = guesses.missing_marks(cells)
    if marks:
        said = ", ".join(
            f"{quoted(mark)}: {draft.todo(f'missing_marks.{mark}', f'{count} cells: nil, M, Q or L')}" for mark, count in marks.items()
        )
        draft.line(f"missing_marks: {{{said}}}")
