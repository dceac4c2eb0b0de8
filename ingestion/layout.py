"""Layouts: from a sheet as text to one text column per field of the record, long whatever it was before."""

from __future__ import annotations

import re
from dataclasses import dataclass

import duckdb

from ingestion import legacy
from ingestion.contract import Contract, Table
from ingestion.fold import ASCII_DIGITS, BLANKS, DIGITS, INVISIBLE, fold_all, with_ascii_digits
from ingestion.names import listed
from ingestion.readers import TextTable, workbook
from ingestion.refusal import Refusal
from ingestion.sql import quoted

INVISIBLE_FIRST = (0xA0, 0x200B, 0xFEFF)


@dataclass(frozen=True)
class Sent:
    """``query`` selects ``_sheet``, ``_row``, ``_column``, ``_is_filled`` and one VARCHAR column per delivered field, as sent.

    ``headers`` gives each field the heading its sender would recognise; ``unused`` lists columns of the
    file that the contract neither uses nor ignores. ``places`` tells the column that a field stands in;
    of values laid across the sheet ``_column`` tells it row by row, else that is null. ``_is_too_long`` marks
    rows with more cells than headings, ``_is_filled`` those that are no empty rows; ``left_out`` counts the rows that the
    contract says are no data. ``is_cheap`` says that the query costs next to nothing beyond reading its columns.
    """

    query: str
    headers: dict[str, str]
    unused: list[str]
    places: dict[str, int]
    left_out: int = 0
    is_cheap: bool = False


def arrange(con: duckdb.DuckDBPyConnection, text: TextTable, contract: Contract, table: Table, file_name: str) -> Sent:
    """Find the declared fields on one sheet; ``file_name`` is the sender's own.

    Raises:
        Refusal: for a column that is missing or there twice, or headed differently by two rows.
    """
    labels = column_labels(text, table)
    folded = fold_all(con, labels)
    require_agreement(con, text, table, labels)
    cells: dict[str, str] = {name: quoted(value) for name, value in table.constants.items()}
    headers: dict[str, str] = {name: name for name in table.constants}
    places: dict[str, int] = {}
    missing = []
    for field, column in contract.columns.items():
        if not column.has_place:
            continue
        headers[field] = field
        if column.constant is not None:
            cells[field] = quoted(column.constant)
        elif column.captured is not None:
            cells[field] = quoted(capture(con, column.captured, file_name, text, contract) or "")
        elif index := column_index(con, column.header, column.position, folded, labels):
            cells[field] = f"c{index}" if column.extract is None else _extracted(f"c{index}", column.extract)
            headers[field] = labels[index - 1] or f"column {index}"
            places[field] = index
        else:
            missing.append(" / ".join(column.header) or f"column {column.position}")
    if missing:
        _refuse_legacy(con, labels, [word for column in contract.columns.values() for word in column.header], text.sheet)
        # Where most are missing the row is perhaps no header but a person's data, which must not be quoted.
        shown = listed(labels) if len(places) >= len(missing) else "few or none of those agreed"
        raise Refusal("missing_column", expected="', '".join(missing), found=shown, sheet=text.sheet, row=table.header_rows[0])
    used = set(places.values())
    end = _before_end(con, text, table)
    if text.is_cut and not end:
        raise Refusal("truncated_file")
    rows = f"_row > {max(table.header_rows)}{end}"
    left_out = 0
    if table.leave_out:
        no_data = f"regexp_matches({_first_cell(text)}, {quoted(table.leave_out)})"
        left_out = con.execute(f"select count(*) from {text.name} where {rows} and {no_data}").fetchone()[0]
        rows += f" and not coalesce({no_data}, false)"
    if table.unpivot:
        spread = _spread(labels, table)
        if not spread:
            _refuse_legacy(con, labels, [], text.sheet)
            raise Refusal("missing_column", expected=table.unpivot.headers, found=listed(labels), sheet=text.sheet)
        used |= set(spread)
        query = _unpivoted(text, cells, spread, table, rows)
        headers |= {field: field for field in (*table.unpivot.into, table.unpivot.value)}
    else:
        place = f"_row, {quoted(text.sheet)} as _sheet, null::bigint as _column, {_is_too_long(text)} as _is_too_long"
        query = f"select {place}, {_any_filled(used)} as _is_filled, {_listed(cells)} from {text.name} where {rows}"
    ignored = set(fold_all(con, contract.ignore))
    unused = [
        label
        for index, (label, key) in enumerate(zip(labels, folded, strict=True), start=1)
        if label and index not in used and key not in ignored
    ]
    is_cheap = not (table.unpivot or table.leave_out or any(column.extract for column in contract.columns.values()))
    return Sent(query, headers, unused, places, left_out, is_cheap)


def column_labels(text: TextTable, table: Table) -> list[str]:
    """One label per column; where headers span rows the parts are joined by `` / `` and merged cells are filled."""
    parts: list[list[str]] = []
    for number in table.header_rows:
        row = text.banner[number - 1] if number <= len(text.banner) else []
        cells = [" ".join(cell.split()) for cell in row] + [""] * (text.width - len(row))
        if number != table.header_rows[-1]:
            for index in range(1, len(cells)):
                cells[index] = cells[index] or cells[index - 1]
        parts.append(cells)
    labels = []
    for index in range(text.width):
        words = [row[index] for row in parts]
        if len(words) > 1 and not words[-1]:
            # Only the upper row heads this column; a merged heading to its left is not its own.
            words = [" ".join(text.banner[number - 1][index].split()) for number in table.header_rows[:-1]]
        labels.append(" / ".join(word for word in words if word))
    return labels


def require_agreement(con: duckdb.DuckDBPyConnection, text: TextTable, table: Table, labels: list[str]) -> None:
    """See that a second row of names, where the file has it, names each column as its header does.

    Raises:
        Refusal: ``headers_contradict``, with the columns.
    """
    rule = table.agrees_with
    if rule is None or rule.row > len(text.banner):
        return
    names = [*text.banner[rule.row - 1], *[""] * text.width][: text.width]
    of_header = dict(zip(fold_all(con, list(rule.names)), fold_all(con, list(rule.names.values())), strict=True))
    wrong = [
        # A heading that the contract does not know is not quoted: where the header is missing, that row holds a person's data.
        f"'{name}' stands over " + (f"'{label}'" if header in of_header else "something else")
        for name, label, own, header in zip(names, labels, fold_all(con, names), fold_all(con, labels), strict=True)
        if own in of_header.values() and of_header.get(header) != own
    ]
    if wrong:
        rows = f"{rule.row} and {table.header_rows[-1]}"
        raise Refusal("headers_contradict", expected=rows, found="; ".join(wrong)[:600], sheet=text.sheet)


def capture(con: duckdb.DuckDBPyConnection, pattern: str, file_name: str, text: TextTable, contract: Contract) -> str | None:
    """What ``pattern`` finds in the file's name, else in its text: its parts year-month-day, else its first group."""
    found = re.search(pattern, with_ascii_digits(file_name)) or find_in_text(con, pattern, text, contract)
    if found is None:
        return None
    parts = found.groupdict()
    return "-".join(parts[name] for name in ("year", "month", "day") if name in parts) if parts else found[1]


def find_in_text(con: duckdb.DuckDBPyConnection, pattern: str, text: TextTable, contract: Contract) -> re.Match | None:
    """The first match in the rows above the data, else anywhere in the sheet's first columns (a footnote)."""
    for line in banner_lines(text, contract):
        if found := re.search(pattern, line):
            return found
    line = f"concat_ws(' ', {', '.join(f'c{index}' for index in range(1, min(text.width, 8) + 1))})"
    line = f"translate({line}, '{DIGITS}', '{ASCII_DIGITS}')"
    plain = re.sub(r"\(\?P<\w+>", "(", pattern)
    hit = con.execute(f"select {line} from {text.name} where regexp_matches({line}, ?) order by _row limit 1", [plain]).fetchone()
    return re.search(pattern, hit[0]) if hit else None


def banner_lines(text: TextTable, contract: Contract) -> list[str]:
    """The rows above the data as lines of text, from the sheet that the contract says tells them."""
    rows = text.banner
    if contract.file.text_sheet:
        rows = workbook.top_rows(text.path, contract.file.text_sheet)
    return [with_ascii_digits(" ".join(row)) for row in rows]


def _listed(cells: dict[str, str]) -> str:
    return ", ".join(f'{expression}::varchar as "{field}"' for field, expression in cells.items())


def _extracted(cell: str, pattern: str) -> str:
    digits = f"case when strlen({cell}) = length({cell}) then {cell} else translate({cell}, '{DIGITS}', '{ASCII_DIGITS}') end"
    return f"nullif(regexp_extract({digits}, {quoted(pattern)}, 1), '')"


def column_index(
    con: duckdb.DuckDBPyConnection, alternatives: list[str], position: int | None, folded: list[str], labels: list[str]
) -> int | None:
    if position is not None:
        return position if position <= len(labels) else None
    wanted = set(fold_all(con, alternatives))
    hits = [index for index, key in enumerate(folded, start=1) if key in wanted]
    if len(hits) > 1:
        raise Refusal("ambiguous_column", expected=" / ".join(alternatives))
    return hits[0] if hits else None


def _before_end(con: duckdb.DuckDBPyConnection, text: TextTable, table: Table) -> str:
    if table.ends_at is None:
        return ""
    first, *others = [f"c{index}" for index in range(1, text.width + 1)]
    ends = f"select min(_row) as _row from {text.name} where _row > {max(table.header_rows)} and"
    # Nearly every row has its first cell, and then the others are not even fetched.
    query = f"{ends} regexp_matches({first}, $1)"
    if others:
        query = (
            f"select min(_row) from ({query} union all {ends} {first} is null and regexp_matches(coalesce({', '.join(others)}, ''), $1))"
        )
    end = con.execute(query, [table.ends_at]).fetchone()[0]
    return f" and _row < {end}" if end else ""


def _first_cell(text: TextTable) -> str:
    return f"coalesce({', '.join(f'c{index}' for index in range(1, text.width + 1))})"


def _is_too_long(text: TextTable) -> str:
    return f"trim({text.beyond}) <> ''" if text.beyond else "false"


def _any_filled(used: set[int]) -> str:
    """Whether a row has anything in the columns used. Nearly every first cell begins with a letter, and all else is not asked then."""
    if not used:
        return "false"
    cells = ", ".join(f"c{index}" for index in sorted(used))
    first = f"ascii(coalesce({cells}))"
    begins = f"{first} > 32 and {first} not in {INVISIBLE_FIRST}"
    return f"case when {begins} then true else trim(concat_ws('', {cells}), '{BLANKS} {INVISIBLE}') <> '' end"


def _refuse_legacy(con: duckdb.DuckDBPyConnection, labels: list[str], wanted: list[str], sheet: str) -> None:
    """Say so where a heading is not there because it is not in Unicode.

    Raises:
        Refusal: ``legacy_font``.
    """
    if found := legacy.legacy_words(con, labels, wanted):
        expected = ", ".join(dict.fromkeys(wanted)) or "Unicode"
        raise Refusal("legacy_font", found=listed(found), expected=listed([expected]), sheet=sheet)


def _spread(labels: list[str], table: Table) -> dict[int, dict[str, str]]:
    """Column index → the fields that its header tells, for the headers that the pattern matches whole."""
    found = {}
    for index, label in enumerate(labels, start=1):
        if hit := re.fullmatch(table.unpivot.headers, label):
            found[index] = {field: hit[group] for field, group in table.unpivot.into.items()}
    return found


def _unpivoted(text: TextTable, cells: dict[str, str], spread: dict, table: Table, rows: str) -> str:
    told = list(table.unpivot.into)
    values = ", ".join(
        f"({quoted(f'c{index}')}, {index}::bigint, {', '.join(quoted(words[field]) for field in told)})" for index, words in spread.items()
    )
    told_columns = ", ".join(f'"{field}"' for field in told)
    kept = _listed(cells) + ", " if cells else ""
    columns = ", ".join(f"c{index}" for index in spread)
    nulls = not_blank = ""
    if table.unpivot.empty_cells == "missing":
        nulls = "include nulls "
        not_blank = f" and coalesce({', '.join(f'c{index}' for index in range(1, text.width + 1))}) is not null"
    return f"""
        with headers(_heading, _column, {told_columns}) as (values {values}),
        spread as (
            from (
                select _row, {quoted(text.sheet)} as _sheet, {_is_too_long(text)} as _is_too_long, {kept} {columns}
                from {text.name} where {rows}{not_blank}
            )
            unpivot {nulls}("{table.unpivot.value}" for _heading in ({columns}))
        )
        select spread.* exclude (_heading), headers._column, true as _is_filled, {", ".join(f'headers."{field}"' for field in told)}
        from spread join headers using (_heading)
        """
