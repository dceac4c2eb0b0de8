"""Years of monthly deliveries: crossings whose persons come back, bank transfers, and the exchange rates these need.

Made by DuckDB SQL from nothing but the number of a row, so the same size gives the same files. A month has as many rows
whatever the history is long, so that nights upon a short and a long history differ in what is held and in nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb

from benchmarks.generate import AIRPORTS, ROWS_PER_DUPLICATE, ROWS_PER_WRONG_CELL, SPOKEN, hashed, headings, mark, once, picked
from ingestion.sql import quoted

TRANSFERS = "bol__bank_transfers"
RATES = "bol__exchange_rates"
MONTHS = 100
SHORT = 10
NEWEST = dt.date(2026, 10, 1)
"""The month that arrives in the night which is measured; the history ends with the month before."""
MONTHS_PER_RESUBMISSION = 20
CROSSINGS_SHARE = 0.8
TRIPS_PER_PERSON = 6
LAK_PER_UNIT = {"USD": 21_500.0, "THB": 650.0, "CNY": 2_970.0}
SEXES = ["F", "M", "F", "M", ""]
FOREIGNERS = ["Thailand", "VNM", "China", "FRA", "KOR", "ไทย"]
FILES_FORMAT = "(format csv, header, delimiter ',')"


def months(count: int = MONTHS) -> list[str]:
    """The last ``count`` months of the history, ``YYYY-MM``, oldest first."""
    return [_month(back) for back in range(count, 0, -1)]


def newest() -> str:
    return _month(0)


def deliveries(cache: Path, rows: int) -> Path:
    """A folder ``<extract>/<file>`` with the files of the whole history of so many rows, and of the month after it.

    A file whose name ends in ``_again`` is the same month sent once more, with other cells.
    """
    return once(cache, f"history_{rows}_{mark(Path(__file__).read_text())}", lambda folder: _write(folder, rows))


def files(cache: Path, rows: int, periods: list[str]) -> Iterator[Path]:
    """What senders delivered for these months, in the order in which it came."""
    folder = deliveries(cache, rows)
    for period in periods:
        for extract in (RATES, AIRPORTS, TRANSFERS):
            yield from sorted((folder / extract).glob(f"{period}*.csv"))


def _write(folder: Path, rows: int) -> None:
    folder.mkdir()
    all_months = [*months(), newest()]
    scratch = folder / "events.duckdb"
    with duckdb.connect(str(scratch), config={"memory_limit": "3GB", "temp_directory": str(folder / "spill")}) as con:
        con.execute(_crossing_events(int(rows * CROSSINGS_SHARE), len(all_months)))
        con.execute(_transfer_events(int(rows * (1 - CROSSINGS_SHARE)), len(all_months)))
        for number, period in enumerate(all_months):
            versions = ["", "_again"] if number % MONTHS_PER_RESUBMISSION == MONTHS_PER_RESUBMISSION // 2 else [""]
            for version in versions:
                _copy(con, _crossings(number, version), folder / AIRPORTS / f"{period}{version}.csv")
                _copy(con, _transfers(number, version), folder / TRANSFERS / f"{period}{version}.csv")
            _copy(con, _rates(period), folder / RATES / f"{period}.csv")
    scratch.unlink()


def _copy(con: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    con.execute(f"copy ({query}) to {quoted(str(path))} {FILES_FORMAT}")


def _crossing_events(rows: int, months: int) -> str:
    """A trip is an exit and an entry (for foreigners the reverse). A person's trips do not overlap: each has a slot of time,
    and every person's first slot begins at another moment; who is under way at the end of time is so at its beginning.

    Most trips are of days, some of weeks, one in ten of up to fourteen months; one scan in fifty was missed.
    """
    days = months * 30
    slot = days * 86_400 // TRIPS_PER_PERSON
    length = hashed("trip", "length", 1_000)
    share = hashed("trip", "share", 1_000)
    return f"""
        create table crossing_events as
        with trips as (
            select
                trip,
                trip // {TRIPS_PER_PERSON} as person,
                (trip % {TRIPS_PER_PERSON}) * {slot} + {hashed("trip", "start", slot // 8)} as begins,
                {share} * case when {length} < 700 then 300 when {length} < 900 then 3000 else {slot * 7 // 8_000} end as lasts
            from range({rows // 2}) as trips(trip)
        ),
        events as (
            select trip * 2 as i, person, begins as after, true as opens from trips
            union all
            select trip * 2 + 1, person, begins + 3600 + lasts, false from trips
        ),
        placed as (
            select *, (after + {hashed("person", "first", days * 86_400)}) % {days * 86_400} as second from events
        )
        select
            i, person, opens, timestamp '{_first(months)}' + to_seconds(second) as moment,
            second * {months} // {days * 86_400} as month
        from placed
        where {hashed("i", "missed", 50)} > 0
        order by moment
        """


def _transfer_events(rows: int, months: int) -> str:
    return f"create table transfer_events as select i, i * {months} // {rows} as month from range({rows}) as numbers(i)"


def _crossings(month: int, version: str) -> str:
    """The cells of one month's file; a month sent again has other purposes of travel and lacks one row in a thousand."""
    period = _month(MONTHS - month)
    wrong = f"i % {ROWS_PER_WRONG_CELL} = {ROWS_PER_WRONG_CELL // 2} and i // {ROWS_PER_WRONG_CELL} % 4 ="
    birth = f"date '1950-01-01' + {hashed('person', 'birth', 20_000)}::integer"
    lao = "person % 10 < 7"
    cells = {
        "crossed_at": f"case when {wrong} 0 then '31/31/2026' else strftime(moment_in_month, '%Y-%m-%d %H:%M:%S') end",
        "document_no": "'SYN' || lpad(person::varchar, 8, '0')",
        "birth_date": f"case when {wrong} 1 then '2090-01-01' else strftime({birth}, '%Y-%m-%d') end",
        "intended_days": f"case when {wrong} 2 then 'many' else {hashed('i', 'days', 90)}::varchar end",
        "direction": f"case when {wrong} 3 then 'sideways' when ({lao}) = opens then 'Departure' else 'Arrival' end",
        "nationality": f"case when {lao} then 'Lao' else {picked('nationality', 'person', FOREIGNERS)} end",
        "sex": picked("sex", "person", ["F", "M"]),
        "purpose": picked("purpose", f"i, '{version}'", SPOKEN["purpose"]),
        **{name: picked(name, "i", SPOKEN[name]) for name in ("point_of_entry", "document_type", "counterpart_country", "visa_class")},
    }
    listed = ", ".join(f'{cells[field]} as "{heading}"' for field, heading in headings(AIRPORTS).items())
    return f"""
        with sent as (
            -- months are thirty days long where events are made: the day is moved into the calendar's month
            select *, date '{period}-01' + ((epoch(moment)::bigint // 86400 + month * 7) % 28)::integer + moment::time as moment_in_month
            from crossing_events
            where month = {month} {"and i % 1000 <> 7" if version else ""}
        )
        select {listed} from sent
        union all
        select {listed} from sent where i % {ROWS_PER_DUPLICATE} = 1
        """


def _transfers(month: int, version: str) -> str:
    period = _month(MONTHS - month)
    wrong = f"i % {ROWS_PER_WRONG_CELL} = {ROWS_PER_WRONG_CELL // 2} and i // {ROWS_PER_WRONG_CELL} % 3 ="
    currency = picked("currency", "i", ["USD", "THB", "LAK"])
    usd = f"round(20 + {hashed('i', 'usd', 500_000)} / 100.0, 2)"
    rates = "".join(f" when '{name}' then {rate}" for name, rate in LAK_PER_UNIT.items())
    per_unit = f"case {currency} {rates} else 1 end"
    day = f"date '{period}-01' + {hashed('i', 'day', 28)}::integer"
    cells = {
        "sent_on": f"case when {wrong} 0 then '2026-02-31' else strftime({day}, '%Y-%m-%d') end",
        "provider": picked("provider", "i", [f"Sample Bank {letter}" for letter in "ABCDEF"]),
        "direction": f"case when {wrong} 1 then 'sideways' else {picked('direction', 'i', ['Inward', 'Inward', 'Outward'])} end",
        "corridor_country": picked("corridor", "i", ["Thailand", "THA", "USA", "KOR", "Japan", "FRA"]),
        "province": picked("province", "i", ["Vientiane Capital", "Savannakhet", "Champasack", "Luang Prabang"]),
        "sender_sex": picked("sender", "i", SEXES),
        "receiver_sex": picked("receiver", "i", SEXES),
        "amount": f"case when {wrong} 2 then 'much' else round({usd} * {LAK_PER_UNIT['USD']} / ({per_unit}), 2)::varchar end",
        "currency": currency,
        "fee": f"round({usd} * {LAK_PER_UNIT['USD']} / ({per_unit}) * {'0.03' if version else '0.02'}, 2)",
        "fee_currency": currency,
        "fx_rate_applied": f"round(({per_unit}) * 0.99, 4)",
    }
    listed = ", ".join(f'{cells[field]} as "{heading}"' for field, heading in headings(TRANSFERS).items() if field in cells)
    return f"select {listed} from transfer_events where month = {month}"


def _rates(period: str) -> str:
    rates = ", ".join(f"('{name}', {rate})" for name, rate in LAK_PER_UNIT.items())
    return f"""
        select day::date as date, currency, round(rate * (1 + {hashed("day", "rate", 10_000)} / 1e6), 2) as lak_per_unit
        from generate_series(date '{period}-01', last_day(date '{period}-01'), interval 1 day) as days(day)
        cross join (values {rates}) as rates(currency, rate)
        """


def _month(back: int) -> str:
    number = NEWEST.year * 12 + NEWEST.month - 1 - back
    return f"{number // 12}-{number % 12 + 1:02}"


def _first(months: int) -> str:
    return f"{_month(months - 1)}-01"
