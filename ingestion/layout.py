"""Layouts: from a sheet as text to one text column per field of the record, long whatever it was before."""

from __future__ import annotations

import re
from dataclasses import dataclass

import duckdb

from ingestion.contract import Contract, Table
from ingestion.readers import TextTable, workbook
from ingestion.refusal import Refusal
from ingestion.sql import quoted

_FOLDED: dict[str, str] = {}


@dataclass(frozen=True)
class Sent:
    """``query`` selects ``_sheet``, ``_row`` and one VARCHAR column per delivered field, as sent.

    ``headers`` gives each field the heading its sender would recognise; ``unused`` lists columns of the
    file that the contract neither uses nor ignores.
    """

    query: str
    headers: dict[str, str]
    unused: list[str]


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
    used: set[int] = set()
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
            used.add(index)
        else:
            missing.append(" / ".join(column.header) or f"column {column.position}")
    if missing:
        # Where most are missing the row is perhaps no header but a person's data, which must not be quoted.
        shown = ", ".join(label for label in labels if label)[:600] if len(used) >= len(missing) else "few or none of those agreed"
        raise Refusal("missing_column", expected="', '".join(missing), found=shown, sheet=text.sheet, row=table.header_rows[0])
    rows = f"_row > {max(table.header_rows)}" + _before_end(con, text, table)
    if table.unpivot:
        spread = _spread(labels, table)
        if not spread:
            raise Refusal("missing_column", expected=table.unpivot.headers, found=", ".join(labels)[:600], sheet=text.sheet)
        used |= set(spread)
        query = _unpivoted(text, cells, spread, table, rows)
        headers |= {field: field for field in (*table.unpivot.into, table.unpivot.value)}
    else:
        any_cell = " or ".join(f"c{index} is not null" for index in sorted(used)) or "false"
        query = f"select _row, {quoted(text.sheet)} as _sheet, {_listed(cells)} from {text.name} where {rows} and ({any_cell})"
    ignored = set(fold_all(con, contract.ignore))
    unused = [
        label
        for index, (label, key) in enumerate(zip(labels, folded, strict=True), start=1)
        if label and index not in used and key not in ignored
    ]
    return Sent(query, headers, unused)


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
    found = re.search(pattern, file_name) or find_in_text(con, pattern, text, contract)
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
    plain = re.sub(r"\(\?P<\w+>", "(", pattern)
    hit = con.execute(f"select {line} from {text.name} where regexp_matches({line}, ?) order by _row limit 1", [plain]).fetchone()
    return re.search(pattern, hit[0]) if hit else None


def banner_lines(text: TextTable, contract: Contract) -> list[str]:
    """The rows above the data as lines of text, from the sheet that the contract says tells them."""
    rows = text.banner
    if contract.file.text_sheet:
        rows = workbook.top_rows(text.path, contract.file.text_sheet)
    return [" ".join(row) for row in rows]


def _listed(cells: dict[str, str]) -> str:
    return ", ".join(f'{expression}::varchar as "{field}"' for field, expression in cells.items())


def _extracted(cell: str, pattern: str) -> str:
    return f"nullif(regexp_extract({cell}, {quoted(pattern)}, 1), '')"


def fold_all(con: duckdb.DuckDBPyConnection, words: list[str]) -> list[str]:
    """Each word folded. Headings are the same month after month, so each is folded once per process."""
    if new := sorted(set(words) - _FOLDED.keys()):
        folded = con.execute("select list_transform(?::varchar[], lambda word: fold(word))", [new]).fetchone()[0]
        _FOLDED.update(zip(new, folded, strict=True))
    return [_FOLDED[word] for word in words]


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
    first = f"coalesce({', '.join(f'c{index}' for index in range(1, text.width + 1))})"
    end = con.execute(
        f"select min(_row) from {text.name} where _row > {max(table.header_rows)} and regexp_matches({first}, ?)", [table.ends_at]
    ).fetchone()[0]
    return f" and _row < {end}" if end else ""


def _spread(labels: list[str], table: Table) -> dict[int, dict[str, str]]:
    """Column index → the fields that its header tells, for the headers that the pattern matches whole."""
    found = {}
    for index, label in enumerate(labels, start=1):
        if hit := re.fullmatch(table.unpivot.headers, label):
            found[index] = {field: hit[group] for field, group in table.unpivot.into.items()}
    return found


def _unpivoted(text: TextTable, cells: dict[str, str], spread: dict, table: Table, rows: str) -> str:
    told = list(table.unpivot.into)
    values = ", ".join(f"({quoted(f'c{index}')}, {', '.join(quoted(words[field]) for field in told)})" for index, words in spread.items())
    told_columns = ", ".join(f'"{field}"' for field in told)
    kept = _listed(cells) + ", " if cells else ""
    columns = ", ".join(f"c{index}" for index in spread)
    nulls = not_blank = ""
    if table.unpivot.empty_cells == "missing":
        nulls = "include nulls "
        not_blank = f" and coalesce({', '.join(f'c{index}' for index in range(1, text.width + 1))}) is not null"
    return f"""
        with headers(_column, {told_columns}) as (values {values}),
        spread as (
            from (select _row, {quoted(text.sheet)} as _sheet, {kept} {columns} from {text.name} where {rows}{not_blank})
            unpivot {nulls}("{table.unpivot.value}" for _column in ({columns}))
        )
        select spread.* exclude (_column), {", ".join(f'headers."{field}"' for field in told)}
        from spread join headers using (_column)
        """
