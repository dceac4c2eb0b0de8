"""Text as senders save and type it: encodings, digits, calendars, numbers, orders of marks, fonts from before Unicode."""

from __future__ import annotations

import datetime as dt
import io

import duckdb
import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from ingestion.fold import LAO_MARKS, THAI_MARKS, load_fold
from ingestion.paths import DataRoot
from tests.deliver import landed_rows, quarantined
from tests.messy import crossings, population, send, transfers

HEADER = "time,direction,number,nationality,sex,birth,days"
ROW = "05/03/2026,exit,SYN1,ລາວ,ຍິງ,01/05/1990,30"


def test_lao_thai_and_ascii_digits_mix_in_one_cell(root: DataRoot) -> None:
    row = "໐5/໐๓/2໐๒6,exit,SYN໑๒3,ລາວ,ຍິງ,๐๑/05/໑໙໙໐,1໕"
    send(root, crossings(), f"{HEADER}\n{row}\n05/03/2026,entry,SYN123,ໄທ,F,01/05/1990,๓๐\n")
    rows = landed_rows(root, "border_crossing", "crossed_at, birth_date, intended_days, person_key")
    assert [row[:3] for row in rows] == [
        (dt.datetime(2026, 3, 5), dt.date(1990, 5, 1), 15),
        (dt.datetime(2026, 3, 5), dt.date(1990, 5, 1), 30),
    ]
    assert rows[0][3] == rows[1][3]


def test_one_word_in_two_orders_of_the_same_marks_is_one_word_in_headings_and_codes(root: DataRoot) -> None:
    agreed = crossings({"nationality": {"header": ["ສັນຊາດຜູ້ເດີນທາງ"]}, "intended_days": {"header": ["ຈຳນວນມື້ ນ້ຳ"]}})
    headings = HEADER.replace("nationality", "ສັນຊາດຜູ້ເດີນທາງ\u200b").replace("days", "ຈໍານວນມ້ື\u00a0 ນໍ້າ")
    assert headings != HEADER
    done = send(root, agreed, f"{headings}\n{ROW.replace('ລາວ', 'ກໍາປູເຈຍ').replace('ຍິງ', 'ຜູ້ຍິງ')}\n")
    assert (done.outcome, done.unrecognised) == ("landed", {})
    assert landed_rows(root, "border_crossing", "nationality, sex") == [("KHM", "female")]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("cp874", "cp874"), ("tis-620", "cp874"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-16-be", "utf-16-be")],
)
def test_a_declared_encoding_is_read(root: DataRoot, encoding: str, declared: str) -> None:
    words = ("ไทย", "หญิง") if encoding in ("cp874", "tis-620") else ("ລາວ", "ຍິງ")
    text = f"{HEADER}\n{ROW.replace('ລາວ', words[0]).replace('ຍິງ', words[1])}\n"
    assert send(root, crossings(file={"kind": "csv", "encoding": declared}), text.encode(encoding)).outcome == "landed"
    assert landed_rows(root, "border_crossing", "nationality, sex") == [("THA" if words[0] == "ไทย" else "LAO", "female")]


def test_unicode_text_as_excel_saves_it_has_tabs_and_a_byte_order_mark(root: DataRoot) -> None:
    text = "\r\n".join([HEADER, ROW, ""]).replace(",", "\t")
    assert send(root, crossings(file={"kind": "csv", "encoding": "utf-16", "delimiter": "\t"}), text.encode("utf-16")).rows_accepted == 1


@pytest.mark.parametrize(
    ("encoding", "declared", "said"),
    [
        ("cp874", "utf-8", "does not fit"),
        ("utf-16", "utf-8", "marked as utf-16"),
        ("utf-8-sig", "cp874", "marked as utf-8"),
        ("utf-8", "utf-16", "byte order mark"),
        ("utf-8", "cp874", "does not fit"),
    ],
)
def test_another_encoding_than_declared_is_refused_and_named(root: DataRoot, encoding: str, declared: str, said: str) -> None:
    text = f"{HEADER}\n{ROW.replace('ລາວ', 'ไทยใหญ่ ກ' if encoding != 'cp874' else 'ไทย').replace('ຍິງ', 'หญิง')}\n"
    done = send(root, crossings(file={"kind": "csv", "encoding": declared}), text.encode(encoding))
    assert done.outcome == "refused" and declared in done.reason and said in done.reason and done.remedy


def test_buddhist_years_in_a_column(root: DataRoot) -> None:
    columns = {"birth_date": {"header": ["birth"], "format": ["%d/%m/%Y"], "calendar": "buddhist"}}
    send(root, crossings(columns), f"{HEADER}\n{ROW.replace('1990', '๒๕๓๓')}\n{ROW.replace('SYN1', 'SYN2')}\n")
    assert landed_rows(root, "border_crossing", "birth_date") == [(dt.date(1990, 5, 1),)]
    # A Gregorian year where Buddhist ones are agreed is not put back by 543 years.
    assert quarantined(root, "test__crossings")[0][:2] == (3, ["birth_date:implausible_year"])


def test_a_buddhist_year_that_is_not_declared_is_rejected(root: DataRoot) -> None:
    done = send(root, crossings(), f"{HEADER}\n{ROW.replace('1990', '2533')}\n")
    assert set(done.rejected_by_reason) == {"birth_date:implausible_year", "birth_date:birth_after_crossing"}


def test_a_buddhist_year_in_the_title_alone_with_a_lao_month(root: DataRoot) -> None:
    agreed = population(
        {"reference_year": {"captured": r"ພ\.ສ\. (\d{4})", "calendar": "buddhist"}},
        tables=[{"header_rows": [3]}],
        period={"source": "text", "pattern": r"ເດືອນ (?P<month>\S+) ພ\.ສ\. (?P<year>\d{4})", "calendar": "buddhist"},
        coverage="history",
    )
    done = send(root, agreed, "ບົດລາຍງານ,,,\nເດືອນ ມີນາ ພ.ສ. ໒໕໖໗,,,\nprovince,sex,age,persons\nອັດຕະປື,ຍິງ,0-4,10\n", "population.csv")
    assert (done.outcome, done.period) == ("landed", "2024-03")
    assert landed_rows(root, "population", "reference_year") == [(2024,)]


def dated_workbook(first: object, second: object) -> bytes:
    """A workbook with real date cells, as Excel users type them."""
    held = io.BytesIO()
    workbook = xlsxwriter.Workbook(held, {"default_date_format": "dd/mm/yyyy"})
    sheet = workbook.add_worksheet()
    for at, row in enumerate([HEADER.split(","), first, second]):
        for column, value in enumerate(row):
            sheet.write(at, column, value)
    workbook.close()
    return held.getvalue()


def test_date_cells_serial_numbers_and_text_in_one_column_of_a_workbook(root: DataRoot) -> None:
    columns = {
        name: {"header": [heading], "format": ["%d/%m/%Y", "excel"]} for name, heading in (("crossed_at", "time"), ("birth_date", "birth"))
    }
    rows = [
        [dt.datetime(2026, 3, 5), "exit", "SYN1", "ລາວ", "F", 32994, 3],
        ["5/3/2026", "exit", "SYN2", "ລາວ", "F", "໑/໕/1990", 3],
    ]
    done = send(root, crossings(columns, file={"kind": "excel"}), dated_workbook(*rows), "file_2026-03.xlsx")
    assert done.rows_rejected == 0
    assert landed_rows(root, "border_crossing", "crossed_at, birth_date") == [(dt.datetime(2026, 3, 5), dt.date(1990, 5, 1))] * 2


def test_date_cells_need_no_declaration_but_a_bare_number_is_no_date(root: DataRoot) -> None:
    rows = [
        [dt.datetime(2026, 3, 5), "exit", "SYN1", "ລາວ", "F", dt.datetime(1990, 5, 1), 3],
        ["5/3/2026", "exit", "SYN2", "ລາວ", "F", 32994, 3],
    ]
    done = send(root, crossings(file={"kind": "excel"}), dated_workbook(*rows), "file_2026-03.xlsx")
    assert done.rejected_by_reason == {"birth_date:not_a_date": 1}
    assert landed_rows(root, "border_crossing", "birth_date") == [(dt.date(1990, 5, 1),)]


def test_a_birth_date_or_only_its_year_in_one_column(root: DataRoot) -> None:
    """A year alone never becomes the first of January: it lands as a year."""
    columns = {
        "birth_date": {"header": ["birth"], "extract": r"^(\d+/\d+/\d{4})$", "format": ["%d/%m/%Y"]},
        "birth_year": {"header": ["birth"], "extract": r"(\d{4})$"},
    }
    send(root, crossings(columns), f"{HEADER}\n{ROW}\n{ROW.replace('01/05/1990', '໑໙໘໕').replace('SYN1', 'SYN2')}\n")
    assert landed_rows(root, "border_crossing", "birth_date, birth_year") == [(dt.date(1990, 5, 1), 1990), (None, 1985)]


AMOUNTS = "date,bank,amount,currency\n05/03/2026,A,{},LAK\n"


@pytest.mark.parametrize(
    ("numbers", "cell", "amount"),
    [
        ({"decimal": ",", "thousands": "."}, '"1.234.567,50"', 1234567.50),
        ({"decimal": ".", "thousands": ","}, '"1,234,567.50"', 1234567.50),
        ({"decimal": ",", "thousands": "."}, "໑.໒໓໔.໕໖໗", 1234567),
        ({"decimal": ",", "thousands": "."}, '"1,234,567.50"', None),
        ({"decimal": ".", "thousands": ","}, '"1.234.567,50"', None),
    ],
)
def test_a_number_is_read_in_the_declared_notation_or_not_at_all(root: DataRoot, numbers: dict, cell: str, amount: float | None) -> None:
    done = send(root, transfers(numbers=numbers), AMOUNTS.format(cell))
    assert [float(row[0]) for row in landed_rows(root, "remittance_transfer", "amount")] == ([amount] if amount else [])
    assert done.rejected_by_reason == ({} if amount else {"amount:not_a_number": 1})


def test_in_a_workbook_a_number_is_a_number_and_only_text_has_a_notation(root: DataRoot) -> None:
    """12.345 as a number is a little more than twelve, as Lao text twelve thousand; both stand in one column."""
    held = openpyxl.Workbook()
    for row in (["date", "bank", "amount", "currency"], ["05/03/2026", "A", 123456.125, "LAK"], ["05/03/2026", "A", "123.456", "LAK"]):
        held.active.append(row)
    file = io.BytesIO()
    held.save(file)
    numbers = {"decimal": ",", "thousands": "."}
    send(root, transfers(numbers=numbers, file={"kind": "excel"}), file.getvalue(), "file_2026-03.xlsx")
    assert [float(row[0]) for row in landed_rows(root, "remittance_transfer", "amount")] == [123456.13, 123456]


def test_amounts_in_millions_of_kip(root: DataRoot) -> None:
    agreed = transfers({"amount": {"header": ["amount (million kip)"], "scale": 1_000_000}})
    send(root, agreed, AMOUNTS.replace("amount", "amount (million kip)").format("1.25"))
    assert float(landed_rows(root, "remittance_transfer", "amount")[0][0]) == 1_250_000
    # The unit is part of the heading: where it changes, nothing is multiplied by a factor that no longer holds.
    done = send(root, agreed, AMOUNTS.replace("amount", "amount (kip)").format("1250000"), "again_2026-04.csv")
    assert done.outcome == "refused" and "amount (million kip)" in done.reason and "amount (kip)" in done.reason


def test_three_currencies_inside_the_cells_of_one_column(root: DataRoot) -> None:
    columns = {
        "amount": {"header": ["amount"], "extract": r"(\d[\d.,]*)"},
        "currency": {"header": ["amount"], "extract": r"([^\d.,\s][^\d.,]*)"},
    }
    cells = ["1.200.000 ກີບ", "฿5.000", "US$ 40", "໕໐໐.໐໐໐ ກີບ", "7.000"]
    text = "date,bank,amount\n" + "".join(f"05/03/2026,A,{cell}\n" for cell in cells)
    done = send(root, transfers(columns, numbers={"decimal": ",", "thousands": "."}), text)
    landed = [(float(amount), currency) for amount, currency in landed_rows(root, "remittance_transfer", "amount, currency")]
    assert landed == [(1_200_000, "LAK"), (5000, "THB"), (40, "USD"), (500_000, "LAK")]
    assert done.rejected_by_reason == {"currency:missing_value": 1}


LEGACY_ROW = ROW.replace("ລາວ", "ì¾¸").replace("ຍິງ", "¨ò¤")


def test_rows_in_an_old_lao_font_are_rejected_and_nothing_of_them_is_read(root: DataRoot) -> None:
    done = send(root, crossings(), f"{HEADER}\n{ROW}\n{LEGACY_ROW.replace('SYN1', 'SYN2')}\n")
    assert done.rejected_by_reason == {"nationality:legacy_font": 1, "sex:legacy_font": 1}
    assert len(landed_rows(root, "border_crossing")) == 1


@pytest.mark.parametrize("nationality", ["]k;", "9uo", "spjf ]k;"])
def test_lao_typed_on_an_english_keyboard_is_rejected_where_it_spells_a_known_word(root: DataRoot, nationality: str) -> None:
    done = send(root, crossings(), f"{HEADER}\n{ROW.replace('ລາວ', nationality)}\n{ROW.replace('SYN1', 'SYN2')}\n")
    known = nationality != "spjf ]k;"
    assert done.rejected_by_reason == ({"nationality:legacy_font": 1} if known else {})
    assert done.unrecognised == ({} if known else {"nationality": 1})


@pytest.mark.parametrize("heading", ["¦ñ−§¾©", "lao-kf"])
def test_a_heading_in_an_old_lao_font_refuses_the_file_because_digits_may_be_moved_too(root: DataRoot, heading: str) -> None:
    agreed = crossings({"nationality": {"header": ["ສັນຊາດ", "nationality"]}})
    done = send(root, agreed, f"{HEADER.replace('nationality', heading)}\n{ROW}\n")
    assert done.outcome == "refused" and "old font" in done.reason and heading in done.reason and "Unicode" in done.remedy


@pytest.mark.parametrize(
    "word", ["Côte d’Ivoire", "São Tomé et Príncipe", "Österreich", "N° 12ª", "«Mali»", "España", "Türkiye", "Việt Nam", "£5"]
)
def test_words_of_other_languages_are_not_taken_for_an_old_font(root: DataRoot, word: str) -> None:
    done = send(root, crossings(), f"{HEADER}\n{ROW.replace('ລາວ', word)}\n")
    assert done.rows_rejected == 0


@pytest.fixture(scope="module")
def folding() -> duckdb.DuckDBPyConnection:
    with duckdb.connect() as con:
        load_fold(con)
        yield con


def folded(con: duckdb.DuckDBPyConnection, *spellings: str) -> list[str]:
    return con.execute("select list_transform(?::varchar[], lambda spelling: fold(spelling))", [list(spellings)]).fetchone()[0]


@pytest.mark.parametrize(
    "spellings",
    [
        ("ນ້ຳ", "ນໍ້າ", "ນ້ໍາ", "ນຳ້"), ("ຫຼວງ", "ຫລວງ"), ("ໜອງ", "ຫນອງ"), ("ໝາກ", "ຫມາກ"), ("ຫຼ້າ", "ຫ້ຼາ", "ຫລ້າ"), ("ແຂວງ", "ເເຂວງ"),
        ("ກີ່", "ກ່ີ"), ("ຜູ້", "ຜູ້"), ("ມື້້", "ມ້ື"), ("น้ำ", "นํ้า", "น้ํา", "นำ้"), ("ที่", "ท่ี"), ("แขวง", "เเขวง"), ("ອຸດົມ\u200bໄຊ", "ອຸດົມໄຊ"),
        ("  Lao\u00a0 PDR\t", "lao pdr"), ("15 -- 19", "15–19", "15-19"), 
        ("Côte d’Ivoire", "côte d'ivoire"), ("ບ້ານ ໑໒", "ບ້ານ 12", "ບ້ານ ๑๒"),
    ],
)  # fmt: skip
def test_what_looks_alike_folds_alike(folding: duckdb.DuckDBPyConnection, spellings: tuple[str, ...]) -> None:
    assert len(set(folded(folding, *spellings))) == 1


@pytest.mark.parametrize(("one", "other"), [("ຂາວ", "ຂ່າວ"), ("ກາ", "ກະ"), ("ດີ", "ດິ"), ("ປາ", "ຢາ"), ("ວຽງຈັນ", "ແຂວງວຽງຈັນ"), ("ม้า", "มา")])
def test_what_differs_to_the_eye_stays_two(folding: duckdb.DuckDBPyConnection, one: str, other: str) -> None:
    assert len(set(folded(folding, one, other))) == 2


letters = "ກຂຄງຈສຊຍດຕຖທນບປຜພມຢຣລວຫອຮໜໝຽເແໂໃໄໆກขคงชดตนมรลวสหอเแโใไ" + LAO_MARKS + THAI_MARKS + "ຳำ໑๒ \u200b\u00a0-–aBé'’"


@given(text=st.one_of(st.text(max_size=30), st.text(letters, max_size=30)))
def test_folding_twice_is_folding_once(folding: duckdb.DuckDBPyConnection, text: str) -> None:
    (once,) = folded(folding, text.replace("\x00", ""))
    assert folded(folding, once) == [once]


# What can stand at one letter, a mark of each kind at most; each kind has its own place, so their order says nothing.
KINDS = {"ຫນມລ": ["ຼ", "ຸູ", "ັິີຶືົ", "່້໊໋", "ໍ", "໌"], "กขนรส": ["ุู", "ัิีึื็", "่้๊๋", "ํ", "์"]}
clusters = st.sampled_from(sorted(KINDS)).flatmap(
    lambda base: st.tuples(
        st.sampled_from(base), *(st.one_of(st.just(""), st.sampled_from(kind)) for kind in KINDS[base])
    ).flatmap(lambda parts: st.tuples(st.just("".join(parts)), st.permutations(parts[1:]).map(lambda order: parts[0] + "".join(order))))
)  # fmt: skip


@given(words=st.lists(clusters, min_size=1, max_size=6))
def test_the_order_of_marks_at_a_letter_makes_no_difference(folding: duckdb.DuckDBPyConnection, words: list[tuple[str, str]]) -> None:
    one, other = ("".join(word[place] for word in words) for place in (0, 1))
    assert len(set(folded(folding, one, other))) == 1
