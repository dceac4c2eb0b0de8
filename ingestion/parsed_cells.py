"""Cells that are parsed (numbers, dates, yes or no): tried as they stand, and cleaned only where that fails.

Each step is a column of a query upon which the next is built, named after it. Written one into another the steps
repeat each other many times over, and to plan such a statement takes longer than to land a small file.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingestion import normalise
from ingestion.contract import Column, Contract, Numbers
from ingestion.record import NUMERIC, TEMPORAL, Record

PARSED = NUMERIC | TEMPORAL | {"boolean"}


@dataclass(frozen=True)
class ParsedCells:
    """The SQL of one file's cells; its columns are null in a row where the step was not needed or found nothing."""

    record: Record
    contract: Contract

    def query(self, sent: str, names: list[str]) -> str:
        """The rows of ``sent`` with two more columns for each of the fields ``names``.

        ``_text_<field>``: what stands in the cell, null where it is blank or marked as missing. ``_value_<field>``: what that
        says, a DOUBLE for a number; it is not there for an identifier.
        """
        first = {f"_first_{name}": tried for name in names if (tried := self._first(name))}
        clean = {f"_clean_{name}": self._clean(name) for name in names}
        texts = {f"_text_{name}": self._text(name) for name in names}
        values = {f"_value_{name}": value for name in names if (value := self._value(name))}
        query = f"from {sent} where _is_filled"
        for step in (first, clean, texts, values):
            listed = "".join(f', {expression} as "{name}"' for name, expression in step.items())
            query = f"select *{listed} from ({query})"
        return query

    def landed(self, name: str) -> str:
        """What the cell lands as."""
        field, column = self.record.fields[name], self._column(name)
        if field.type in NUMERIC:
            return normalise.typed_number(f'"_value_{name}"', f'"_text_{name}"', field, column, self._numbers(name))
        return f'"_value_{name}"'

    def _column(self, name: str) -> Column:
        return self.contract.columns.get(name) or Column(constant="")

    def _numbers(self, name: str) -> Numbers:
        return self._column(name).number or self.contract.numbers

    def _first(self, name: str) -> str | None:
        field = self.record.fields[name]
        if field.type in TEMPORAL:
            return normalise.moment(f'"{name}"', field, self._column(name), self.contract.file.kind == "excel")
        # With a decimal comma, or where a number may be a mark, a cell is no number as it stands.
        is_plain = field.type in NUMERIC and self._numbers(name).decimal == "." and not self.contract.missing_marks
        return f'try_cast("{name}" as double)' if is_plain else None

    def _clean(self, name: str) -> str:
        clean = normalise.cleaned(f'"{name}"')
        return f'case when "_first_{name}" is null then {clean} else "{name}" end' if self._first(name) else clean

    def _text(self, name: str) -> str:
        field, clean = self.record.fields[name], f'"_clean_{name}"'
        if field.type in NUMERIC:
            return normalise.without_marks(clean, self.contract)
        if field.type in TEMPORAL:
            return f'case when "_first_{name}" is null then {normalise.ascii_digits(clean)} else {clean} end'
        return clean

    def _value(self, name: str) -> str | None:
        field, column, text = self.record.fields[name], self._column(name), f'"_text_{name}"'
        if field.type in TEMPORAL:
            return f'coalesce("_first_{name}", {normalise.moment(text, field, column, self.contract.file.kind == "excel")})'
        if field.type == "boolean":
            return f"try_cast({text} as boolean)"
        if field.type in NUMERIC:
            return normalise.number_value(text, column, self._numbers(name), f'"_first_{name}"' if self._first(name) else None)
        return None
