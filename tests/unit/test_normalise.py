"""Cells as people write them → values: dates, numbers, codes. Wrong shapes become null, never a guess."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion import normalise
from ingestion.codelists import load_code_list
from ingestion.contract import Column, Numbers
from ingestion.fold import load_fold
from ingestion.record import Field

LAO, THAI = "໐໑໒໓໔໕໖໗໘໙", "๐๑๒๓๔๕๖๗๘๙"
DATE = Field(type="date", description="")
DECIMAL = Field(type="decimal", description="")
LAO_NUMBERS = Numbers(decimal=",", thousands=".")


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        load_fold(made)
        yield made


def evaluate(con: duckdb.DuckDBPyConnection, expression: str, cell: str) -> object:
    return con.execute(f"select {expression} from (select $1::varchar as cell)", [cell]).fetchone()[0]


def in_digits(text: str, digits: str) -> str:
    return text.translate(str.maketrans("0123456789", digits))


@given(day=st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)), digits=st.sampled_from([LAO, THAI, "0123456789"]))
def test_every_day_is_read_back_in_either_calendar_and_any_digits(con: duckdb.DuckDBPyConnection, day: dt.date, digits: str) -> None:
    cell = normalise.ascii_digits("cell")
    gregorian = normalise.moment(cell, DATE, Column(header=["x"], format=["%d/%m/%Y"]))
    buddhist = normalise.moment(cell, DATE, Column(header=["x"], format=["%d/%m/%Y"], calendar="buddhist"))
    written = f"{day.day:02d}/{day.month:02d}/"
    assert evaluate(con, gregorian, in_digits(f"{written}{day.year}", digits)) == day
    assert evaluate(con, buddhist, in_digits(f"{written}{day.year + 543}", digits)) == day


@pytest.mark.parametrize(("cell", "day"), [("29/02/2567", dt.date(2024, 2, 29)), ("29/02/2566", None)])
def test_leap_days_are_those_of_the_gregorian_year(con: duckdb.DuckDBPyConnection, cell: str, day: dt.date | None) -> None:
    assert evaluate(con, normalise.moment("cell", DATE, Column(header=["x"], format=["%d/%m/%Y"], calendar="buddhist")), cell) == day


@given(amount=st.decimals(0, 10**12, places=2), digits=st.sampled_from([LAO, "0123456789"]))
def test_an_amount_is_read_back_in_both_notations(con: duckdb.DuckDBPyConnection, amount, digits: str) -> None:
    english = f"{amount:,.2f}"
    lao = english.translate(str.maketrans(",.", ".,"))
    assert evaluate(con, normalise.number("cell", DECIMAL, Column(header=["x"]), Numbers()), in_digits(english, digits)) == amount
    assert evaluate(con, normalise.number("cell", DECIMAL, Column(header=["x"]), LAO_NUMBERS), in_digits(lao, digits)) == amount


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [("1,23", Numbers()), ("1.234.5", LAO_NUMBERS), ("1,234.50", LAO_NUMBERS), ("nan", Numbers()), ("12 kg", Numbers())],
)
def test_what_fits_no_notation_is_no_number(con: duckdb.DuckDBPyConnection, cell: str, numbers: Numbers) -> None:
    assert evaluate(con, normalise.number("cell", DECIMAL, Column(header=["x"]), numbers), cell) is None


def test_a_dot_before_three_digits_is_what_the_contract_says(con: duckdb.DuckDBPyConnection) -> None:
    assert float(evaluate(con, normalise.number("cell", DECIMAL, Column(header=["x"]), LAO_NUMBERS), "1.234")) == 1234
    assert float(evaluate(con, normalise.number("cell", DECIMAL, Column(header=["x"], scale=1e6), Numbers()), "1.5")) == 1_500_000


@pytest.mark.parametrize(
    ("one", "other"),
    [("ນ້ຳບາກ", "ນໍ້າບາກ"), ("ຫຼວງພະບາງ", "ຫລວງພະບາງ"), ("ໜອງບົກ", "ຫນອງບົກ"), ("  Xaysetha ", "xaysetha"), ("ບ້ານ\u200b໑໒", "ບ້ານ12")],
)
def test_spellings_of_one_word_fold_alike(con: duckdb.DuckDBPyConnection, one: str, other: str) -> None:
    assert evaluate(con, "fold(cell)", one) == evaluate(con, "fold(cell)", other)


@pytest.mark.parametrize(
    ("code_list", "written", "code"),
    [
        ("province", "Xayabury", "LA08"), ("province", "ໄຊຍະບູລີ", "LA08"), ("province", "ແຂວງວຽງຈັນ", "LA10"),
        ("province", "Vientiane Prefecture", "LA01"), ("province", "Vientiane", None), ("sex", "ຍິງ", "female"), ("sex", "1", "male"),
        ("country", "อเมริกัน", "USA"), ("country", "Lao PDR", "LAO"), ("country", "Viet Nam", "VNM"),
        ("country", "South-Eastern Asia", None), ("age_group", " 15-19", "Y15T19"), ("age_group", "75+", "Y_GE75"),
    ],
)  # fmt: skip
def test_codes_are_found_however_senders_write_them(con: duckdb.DuckDBPyConnection, code_list: str, written: str, code: str | None) -> None:
    table = load_code_list(con, code_list)
    found = con.execute(f"select any_value(code) from {table} where key = fold(?)", [written]).fetchone()[0]
    assert found == code
