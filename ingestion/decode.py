"""Text fields → typed, decoded, pseudonymised rows with every reason for which a row is refused, in one scan."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from ingestion import legacy, normalise
from ingestion.codelists import code_attribute, load_code_list, load_spellings, unknown_code
from ingestion.contract import Column, Contract
from ingestion.fold import fold_all
from ingestion.free_text import settle_free_text
from ingestion.record import NUMERIC, TEMPORAL, Field, Record
from ingestion.sql import quoted

SENT = "sent_text"
STACKED = "stacked_text"
JUDGED = "judged"
UNRECOGNISED = "_unrecognised"
PARSED = NUMERIC | TEMPORAL | {"boolean"}
FIRST_DAY, LAST_DAY = "date '1900-01-01'", "date '2100-12-31'"
"""Of any date: a Buddhist year where none is declared lies above, a Gregorian one where Buddhist years are below."""
FEW_ROWS, MOST_IDENTIFIERS = 10_000, 3_000_000
"""Between these a map of identifiers pays: below, its statement costs more than it saves; above, it fills the memory."""


@dataclass(frozen=True)
class Decoder:
    """Writes the SQL that turns ``sent_text`` into ``judged`` for one contract and period.

    ``headers`` names the delivered fields and the heading of each.

    ``judged`` has the record's landed columns, ``_sheet``, ``_row``, ``_cell`` (row of ``sent_text``), ``_in_scope`` (BOOLEAN),
    ``_reasons`` (VARCHAR[] of ``field:slug``) and ``_unrecognised`` (VARCHAR[] of fields whose code fell
    to the unknown member).
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
        within = {name: parent for name in coded if (parent := self.record.fields[name].within) in coded}
        self._map_codes([name for name in coded if name not in within])
        for name, parent in within.items():
            self._map_codes_within(name, parent)
        mapped = self._map_repeated_identifiers([name for name in self.record.identifiers if name in delivered])
        joins = " ".join(
            f'left join map_{name} on map_{name}.raw = sent."{name}" and map_{name}.parent is not distinct from sent."{within[name]}"'
            if name in within
            else f'left join {self._map(name)} on map_{name}.raw = sent."{name}"'
            for name in coded
        )
        joins += " ".join(f' left join map_{name} on map_{name}.raw = sent."{name}"' for name in mapped)
        landed = {name: f"map_{name}.pseudonym" if name in mapped else self._landed(name, name in delivered) for name in self.record.fields}
        columns = ", ".join(f"{expression} as {self.record.landed_name(name)}" for name, expression in landed.items())
        for name in self.record.free_texts:
            text, score = (f"map_{name}.kept_text", f"map_{name}.score") if name in delivered else ("null::varchar", "null::double")
            columns += f", {text} as {name}_text, {score} as {name}_score"
        asked = {f"_raw_{name}": f'sent."{name}"' for name in parsed}
        asked |= {f"_text_{name}": f"map_{name}.text" for name in coded} | {f"_legacy_{name}": f"map_{name}.is_legacy" for name in coded}
        carried = "".join(f', {expression} as "{name}"' for name, expression in asked.items())
        unrecognised = self._list({name: f"map_{name}.text is not null and map_{name}.code is null" for name in coded})
        self.con.execute(
            f"""
            create or replace temp table {JUDGED} as
            with typed as (
                select {columns}, {unrecognised} as {UNRECOGNISED}, _sheet, _row, _cell, _is_too_long{carried}
                from {SENT} as sent {joins} where _is_filled
            )
            select * exclude ({", ".join(f'"{name}"' for name in ("_is_too_long", *asked))}),
                {self._scope()} as _in_scope, {self._reasons(delivered)} as _reasons
            from typed
            """
        )
        self._reject_duplicates()

    def _column(self, name: str) -> Column:
        return self.contract.columns.get(name) or Column(constant="")

    def _text(self, name: str, cell: str) -> str:
        """What stands in a cell that is no code: null where it is blank or marked as missing."""
        text = normalise.cleaned(cell)
        return normalise.without_marks(text, self.contract) if self.record.fields[name].type in NUMERIC else text

    def _landed(self, name: str, delivered: bool) -> str:
        field, column, cell = self.record.fields[name], self._column(name), f'sent."{name}"'
        if field.type == "status":
            measure = normalise.cleaned(f'sent."{field.of}"')
            return normalise.status(measure, self.contract) if field.of in self.headers else "'M'"
        if field.type == "code":
            unknown = unknown_code(field.codes)
            fallback = quoted(unknown) if unknown is not None else "null"
            return f"coalesce(map_{name}.code, {fallback})" if delivered else f"{fallback}::varchar"
        if not delivered:
            return f"null::{self.record.landed_columns[self.record.landed_name(name)]}"
        if field.type in NUMERIC:
            raw = "null" if self.contract.missing_marks else cell
            return normalise.number(self._text(name, cell), field, column, column.number or self.contract.numbers, raw)
        if field.type in TEMPORAL:
            return normalise.moment(cell, field, column, self.contract.file.kind == "excel")
        if field.type == "identifier":
            return normalise.identifier(normalise.cleaned(cell))
        if field.type == "boolean":
            return f"try_cast({normalise.cleaned(cell)} as boolean)"
        return normalise.cleaned(cell)

    def _map_repeated_identifiers(self, names: list[str]) -> list[str]:
        """``map_<name>``: each distinct cell → its pseudonym, for the fields in which that saves half the hashing or more.

        A keyed hash costs as much as everything else that is done to a row.
        """
        if not names:
            return []
        counts = ", ".join(f'approx_count_distinct("{name}")' for name in names)
        rows, *distinct = self.con.execute(f"select count(*), {counts} from {SENT}").fetchone()
        chosen = [name for name, cells in zip(names, distinct, strict=True) if rows > FEW_ROWS and cells < min(rows / 2, MOST_IDENTIFIERS)]
        for name in chosen:
            self.con.execute(
                f"""
                create or replace temp table map_{name} as
                select raw, {normalise.identifier(normalise.cleaned("raw"))} as pseudonym
                from (select distinct "{name}" as raw from {SENT}) where raw is not null
                """
            )
        return chosen

    def _map_codes(self, names: list[str]) -> None:
        """``map_codes``: each distinct cell of each field → its text and code; the contract's own spellings win.

        One statement for all fields, because each statement that folds costs 2 ms, however few its rows.
        """
        if not names:
            return
        cells = " union all ".join(f'select distinct {quoted(name)} as field, "{name}" as raw from {SENT}' for name in names)
        lists = {name: load_code_list(self.con, self.record.fields[name].codes) for name in names}
        listed = " union all ".join(f"select {quoted(name)} as field, key, code from {table}" for name, table in lists.items())
        self.con.execute(
            f"""
            create or replace temp table map_codes as
            with spelling as (
                select field, raw, {normalise.cleaned("raw")} as text, fold(text) as key from ({cells}) where raw is not null
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
                settle_free_text(self.con, name, self.record.fields[name].codes, SENT)

    @staticmethod
    def _map(name: str) -> str:
        return f"(from map_codes where field = {quoted(name)}) as map_{name}"

    def _map_codes_within(self, name: str, parent: str) -> None:
        """As ``map_codes`` for names that are unique only inside their parent (districts in a province)."""
        spelled = load_spellings(self.con, self.record.fields[name].codes)
        self.con.execute(
            f"""
            create or replace temp table map_{name} as
            with spelling as (
                select raw, parent, {normalise.cleaned("raw")} as text, fold(text) as key
                from (select distinct "{name}" as raw, "{parent}" as parent from {SENT}) where raw is not null
            )
            select spelling.raw, spelling.parent, spelling.text, {quoted(name)} as field, false as is_legacy,
                case when count(distinct spelled.code) = 1 then any_value(spelled.code) end as code
            from spelling
            left join {self._map(parent)} on map_{parent}.raw = spelling.parent
            left join {spelled} as spelled
                on spelled.key = spelling.key and (map_{parent}.code is null or starts_with(spelled.code, map_{parent}.code))
            group by all
            """
        )
        legacy.mark_legacy(self.con, f"map_{name}", {name: spelled})

    def _own_codes(self, names: list[str]) -> str:
        own = [(name, spelling, code) for name in names for spelling, code in self._column(name).codes.items()]
        if not own:
            return "select null::varchar as field, null::varchar as key, null::varchar as code where false"
        keys = fold_all(self.con, [spelling for _name, spelling, _code in own])
        rows = {(name, key): code for (name, _spelling, code), key in zip(own, keys, strict=True)}
        values = ", ".join(f"({quoted(name)}, {quoted(key)}, {quoted(code)})" for (name, key), code in rows.items())
        return f"select field, key, code from (values {values}) as own(field, key, code)"

    @staticmethod
    def _list(conditions: dict[str, str]) -> str:
        """The labels whose condition is true. Most rows meet none, so that is asked first, which builds no list."""
        if not conditions:
            return "[]::varchar[]"
        cases = ", ".join(f"case when {condition} then {quoted(label)} end" for label, condition in conditions.items())
        any_met = " or ".join(f"({condition})" for condition in conditions.values())
        return f"case when {any_met} then list_filter([{cases}], lambda label: label is not null) else []::varchar[] end"

    def _scope(self) -> str:
        scope = self.contract.scope
        return " or ".join(f"{field} is not distinct from {quoted(scope.code)}" for field in scope.fields) if scope else "true"

    def _reasons(self, delivered: list[str]) -> str:
        conditions = {f"{next(iter(self.headers))}:too_many_cells": "_is_too_long"}
        for name in delivered:
            conditions |= self._field_reasons(name, self.record.fields[name])
        event = self.record.event_date
        if event and self.contract.coverage == "period":
            first = f"date '{self.period}-01'"
            span = {"yearly": "11 months", "quarterly": "2 months"}.get(self.contract.cadence, "0 months")
            conditions[f"{event}:outside_period"] = f"{event} < {first} - interval {quoted(span)} or {event} >= {first} + interval 1 month"
        for rule in self.record.rules:
            conditions[f"{rule.field}:{rule.slug}"] = rule.when
        return self._list(conditions | self._currency_reasons(delivered))

    def _field_reasons(self, name: str, field: Field) -> dict[str, str]:
        landed = self.record.landed_name(name)
        found: dict[str, str] = {}
        text = f'"_text_{name}"' if field.type == "code" else landed
        if field.type in PARSED:
            text = self._text(name, f'"_raw_{name}"')
        if field.required:
            # The text is asked only of cells that gave no value, because to clean a cell costs more than to read it.
            found[f"{name}:missing_value"] = f"{landed} is null and {text} is null" if field.type in PARSED else f"{text} is null"
        wrong = {"code": "unrecognised_code", "date": "not_a_date", "timestamp": "not_a_date"}.get(field.type, "not_a_number")
        if field.type in NUMERIC | TEMPORAL:
            found[f"{name}:{wrong}"] = f"{landed} is null and {text} is not null"
            if field.type in TEMPORAL:
                found[f"{name}:implausible_year"] = f"{landed} < {FIRST_DAY} or {landed} > {LAST_DAY}"
        elif field.type == "text":
            found[f"{name}:legacy_font"] = legacy.has_signs(landed)
        elif field.type == "code":
            # Only a spelling that no list knows can be one, so most rows are asked no more than whether there is any.
            found[f"{name}:legacy_font"] = f'len({UNRECOGNISED}) > 0 and "_legacy_{name}"'
            if field.on_unrecognised == "reject" or unknown_code(field.codes) is None:
                found[f"{name}:{wrong}"] = f"{text} is not null and list_contains({UNRECOGNISED}, {quoted(name)})"
        if field.minimum is not None:
            found[f"{name}:below_minimum"] = f"{landed} < {field.minimum!r}"
        if field.above is not None:
            found[f"{name}:below_minimum"] = f"{landed} <= {field.above!r}"
        if field.maximum is not None:
            found[f"{name}:above_maximum"] = f"{landed} > {field.maximum!r}"
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
            same = " and ".join(f"repeated.{name} {sign} {JUDGED}.{name}" for name, sign in equal.items())
            self.con.execute(
                f"update {JUDGED} set _reasons = ['{first}:duplicate_key'] from repeated "
                f"where {same} and len(_reasons) = 0 and _in_scope "
                f"and {JUDGED}._cell > repeated.first_cell"
            )


def _limit(currency: str, attribute: str) -> str:
    """The plausible limit for the currency in the column ``currency``; null for one that has none."""
    cases = " ".join(f"when {quoted(code)} then {value}" for code, value in code_attribute("currency", attribute).items())
    return f"(case {currency} {cases} end)"
