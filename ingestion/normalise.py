"""Cells as text → typed values: SQL expressions that DuckDB evaluates in its scan, no loop over rows."""

from __future__ import annotations

import re

from ingestion.contract import Column, Contract, Numbers
from ingestion.fold import ASCII_DIGITS, DIGITS
from ingestion.period import BUDDHIST_OFFSET
from ingestion.record import LANDED_TYPE, Field
from ingestion.sql import quoted

ISO_DATE = ["%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]
BLANKS = " \t\r\n\u00a0\u200b\ufeff"
EXCEL_EPOCH = "date '1899-12-30'"


def cleaned(cell: str) -> str:
    """The cell without surrounding (also non-breaking) blanks; null when nothing is left.

    Trimming decodes every character, so a cell of ASCII alone that begins and ends with none is passed by.
    """
    clean = f"{_is_ascii(cell)} and ascii({cell}) > 32 and right({cell}, 1) > ' '"
    return f"case when {clean} then {cell} else nullif(trim({cell}, '{BLANKS}'), '') end"


def ascii_digits(cell: str) -> str:
    """Lao and Thai digits as ASCII digits."""
    return f"(case when {_is_ascii(cell)} then {cell} else translate({cell}, '{DIGITS}', '{ASCII_DIGITS}') end)"


def without_marks(cell: str, contract: Contract) -> str:
    """A numeric cell in which a missing mark is nil (0) or null, as the contract declares."""
    if not contract.missing_marks:
        return cell
    cases = " ".join(
        f"when {cell} = {quoted(mark)} then {quoted('0') if meaning == 'nil' else 'null'}"
        for mark, meaning in contract.missing_marks.items()
    )
    return f"case {cases} else {cell} end"


def number(cell: str, field: Field, column: Column, numbers: Numbers) -> str:
    """A number in the declared notation; null where it is not one."""
    return typed_number(number_value(cell, column, numbers), cell, field, column, numbers)


def number_value(cell: str, column: Column, numbers: Numbers, tried: str | None = None) -> str:
    """A number in the declared notation as DOUBLE; null where it is not one.

    Args:
        tried: what was tried before, where the cell may be a number as it was sent.

    With a decimal comma ``1.234`` must not be taken for a little more than one, so grouping is matched
    before anything is removed.
    """
    group, point = numbers.thousands, numbers.decimal
    grouped = rf"\d{{1,3}}([{_escaped(group)}]\d{{3}})+" if group else r"\d+"
    shape = rf"[+-]?({grouped}|\d+)([{_escaped(point)}]\d+)?"
    digits = ascii_digits(cell)
    plain = f"replace({digits}, {quoted(group)}, '')" if group else digits
    plain = f"replace({plain}, ',', '.')" if point == "," else plain
    careful = f"case when regexp_full_match({digits}, {quoted(shape)}) then try_cast({plain} as double) end"
    # A number of a workbook comes with an exponent (see the reader): its dot is a decimal one, whatever is declared.
    marked = f"case when regexp_full_match({cell}, '-?[0-9]+[.][0-9]+e0') then try_cast({cell} as double) else {careful} end"
    value = f"coalesce({tried or 'null'}, try_cast({cell} as double), {careful})" if point == "." else marked
    if column.scale:
        value = f"({value}) * {column.scale!r}"
    if column.calendar == "buddhist":
        value = f"({value}) - {BUDDHIST_OFFSET}"
    return value


def typed_number(value: str, cell: str, field: Field, column: Column, numbers: Numbers) -> str:
    """The value of a cell in the type that it lands as; null where that cannot hold it."""
    if field.type == "integer":
        return f"case when ({value}) = round({value}) then try_cast({value} as bigint) end"
    if field.type == "decimal" and numbers.decimal == "." and not column.scale:
        return f"coalesce(try_cast({cell} as decimal(18,2)), try_cast({value} as decimal(18,2)))"
    return f"case when isfinite({value}) then try_cast({value} as {LANDED_TYPE[field.type]}) end"


def moment(cell: str, field: Field, column: Column, in_workbook: bool = False) -> str:
    """A date or timestamp in one of the declared formats, its digits ASCII; null where it fits none.

    Beyond strptime's codes a format may be ``quarter`` (2015Q4 → first day), ``roman_quarter`` (IV/2015),
    ``excel`` (serial day number). Cells that are dates in a workbook come as ISO dates, whatever format is declared
    for those that are text.
    A Buddhist year is put back by 543 before parsing, because 29 February falls in different years.
    """
    return f"try_cast({_moment(cell, column.format or ISO_DATE, column, in_workbook)} as {LANDED_TYPE[field.type]})"


def _moment(digits: str, formats: list[str], column: Column, in_workbook: bool) -> str:
    if column.calendar == "buddhist":
        year = f"regexp_extract({digits}, '[0-9]{{4}}')"
        digits = f"replace({digits}, {year}, (try_cast({year} as integer) - {BUDDHIST_OFFSET})::varchar)"
    parsed = []
    plain = [name for name in formats if "%" in name]
    if in_workbook and column.format:
        declared = _parsed(digits, plain) if plain else "null"
        # Told apart by the dash, because a format that fails costs ten times one that fits.
        parsed.append(f"case when {digits}[5] = '-' then {_parsed(digits, [*plain, *ISO_DATE])} else {declared} end")
    elif plain:
        parsed.append(_parsed(digits, plain))
    if "quarter" in formats:
        year, quarter = (f"try_cast(regexp_extract({digits}, '([0-9]{{4}}) ?-?Q([1-4])', {group}) as integer)" for group in (1, 2))
        parsed.append(f"make_date({year}, {quarter} * 3 - 2, 1)::timestamp")
    if "roman_quarter" in formats:
        numeral, year = (f"regexp_extract({digits}, '^(IV|I{{1,3}}) ?/ ?([0-9]{{4}})$', {group})" for group in (1, 2))
        quarter = f"nullif(list_position(['I', 'II', 'III', 'IV'], {numeral}), 0)"
        parsed.append(f"make_date(try_cast({year} as integer), {quarter} * 3 - 2, 1)::timestamp")
    if "excel" in formats:
        parsed.append(f"({EXCEL_EPOCH} + try_cast(try_cast({digits} as double) as integer))::timestamp")
    return f"coalesce({', '.join(parsed)})"


def status(cell: str, contract: Contract) -> str:
    """SDMX observation status of a measure: the mark's own, M where empty, else A (normal)."""
    cases = [f"when {cell} is null then 'M'"]
    cases += [
        f"when {cell} = {quoted(mark)} then {quoted('A' if meaning == 'nil' else meaning)}"
        for mark, meaning in contract.missing_marks.items()
    ]
    return f"case {' '.join(cases)} else 'A' end"


def identifier(cell: str, pseudonym: str = "pseudonym") -> str:
    """The keyed pseudonym of an identifier, the same however its writer spaced it; ``pseudonym`` is the macro of the key."""
    bare = f"nullif(regexp_replace(upper({ascii_digits(cell)}), '[^0-9A-Z\\p{{Lao}}]', '', 'g'), '')"
    return f"{pseudonym}(case when regexp_full_match({cell}, '[0-9A-Z]+') then {cell} else {bare} end)"


def _parsed(cell: str, formats: list[str]) -> str:
    """The first format that fits. A format that fails costs ten times one that fits, so ISO's are tried on cells with a T."""
    listed = ", ".join(map(quoted, formats))
    without_t = ", ".join(quoted(name) for name in formats if "T" not in re.sub("%.", "", name))
    whole = f"try_strptime({cell}, [{listed}])"
    if without_t in ("", listed):
        return whole
    return f"case when contains({cell}, 'T') then {whole} else try_strptime({cell}, [{without_t}]) end"


def _is_ascii(cell: str) -> str:
    return f"strlen({cell}) = length({cell})"


def _escaped(mark: str) -> str:
    return "\\" + mark if mark in ".-]^\\" else mark
