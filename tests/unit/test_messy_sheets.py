"""Sheets as offices keep them: banners, headings over several rows, units, sub-totals, notes, sub-columns, kinds of files."""

from __future__ import annotations

import io
import json
from pathlib import Path

import duckdb
import openpyxl
import pytest
import xlsxwriter

from ingestion.contract import load_contracts
from ingestion.intake import take_in
from ingestion.landing import land_pending
from ingestion.paths import DataRoot
from tests.deliver import drop, landed_rows, quarantined, receive
from tests.messy import contract, crossings, population, send

FILES = Path(__file__).parents[1] / "files"
LAND = "mops__crossings_land"
HEADER = "time,direction,number,nationality,sex,birth,days"
ROW = "05/03/2026,exit,SYN1,ລາວ,ຍິງ,01/05/1990,30"
PEOPLE = "year,province,sex,age,persons"

WITH_FEMALE = {
    "reference_year": {"captured": r"ພ\.ສ\. (\d{4})", "calendar": "buddhist"},
    "province": {"header": ["ແຂວງ"]},
    "sex": {"codes": {"ລວມ": "_T", "ໃນນັ້ນ ຍິງ": "female"}},
    "age_group": {},
    "persons": {"scale": 1000},
}
WIDE = {
    "header_rows": [2, 3, 4],
    "ends_at": "^ແຫຼ່ງຂໍ້ມູນ",
    "leave_out": "^ພາກ",
    "unpivot": {
        "headers": r"ອາຍຸ (?P<age>\S+) / (?P<sex>.+) / \(ພັນຄົນ\)",
        "into": {"age_group": "age", "sex": "sex"},
        "value": "persons",
    },
}


def with_female(**keys: object):
    told = {
        "file": {"kind": "excel"},
        "tables": [WIDE],
        "cadence": "yearly",
        "period": {"source": "text", "pattern": r"ພ\.ສ\. (?P<year>\d{4})", "calendar": "buddhist"},
        "totals": {"field": "province", "labels": ["ລວມທັງໝົດ"], "must_add_up": True},
        "residual": {"field": "sex", "total": "_T", "into": "male"},
    }
    return contract("test__population", "population", WITH_FEMALE, **(told | keys))


@pytest.mark.parametrize("suffix", [".xls", ".ods"])
def test_headings_over_three_rows_units_subtotals_notes_and_of_which_female(root: DataRoot, suffix: str) -> None:
    """All at once, as LibreOffice wrote it: merged headings, a unit row, regional sub-totals between the provinces, a
    blank row, a total row, a note, the Buddhist year in Lao digits in the title, and no column for men."""
    done = send(root, with_female(), (FILES / f"population{suffix}").read_bytes(), f"report{suffix}")
    assert (done.outcome, done.period, done.rows_read, done.rows_rejected) == ("landed", "2024-12", 8, 0)
    assert done.rows_totals == 2 + 4  # two rows of regions left out; the total row is four values
    rows = landed_rows(root, "population", "reference_year, province, sex, age_group, persons, coalesce(is_margin_residual, false)")
    assert sorted(rows) == [
        (2024, "LA02", "female", "Y0T14", 29_000, False), (2024, "LA02", "female", "Y15T64", 60_500, False),
        (2024, "LA02", "male", "Y0T14", 31_000, True), (2024, "LA02", "male", "Y15T64", 61_000, True),
        (2024, "LA17", "female", "Y0T14", 14_000, False), (2024, "LA17", "female", "Y15T64", 40_000, False),
        (2024, "LA17", "male", "Y0T14", 16_000, True), (2024, "LA17", "male", "Y15T64", 40_250, True),
    ]  # fmt: skip


def population_workbook(unit: str = "(ພັນຄົນ)", rows: list | None = None) -> bytes:
    """The same layout as xlsxwriter writes it."""
    held = io.BytesIO()
    workbook = xlsxwriter.Workbook(held)
    sheet, plain = workbook.add_worksheet(), workbook.add_format()
    sheet.merge_range("A1:C1", "ພົນລະເມືອງ ພ.ສ. 2567 (SYNTHETIC)", plain)
    sheet.merge_range("A2:A3", "ແຂວງ", plain)
    sheet.merge_range("B2:C2", "ອາຍຸ 0-14", plain)
    sheet.write_row("B3", ["ລວມ", "ໃນນັ້ນ ຍິງ"])
    sheet.write_row("B4", [unit, unit])
    for at, row in enumerate(rows or [["ອັດຕະປື", 30, 14], ["ລວມທັງໝົດ", 30, 14]], start=4):
        sheet.write_row(at, 0, row)
    workbook.close()
    return held.getvalue()


def test_merged_headings_of_another_writer(root: DataRoot) -> None:
    assert send(root, with_female(), population_workbook(), "a.xlsx").rows_accepted == 2


def test_where_the_unit_under_the_headings_changes_the_file_is_refused(root: DataRoot) -> None:
    """The factor of the contract would be wrong by a thousand, and nothing else in the file would tell."""
    done = send(root, with_female(), population_workbook("(ຄົນ)"), "a.xlsx")
    assert done.outcome == "refused" and "ອາຍຸ 0-14 / ລວມ / (ຄົນ)" in done.reason


def test_men_are_not_derived_where_women_are_missing_or_more_than_all(root: DataRoot) -> None:
    rows = [["ອັດຕະປື", 30, None], ["ເຊກອງ", 30, 31], ["ຜົ້ງສາລີ", 30, 14], ["ລວມທັງໝົດ", 90, 45]]
    done = send(root, with_female(), population_workbook(rows=rows), "a.xlsx")
    assert set(landed_rows(root, "population", "province, sex, persons")) == {("LA02", "male", 16_000), ("LA02", "female", 14_000)}
    assert (done.rows_read, done.rows_rejected) == (5, 3)
    assert done.rejected_by_reason == {"persons:part_exceeds_total": 2, "persons:part_missing": 1}


def test_a_total_that_its_parts_do_not_reach_refuses_the_file(root: DataRoot) -> None:
    done = send(root, with_female(), population_workbook(rows=[["ອັດຕະປື", 30, 14], ["ລວມທັງໝົດ", 40, 14]]), "a.xlsx")
    assert done.outcome == "refused" and "total 40,000, sum of parts 30,000" in done.reason


def test_undeclared_totals_are_no_province_and_land_nowhere(root: DataRoot) -> None:
    done = send(root, population(), f"{PEOPLE}\n2025,ອັດຕະປື,F,0-4,5\n2025,ລວມ,F,0-4,5\n2025,ພາກໃຕ້,F,0-4,5\n", "p_2025.csv")
    assert (done.rows_accepted, done.rejected_by_reason) == (1, {"province:unrecognised_code": 2})


def test_total_rows_in_the_middle_notes_and_rows_of_blanks(root: DataRoot) -> None:
    body = f"{ROW}\n , ,\u00a0,,,,\nລວມ,1,,,,,\n{ROW.replace('SYN1', 'SYN2')}\n\n,,,,,,\nລວມ,1,,,,,\nໝາຍເຫດ: ທົດລອງ,,,,,,\n{HEADER}\n"
    done = send(root, crossings(tables=[{"leave_out": "^(ລວມ|ໝາຍເຫດ|time$)"}]), f"{HEADER}\n{body}")
    assert (done.rows_read, done.rows_accepted, done.rows_totals) == (2, 2, 4)
    # Not declared, they are told to the sender, each by its row.
    agreed = contract("other__crossings", "border_crossing", crossings().model_dump()["columns"], cadence="monthly")
    done = send(root, agreed, f"{HEADER}\n{body}")
    assert (done.rows_accepted, done.rows_rejected) == (2, 4)
    assert [row for row, _reasons, _cells in quarantined(root, "other__crossings")] == [4, 8, 9, 10]


def test_headings_with_stray_blanks_in_another_order_with_one_too_many(root: DataRoot) -> None:
    text = 'days, sex  ,"birth\n",Flight,number,time,nationality\u00a0, DIRECTION \n30,F,01/05/1990,QV101,SYN1,05/03/2026,ລາວ,exit\n'
    done = send(root, crossings(), text)
    assert (done.outcome, done.rows_accepted, done.unused_columns) == ("landed", 1, ["Flight"])
    assert landed_rows(root, "border_crossing", "intended_days, sex, _row") == [(30, "female", 2)]


@pytest.mark.parametrize("header", [HEADER.replace("nationality", "citizen of"), HEADER.replace(",nationality", "")])
def test_a_renamed_or_missing_column_is_named_with_what_was_found_instead(root: DataRoot, header: str) -> None:
    done = send(root, crossings(), f"{header}\n{ROW}\n")
    assert done.outcome == "refused" and "'nationality'" in done.reason and "birth, days" in done.reason
    assert "alternatives" in done.remedy


def test_a_column_that_is_there_twice_is_not_chosen(root: DataRoot) -> None:
    done = send(root, crossings(), f"{HEADER},Sex\n{ROW},M\n")
    assert done.outcome == "refused" and "more than one column" in done.reason


def test_a_row_with_more_cells_than_headings_has_slipped_and_is_rejected(root: DataRoot) -> None:
    """A thousands comma without quotation marks: each cell behind it would be read one column too far left."""
    text = f"{HEADER}\n{ROW}\n{ROW.replace('SYN1', 'SYN2').replace(',30', ',1,200')}\n{ROW.replace('SYN1', 'SYN3')},,\n"
    done = send(root, crossings(), text)
    assert (done.rows_accepted, done.rejected_by_reason) == (2, {"crossed_at:too_many_cells": 1})


def test_a_table_that_begins_in_another_column_keeps_its_column_letters(root: DataRoot) -> None:
    book = openpyxl.Workbook()
    for row in ([None, "x"], [None, None, *HEADER.split(",")], [None, None, *ROW.split(",")]):
        book.active.append(row)
    book.active.delete_rows(1)
    held = io.BytesIO()
    book.save(held)
    agreed = crossings({"nationality": {"position": 6}}, file={"kind": "excel"})
    assert send(root, agreed, held.getvalue(), "file_2026-03.xlsx").rows_accepted == 1
    assert landed_rows(root, "border_crossing", "nationality") == [("LAO",)]


def test_three_kinds_of_workbook_with_the_same_cells_are_one_delivery(root: DataRoot) -> None:
    """Written by LibreOffice: date cells as their kind stores them, Lao digits, an empty row, a total row and a note."""
    agreed = {LAND: load_contracts()[LAND]}
    outcomes = []
    for suffix in (".xls", ".ods", ".xlsx"):
        drop(root, LAND, f"crossings_2026-03{suffix}", (FILES / f"crossings{suffix}").read_bytes())
        (done,), _ = receive(root, agreed)
        outcomes.append((done.outcome, done.rows_accepted, done.rows_rejected))
    assert outcomes == [("landed", 3, 0), ("duplicate", 3, 0), ("duplicate", 3, 0)]
    rows = landed_rows(root, "border_crossing", "crossed_at::varchar, birth_date::varchar, birth_year, intended_days, _sheet, _row")
    assert rows == [
        ("2026-03-05 10:15:00", "1990-05-01", None, 30, "ມີນາ", 5),
        ("2026-03-06 08:30:00", None, 1985, 7, "ມີນາ", 6),
        ("2026-03-31 23:59:00", "1979-09-12", None, 15, "ມີນາ", 8),
    ]


@pytest.mark.parametrize("suffix", [".xls", ".ods"])
@pytest.mark.parametrize("sheet", [2, "ຂໍ້ມູນ"])
def test_the_data_on_the_second_sheet(root: DataRoot, suffix: str, sheet: int | str) -> None:
    """By its number where its name changes from month to month; by its name even with a blank behind it."""
    land = load_contracts()[LAND]
    agreed = land.model_copy(update={"tables": [land.tables[0].model_copy(update={"sheet": sheet})]})
    assert send(root, agreed, (FILES / f"second_sheet{suffix}").read_bytes(), f"x_2026-03{suffix}").rows_accepted == 3


def test_data_on_the_second_sheet_that_nobody_declared(root: DataRoot) -> None:
    land = load_contracts()[LAND]
    done = send(root, land, (FILES / "second_sheet.xls").read_bytes(), "x_2026-03.xls")
    assert done.outcome == "refused" and "sheet 'ໜ້າປົກ'" in done.reason
    asked = land.model_copy(update={"tables": [land.tables[0].model_copy(update={"sheet": "ມີນາ"})]})
    done = send(root, asked, (FILES / "second_sheet.xls").read_bytes(), "x_2026-04.xls")
    assert done.outcome == "refused" and "no sheet 'ມີນາ'" in done.reason and "ໜ້າປົກ, ຂໍ້ມູນ" in done.reason


@pytest.mark.parametrize(("kind", "ending"), [(".xls", ".xlsx"), (".ods", ".xls"), (".xlsx", ".ods")])
def test_a_workbook_with_the_ending_of_another_kind_is_read_for_what_it_is(root: DataRoot, kind: str, ending: str) -> None:
    done = send(root, load_contracts()[LAND], (FILES / f"crossings{kind}").read_bytes(), f"x_2026-03{ending}")
    assert (done.outcome, done.rows_accepted) == ("landed", 3)


def test_a_heading_in_an_old_font_in_a_real_xls(root: DataRoot) -> None:
    done = send(root, load_contracts()[LAND], (FILES / "legacy_font.xls").read_bytes(), "x_2026-03.xls")
    assert done.outcome == "refused" and "old font" in done.reason


HTML = b"<html><body><table><tr><td>time</td></tr></table></body></html>"
XML_2003 = b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("protected.xlsx", None, "protected by a password"),
        ("protected.xls", None, "protected by a password"),
        ("protected.ods", None, "protected by a password"),
        ("empty.xlsx", b"", "empty"),
        ("page.xls", HTML, "web page"),
        ("page.xlsx", b"\xef\xbb\xbf\r\n<!DOCTYPE html>" + HTML, "web page"),
        ("old.xls", XML_2003, "XML spreadsheet of 2003"),
        ("text.xlsx", b"a,b\n1,2\n", "perhaps a CSV"),
        ("cut.xlsx", "crossings.xlsx", "damaged"),
        ("cut.ods", "crossings.ods", "damaged"),
        ("cut.xls", "crossings.xls", ""),
    ],
)
def test_what_is_no_whole_workbook_is_refused_for_what_it_is(root: DataRoot, name: str, content: bytes | str | None, said: str) -> None:
    if content is None:
        content = (FILES / name).read_bytes()
    elif isinstance(content, str):
        whole = (FILES / content).read_bytes()
        content = whole[: len(whole) * 2 // 3]
    done = send(root, load_contracts()[LAND], content, f"2026-03_{name}")
    assert done.outcome == "refused" and said in done.reason and done.remedy, done.reason
    assert landed_rows(root, "border_crossing") == [] if list(root.raw.rglob("*.parquet")) else True


def test_a_workbook_without_a_cell(root: DataRoot) -> None:
    held = io.BytesIO()
    openpyxl.Workbook().save(held)
    done = send(root, load_contracts()[LAND], held.getvalue(), "x_2026-03.xlsx")
    assert done.outcome == "refused" and "no column is headed" in done.reason


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04whatever", "spreadsheet workbook"),
        (HTML, "web page"),
        (f"{HEADER}\n".encode(), "no data row"),
        (f"{HEADER}\n{ROW}\n05/03/2026,exit,SY".encode(), "middle of a row"),
        (f"{HEADER}\n{ROW}\n{ROW}\n".encode()[:-40], "middle of a row"),
    ],
)
def test_what_is_no_whole_csv_is_refused_for_what_it_is(root: DataRoot, content: bytes, said: str) -> None:
    done = send(root, crossings(), content)
    assert done.outcome == "refused" and said in done.reason and done.remedy


def test_a_csv_whose_last_line_merely_lacks_its_end_is_whole(root: DataRoot) -> None:
    agreed = crossings(tables=[{"ends_at": "^ລວມ"}])
    assert send(root, agreed, f"{HEADER}\n{ROW}").outcome == "landed"
    assert send(root, agreed, f"{HEADER}\n{ROW}\nລວມ,1", "with_total_2026-03.csv").outcome == "duplicate"


def test_a_large_csv_lands_in_little_memory(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    """300,000 rows in 160 MB; docs/messy-files.md tells what twenty million took."""
    rows = 300_000
    path = root.inbox / "test__crossings" / "file_2026-03.csv"
    path.parent.mkdir(parents=True)
    with duckdb.connect() as con:
        con.execute(
            f"copy (select '05/03/2026' as time, 'exit' as direction, 'SYN' || range as number, 'ລາວ' as nationality, 'ຍິງ' as sex, "
            f"'01/05/1990' as birth, range % 90 as days from range({rows})) to '{path}' (header)"
        )
    monkeypatch.setenv("WAREHOUSE_MEMORY_LIMIT", "160MB")
    agreed = {"test__crossings": crossings()}
    take_in(root, agreed, progress=lambda _line: None)
    (done,) = land_pending(root, agreed, progress=lambda _line: None)
    assert (done.outcome, done.rows_accepted) == ("landed", rows)


def test_the_receipt_of_a_refused_file_says_why_in_both_languages(root: DataRoot) -> None:
    send(root, load_contracts()[LAND], (FILES / "protected.xlsx").read_bytes(), "x_2026-03.xlsx")
    (receipt,) = [json.loads(path.read_text()) for path in root.receipts.rglob("*.json")]
    assert "password" in receipt["reason"] and receipt["remedy"]
