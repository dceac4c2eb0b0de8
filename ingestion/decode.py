"""Text fields → typed, decoded, pseudonymised rows with every reason for which a row is refused, in one scan."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from ingestion import code_cells, legacy, normalise
from ingestion.code_cells import NEVER, CodeCell, CodeCells
from ingestion.codelists import code_attribute, unknown_code
from ingestion.contract import Contract
from ingestion.parsed_cells import PARSED, ParsedCells
from ingestion.record import NUMERIC, TEMPORAL, Field, Record
from ingestion.sql import quoted

SENT = "sent_text"
STACKED = "stacked_text"
JUDGED = "judged"
UNRECOGNISED = "_unrecognised"
FIRST_DAY, LAST_DAY = "date '1900-01-01'", "date '2100-12-31'"
"""Of any date: a Buddhist year where none is declared lies above, a Gregorian one where Buddhist years are below."""
MOST_IDENTIFIERS = 3_000_000
"""Beyond these a map of identifiers fills the memory."""


@dataclass(frozen=True)
class Decoder:
    """Writes the SQL that turns ``sent_text`` into ``judged`` for one contract and period.

    ``headers`` names the delivered fields and the heading of each.

    ``judged`` has the record's landed columns (codes as VARCHAR or ENUM), ``_sheet``, ``_row``, ``_cell`` (row of
    ``sent_text``), ``_in_scope`` (BOOLEAN), ``_reasons`` (VARCHAR[] of ``field:slug``) and ``_unrecognised``
    (VARCHAR[] of fields whose code fell to the unknown member).
    """

    con: duckdb.DuckDBPyConnection
    record: Record
    contract: Contract
    period: str
    headers: dict[str, str]

    def run(self) -> None:
        """Create temp table ``judged``."""
        delivered = [name for name in self.record.fields if name in self.headers]
        coded = [name for name in delivered if self.record.fields[name].type == "code"]
        parsed = [name for name in delivered if self.record.fields[name].type in PARSED]
        rows, distinct = self._count([name for name in self.record.identifiers if name in delivered])
        cells = CodeCells(self.con, self.record, self.contract, SENT, rows).read(coded)
        mapped = self._map_repeated_identifiers(rows, distinct)
        joins = " ".join(cell.join for cell in cells.values())
        joins += " ".join(f' left join map_{name} on map_{name}.raw = sent."{name}"' for name in mapped)
        landed = {name: f"map_{name}.pseudonym" if name in mapped else self._landed(name, name in delivered) for name in self.record.fields}
        landed |= {name: cell.code for name, cell in cells.items()}
        columns = ", ".join(f"{expression} as {self.record.landed_name(name)}" for name, expression in landed.items())
        for name in self.record.free_texts:
            text, score = (f"map_{name}.kept_text", f"map_{name}.score") if name in delivered else ("null::varchar", "null::double")
            columns += f", {text} as {name}_text, {score} as {name}_score"
        asked = {f"_text_{name}": f'"_text_{name}"' for name in parsed}
        for name, cell in cells.items():
            asked |= {f"_is_blank_{name}": cell.is_blank, f"_is_unknown_{name}": cell.is_unknown, f"_is_legacy_{name}": cell.is_legacy}
        hashed = [name for name in distinct if name not in mapped]
        source = ParsedCells(self.record, self.contract).query(SENT, [*parsed, *hashed])
        carried = "".join(f', {expression} as "{name}"' for name, expression in asked.items())
        unrecognised = self._list({name: cell.is_unknown for name, cell in cells.items()})
        self.con.execute(
            f"""
            create or replace temp table {JUDGED} as
            with typed as (
                select {columns}, {unrecognised} as {UNRECOGNISED}, _sheet, _row, _cell, _is_too_long{carried}
                from ({source}) as sent {joins}
            )
            select * exclude ({", ".join(f'"{name}"' for name in ("_is_too_long", *asked))}),
                {self._scope()} as _in_scope, {self._reasons(delivered, cells)} as _reasons
            from typed
            """
        )
        self._reject_duplicates()

    def _landed(self, name: str, delivered: bool) -> str:
        field = self.record.fields[name]
        if field.type == "status":
            measure = normalise.cleaned(f'sent."{field.of}"')
            return normalise.status(measure, self.contract) if field.of in self.headers else "'M'"
        if field.type == "code":
            unknown = unknown_code(field.codes)
            return "null::varchar" if unknown is None else f"{quoted(unknown)}::varchar"
        if not delivered:
            return f"null::{self.record.landed_columns[self.record.landed_name(name)]}"
        if field.type in PARSED:
            return ParsedCells(self.record, self.contract).landed(name)
        if field.type == "identifier":
            return normalise.identifier(f'"_text_{name}"')
        return normalise.cleaned(f'sent."{name}"')

    def _count(self, identifiers: list[str]) -> tuple[int, dict[str, int]]:
        """The rows sent, and about how many different cells each identifier has."""
        counts = "".join(f', approx_count_distinct("{name}")' for name in identifiers)
        rows, *distinct = self.con.execute(f"select count(*){counts} from {SENT}").fetchone()
        return rows, dict(zip(identifiers, distinct, strict=True))

    def _map_repeated_identifiers(self, rows: int, distinct: dict[str, int]) -> list[str]:
        """``map_<name>``: each distinct cell → its pseudonym, for the fields in which that saves half the hashing or more.

        A keyed hash costs as much as everything else that is done to a row.
        """
        chosen = [name for name, cells in distinct.items() if rows > code_cells.FEW_ROWS and cells < min(rows / 2, MOST_IDENTIFIERS)]
        for name in chosen:
            self.con.execute(
                f"""
                create or replace temp table map_{name} as
                select raw, {normalise.identifier("text")} as pseudonym
                from (select raw, {normalise.cleaned("raw")} as text from (select distinct "{name}" as raw from {SENT}))
                where raw is not null
                """
            )
        return chosen

    @staticmethod
    def _list(conditions: dict[str, str]) -> str:
        """The labels whose condition is true. Most rows meet none, so that is asked first, which builds no list."""
        conditions = {label: condition for label, condition in conditions.items() if condition != NEVER}
        if not conditions:
            return "[]::varchar[]"
        cases = ", ".join(f"case when {condition} then {quoted(label)} end" for label, condition in conditions.items())
        any_met = " or ".join(f"({condition})" for condition in conditions.values())
        return f"case when {any_met} then list_filter([{cases}], lambda label: label is not null) else []::varchar[] end"

    def _scope(self) -> str:
        scope = self.contract.scope
        return " or ".join(f"{field} is not distinct from {quoted(scope.code)}" for field in scope.fields) if scope else "true"

    def _reasons(self, delivered: list[str], cells: dict[str, CodeCell]) -> str:
        conditions = {f"{next(iter(self.headers))}:too_many_cells": "_is_too_long"}
        for name in delivered:
            conditions |= self._field_reasons(name, self.record.fields[name], cells.get(name))
        event = self.record.event_date
        if event and self.contract.coverage == "period":
            first = f"date '{self.period}-01'"
            span = {"yearly": "11 months", "quarterly": "2 months"}.get(self.contract.cadence, "0 months")
            conditions[f"{event}:outside_period"] = f"{event} < {first} - interval {quoted(span)} or {event} >= {first} + interval 1 month"
        for rule in self.record.rules:
            conditions[f"{rule.field}:{rule.slug}"] = rule.when
        return self._list(conditions | self._currency_reasons(delivered))

    def _field_reasons(self, name: str, field: Field, cell: CodeCell | None) -> dict[str, str]:
        landed = self.record.landed_name(name)
        found: dict[str, str] = {}
        if cell:
            return self._code_reasons(name, field, cell)
        text = f'"_text_{name}"' if field.type in PARSED else landed
        if field.required:
            found[f"{name}:missing_value"] = f"{text} is null"
        wrong = "not_a_date" if field.type in TEMPORAL else "not_a_number"
        if field.type in NUMERIC | TEMPORAL:
            found[f"{name}:{wrong}"] = f"{landed} is null and {text} is not null"
            if field.type in TEMPORAL:
                found[f"{name}:implausible_year"] = f"{landed} < {FIRST_DAY} or {landed} > {LAST_DAY}"
        elif field.type == "text":
            found[f"{name}:legacy_font"] = legacy.has_signs(landed)
        if field.minimum is not None:
            found[f"{name}:below_minimum"] = f"{landed} < {field.minimum!r}"
        if field.above is not None:
            found[f"{name}:below_minimum"] = f"{landed} <= {field.above!r}"
        if field.maximum is not None:
            found[f"{name}:above_maximum"] = f"{landed} > {field.maximum!r}"
        return found

    @staticmethod
    def _code_reasons(name: str, field: Field, cell: CodeCell) -> dict[str, str]:
        found = {f"{name}:missing_value": f'"_is_blank_{name}"'} if field.required else {}
        if cell.is_legacy != NEVER:
            found[f"{name}:legacy_font"] = f'"_is_legacy_{name}"'
        if cell.is_unknown != NEVER and (field.on_unrecognised == "reject" or unknown_code(field.codes) is None):
            found[f"{name}:unrecognised_code"] = f'"_is_unknown_{name}"'
        return found

    def _currency_reasons(self, delivered: list[str]) -> dict[str, str]:
        """Amounts and rates against the plausible range of their currency (DOMAIN: a mistag is a 200-fold error)."""
        found = {}
        for limits, least in ((self.record.currency_limits, "min_amount"), (self.record.currency_ceilings, None)):
            for amount, currency in limits.items():
                if {amount, currency} <= set(delivered):
                    lowest = _limit(currency, least) if least else "0"
                    found[f"{amount}:amount_implausible_for_currency"] = (
                        f"{amount} not between {lowest} and {_limit(currency, 'max_amount')}"
                    )
        for rate, (base, quote) in self.record.rate_limits.items():
            found[f"{rate}:rate_implausible_for_currency"] = (
                f"{quote} = 'LAK' and {rate} not between {_limit(base, 'min_lak_per_unit')} and {_limit(base, 'max_lak_per_unit')}"
            )
        return found

    def _reject_duplicates(self) -> None:
        """The first row of a key stays; later ones of the same file are rejected as duplicates.

        A key without its identifier repeats nothing: two returnees without a document are two persons.
        """
        if not self.record.key:
            return
        key = ", ".join(self.record.key)
        first = next(name for name in self.record.fields if self.record.landed_name(name) == self.record.key[0])
        self.con.execute(
            f"""
            create or replace temp table repeated as
            select {key}, min(_cell) as first_cell from {JUDGED}
            where len(_reasons) = 0 and _in_scope group by {key} having count(*) > 1
            """
        )
        if self.con.execute("select count(*) from repeated").fetchone()[0]:
            pseudonyms = {self.record.landed_name(name) for name in self.record.identifiers}
            equal = {name: "=" if name in pseudonyms else "is not distinct from" for name in self.record.key}
            same = " and ".join(f"repeated.{name} {sign} judged.{name}" for name, sign in equal.items())
            # By the place of the row: an update of a list that joins for itself reads all columns of all rows.
            self.con.execute(
                f"""
                update {JUDGED} set _reasons = ['{first}:duplicate_key'] where rowid in (
                    select judged.rowid from {JUDGED} as judged join repeated
                        on {same} and judged._cell > repeated.first_cell and len(judged._reasons) = 0 and judged._in_scope
                )
                """
            )


def _limit(currency: str, attribute: str) -> str:
    """The plausible limit for the currency in the column ``currency``; null for one that has none."""
    cases = " ".join(f"when {quoted(code)} then {value}" for code, value in code_attribute("currency", attribute).items())
    return f"(case {currency} {cases} end)"
