"""The receipt: what its sender reads, and that the copy in it, once mended, can be sent back."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from ingestion import receipt
from ingestion.contract import Contract, Numbers, Table, load_contracts
from ingestion.paths import PROJECT, DataRoot
from ingestion.readers import workbook as workbook_reader
from ingestion.receipt.cells import SenderSheet
from ingestion.receipt.sheet_xml import UNWRITABLE, column_letters
from ingestion.receipt.workbook import Content, write_workbook
from tests.deliver import CROSSINGS, crossings_csv, drop, drop_workbook, landed_rows, receive
from tests.unit.test_landing import line

LAND = "mops__crossings_land"
FILES = PROJECT / "tests" / "files"
RED, YELLOW = "FFFFC7CE", "FFFFEB9C"
GOOD = {
    "crossed_at": "05/03/2026 10:15", "direction": "ອອກ", "nationality": "ລາວ", "sex": "ຍິງ", "birth_date": "01/05/1990",
    "intended_days": "30",
}  # fmt: skip


def land_contract() -> Contract:
    return load_contracts()[LAND]


def land_rows(*changes: dict, filler: int = 40) -> list[list[object]]:
    """Rows of a checkpoint's workbook: banner, header in row 4, the changed rows from row 5 on, good ones below."""
    fields = [name for name, column in land_contract().columns.items() if column.header]
    rows = [{**GOOD, "document_no": f"SYN7{number:05d}", **change} for number, change in enumerate([*changes, *[{}] * filler])]
    header = [land_contract().columns[name].header[0] for name in fields]
    return [["ບັນຊີ (SYNTHETIC)"], [], ["ປະຈຳເດືອນ"], header, *([row.get(name) for name in fields] for row in rows)]


def place(field: str, row: int) -> str:
    fields = [name for name, column in land_contract().columns.items() if column.header]
    return f"{column_letters(fields.index(field) + 1)}{row}"


def the_receipt(root: DataRoot, extract: str) -> tuple[dict, Path]:
    """The newest JSON receipt of an extract, and the folder beside it."""
    newest = sorted((root.receipts / extract).rglob("*.json"))[-1]
    return json.loads(newest.read_text()), newest.with_suffix("")


def the_workbook(root: DataRoot, extract: str) -> tuple[openpyxl.Workbook, Path]:
    told, folder = the_receipt(root, extract)
    path = folder.parent / told["workbook"]
    return openpyxl.load_workbook(path), path


def coloured(sheet: Worksheet) -> dict[str, str]:
    return {cell.coordinate: cell.fill.fgColor.rgb for row in sheet.iter_rows() for cell in row if cell.fill.fill_type}


def texts_of(sheet: Worksheet) -> list[str]:
    return [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]


def drop_texts(root: DataRoot, rows: list[list[object]]) -> None:
    """As ``drop_workbook``, but what begins with = is the text that somebody typed, not a formula."""
    path = drop_workbook(root, LAND, "crossings_land_2026-03.xlsx", rows)
    made = openpyxl.load_workbook(path)
    for row in made.active.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    made.save(path)


def send_back(root: DataRoot, extract: str, path: Path) -> list:
    """Drop a file where the receipt says, and receive it."""
    told, _ = the_receipt(root, extract)
    folder = root.inbox / extract / told["period"]
    assert f"inbox/{extract}/{told['period']}/" in told["what_to_do"][-1]["en"]
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, folder / path.name)
    return receive(root)[0]


def test_the_copy_in_a_workbooks_receipt_shows_each_wrong_cell_and_comes_back_mended(root: DataRoot) -> None:
    rows = land_rows({"crossed_at": "31/02/2026 08:00", "intended_days": "-3"}, {"nationality": "ລາວວ"}, {"document_no": None})
    drop_workbook(root, LAND, "crossings_land_2026-03.xlsx", rows, sheet="ມີນາ")
    ((first,), _) = receive(root)
    assert (first.outcome, first.rows_accepted, first.rows_rejected) == ("landed", 41, 2)

    made, path = the_workbook(root, LAND)
    assert path.name == "crossings_land_2026-03.xlsx"
    assert made.sheetnames == ["ມີນາ", "ສະຫຼຸບ · Summary", "ແຖວທີ່ບໍ່ຮັບ · Rejected"] and made.active.title == "ສະຫຼຸບ · Summary"
    copy = made["ມີນາ"]
    assert coloured(copy) == {
        place("crossed_at", 5): RED, place("intended_days", 5): RED, place("nationality", 6): YELLOW, place("document_no", 7): RED,
    }  # fmt: skip
    note = copy[place("crossed_at", 5)].comment.text
    assert "DD/MM/YYYY HH:MM (31/12/2026 16:05)" in note and "ບໍ່ແມ່ນວັນທີ" in note
    assert [[cell or None for cell in row] for row in copy.iter_rows(values_only=True)] == [row + [None] * (13 - len(row)) for row in rows]
    rejected = list(made["ແຖວທີ່ບໍ່ຮັບ · Rejected"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[1], row[3], row[4], row[-1]) for row in rejected] == [
        ("ມີນາ", 5, place("crossed_at", 5), "31/02/2026 08:00", "crossed_at:not_a_date"),
        ("ມີນາ", 5, place("intended_days", 5), "-3", "intended_days:below_minimum"),
        ("ມີນາ", 7, place("document_no", 7), None, "document_no:missing_value"),
    ]
    said = texts_of(made["ສະຫຼຸບ · Summary"])
    assert "ສປປ ລາວ · Lao PDR (LAO)" in said and "ລາວວ" in said and "SYNTHETIC DATA" in said

    assert [entry.outcome for entry in send_back(root, LAND, path)] == ["duplicate"]
    copy[place("crossed_at", 5)], copy[place("intended_days", 5)] = "28/02/2026 08:00", "3"
    copy[place("crossed_at", 5)] = "28/03/2026 08:00"
    copy[place("document_no", 7)], copy[place("nationality", 6)] = "SYN799999", "ລາວ"
    made.save(path)
    (mended,) = send_back(root, LAND, path)
    assert (mended.outcome, mended.rows_accepted, mended.rows_rejected, mended.unrecognised) == ("landed", 43, 0, {})
    assert len(landed_rows(root, "border_crossing")) == 43


def test_a_csv_comes_with_its_own_bytes_to_mend_and_a_workbook_to_look_at(root: DataRoot) -> None:
    good = [line(number=f"SYN9{number:06d}") for number in range(60)]
    sent = crossings_csv([good[0], line(time="never"), "", *good[1:], line(days="many", number="00012345")]).replace("\n", "\r\n").encode()
    drop(root, CROSSINGS, "crossings_2026-03.csv", sent)
    receive(root)
    told, folder = the_receipt(root, CROSSINGS)
    assert sorted(path.name for path in folder.iterdir()) == ["crossings_2026-03.csv", "receipt.xlsx"]
    copy = folder / "crossings_2026-03.csv"
    assert copy.read_bytes() == sent and "crossings_2026-03.csv" in told["what_to_do"][0]["en"]
    view = the_workbook(root, CROSSINGS)[0]["ເອກະສານຂອງທ່ານ · Your file"]
    assert [row[0] for row in view.iter_rows(min_row=2, values_only=True)] == ["2", "3", "4", "63", "64"]
    assert {view[cell].value: colour for cell, colour in coloured(view).items()} == {"never": RED, "many": RED}
    assert "00012345" in texts_of(view)

    # The workbook only shows it: as a delivery it is not of the kind that the contract declares.
    (refused,) = send_back(root, CROSSINGS, folder / "receipt.xlsx")
    assert refused.outcome == "refused" and "spreadsheet workbook" in refused.reason
    mended = copy.read_bytes().replace(b"never", b"2026-03-05 11:00:00").replace(b"many", b"40")
    copy.write_bytes(mended)
    (landed,) = send_back(root, CROSSINGS, copy)
    assert (landed.outcome, landed.rows_accepted, landed.rows_rejected) == ("landed", 62, 0)


def test_a_cell_too_many_is_shown_beyond_the_last_heading(root: DataRoot) -> None:
    drop(root, CROSSINGS, "crossings_2026-03.csv", crossings_csv([*(line(number=f"SYN9{n:06d}") for n in range(60)), line() + ",slipped"]))
    receive(root)
    view = the_workbook(root, CROSSINGS)[0]["ເອກະສານຂອງທ່ານ · Your file"]
    assert [view[cell].value for cell, colour in coloured(view).items() if colour == RED] == ["slipped"]


def test_mended_rows_sent_alone_replace_nothing_and_are_told_why(root: DataRoot) -> None:
    good = [line(number=f"SYN9{number:06d}") for number in range(60)]
    drop(root, CROSSINGS, "crossings_2026-03.csv", crossings_csv([*good, line(time="never")]))
    receive(root)
    assert "Never send the mended rows alone" in the_receipt(root, CROSSINGS)[0]["what_to_do"][-1]["en"]
    drop(root, CROSSINGS, "mended_2026-03.csv", crossings_csv([line()]))
    ((refused,), _) = receive(root)
    assert refused.outcome == "refused" and len(landed_rows(root, "border_crossing")) == 60
    told = the_receipt(root, CROSSINGS)[0]
    assert told["reason_lo"] and "whole" in told["remedy"]


FORMULAS = ["=1+1", '=HYPERLINK("http://x.example","y")', "+SUM(A1)", "-2+3", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"]


def test_what_looks_like_a_formula_stays_text_and_comes_back_unchanged(root: DataRoot) -> None:
    rows = land_rows({"crossed_at": "=NOW()"}, *({"purpose": text} for text in FORMULAS))
    drop_texts(root, rows)
    receive(root)
    made, path = the_workbook(root, LAND)
    for sheet in made:
        assert [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.data_type == "f"] == []
    guarded = [made["Sheet1"][place("purpose", row)] for row in range(6, 6 + len(FORMULAS))]
    assert [cell.value for cell in guarded] == FORMULAS
    assert all(cell.quotePrefix and cell.number_format == "@" for cell in guarded)
    with zipfile.ZipFile(path) as package:
        assert not [part for part in package.namelist() if part.startswith("xl/worksheets/") and b"<f" in package.read(part)]
    assert [entry.outcome for entry in send_back(root, LAND, path)] == ["duplicate"]


signs = st.characters(codec="utf-8", exclude_characters="\0\ufffe\uffff")
pieces = st.sampled_from(["\r", "\n", "\r\n", "\x0b", "\x1f", "&", "<", "_x0041_x0042_", "_x000D_", "_", "ນໍ້າ", " ", "="])
awkward = st.lists(signs | pieces, max_size=8).map("".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(awkward, awkward, awkward), min_size=1, max_size=8))
def test_whatever_a_cell_holds_is_read_from_the_copy_as_it_was(rows: list[tuple], tmp_path: Path) -> None:
    """The reader takes cells of blanks alone as empty, in the copy as in what was sent."""
    path = tmp_path / "copy.xlsx"
    with duckdb.connect() as con:
        con.execute("create temp table sent (_row bigint, c1 varchar, c2 varchar, c3 varchar)")
        con.executemany("insert into sent values (?, ?, ?, ?)", [(number, *row) for number, row in enumerate(rows, start=1)])
        con.execute("create temp table sent_marks as select 1::bigint as _row, [2::bigint] as wrong")
        write_workbook(con, Content([], copied=[SenderSheet("ຂໍ້ມູນ", "sent", 3, [1], ["x"])]), path)
        workbook_reader.read(con, path, "ຂໍ້ມູນ", 0)
        width = len(con.execute("describe sheet_cells").fetchall())
        read = con.execute("from sheet_cells").fetchall()
    blank = [[None if not cell or not cell.strip() else cell for cell in row] for row in rows]
    found = [[*row, *[None] * (3 - width)] for row in read]
    # Rows at the end and columns at the side that hold nothing are no part of a sheet.
    assert [[None if not cell or not cell.strip() else cell for cell in row] for row in found] == blank[: len(found)]
    assert not any(cell for row in blank[len(found) :] for cell in row)


def test_every_sign_that_xml_cannot_hold_is_escaped() -> None:
    assert {*range(1, 32)} - {9, 10} == {*UNWRITABLE}


@pytest.mark.parametrize("name", ["crossings.xls", "crossings.ods"])
def test_the_copy_of_another_kind_of_workbook_comes_back_as_xlsx(root: DataRoot, name: str) -> None:
    target = root.inbox / LAND / f"crossings_land_2026-03{Path(name).suffix}"
    target.parent.mkdir(parents=True)
    shutil.copy(FILES / name, target)
    column = land_contract().columns["crossed_at"].model_copy(update={"format": ["%d.%m.%Y"]})
    changed = {"columns": {**land_contract().columns, "crossed_at": column}, "max_rejected_pct": 100}
    contracts = {LAND: land_contract().model_copy(update=changed)}
    ((first,), _) = receive(root, contracts)
    assert (first.outcome, first.rows_accepted, first.rows_rejected) == ("landed", 2, 1)
    made, path = the_workbook(root, LAND)
    assert path.name == "crossings_land_2026-03.xlsx" and list(coloured(made.worksheets[0]).values()) == [RED]
    (wrong,) = coloured(made.worksheets[0])
    assert made.worksheets[0][wrong].value == "06/03/2026 08:30"
    made.worksheets[0][wrong] = "06.03.2026"
    made.save(path)
    drop(root, LAND, path.name, path.read_bytes())
    ((mended,), _) = receive(root, contracts)
    assert (mended.outcome, mended.rows_accepted, mended.rows_rejected) == ("landed", 3, 0)


def test_a_copy_that_went_through_libreoffice_comes_back(root: DataRoot, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (package libreoffice-calc) is not on this machine")
    drop_texts(root, land_rows({"crossed_at": "never"}, {"purpose": "=1+1"}))
    receive(root)
    _, path = the_workbook(root, LAND)
    command = [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx", "--outdir", tmp_path, path]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    assert [entry.outcome for entry in send_back(root, LAND, tmp_path / path.name)] == ["duplicate"]
    assert openpyxl.load_workbook(tmp_path / path.name)["Sheet1"][place("purpose", 6)].data_type == "s"


def test_a_header_that_is_not_known_is_shown_and_comes_back_mended(root: DataRoot) -> None:
    rows = land_rows()
    rows[3][0] = "ມື້"
    drop_workbook(root, LAND, "crossings_land_2026-03.xlsx", rows)
    ((refused,), _) = receive(root)
    assert refused.outcome == "refused"
    made, path = the_workbook(root, LAND)
    shown = coloured(made["Sheet1"])
    assert shown["A4"] == RED and set(shown.values()) == {RED} and {int(cell.lstrip("ABCDEFGHIJKLM")) for cell in shown} == {4}
    assert "ບໍ່ມີຖັນຫົວຂໍ້" in made["Sheet1"]["A4"].comment.text
    assert [said for said in texts_of(made.worksheets[1]) if "ໃຊ້ຫົວຂໍ້ຖັນຕາມທີ່ຕົກລົງກັນ" in said]
    made["Sheet1"]["A4"] = land_contract().columns["crossed_at"].header[0]
    made.save(path)
    assert [(entry.outcome, entry.rows_accepted) for entry in send_back(root, LAND, path)] == [("landed", 40)]


def test_a_sheet_that_the_contract_counts_keeps_its_place(root: DataRoot) -> None:
    contract = land_contract().model_copy(update={"tables": [Table(sheet=2, header_rows=[4])]})
    path = drop_workbook(root, LAND, "crossings_land_2026-03.xlsx", [["ໜ້າປົກ"]], sheet="ໜ້າປົກ")
    made = openpyxl.load_workbook(path)
    for row in land_rows({"crossed_at": "never"}):
        (made["ຂໍ້ມູນ"] if "ຂໍ້ມູນ" in made.sheetnames else made.create_sheet("ຂໍ້ມູນ")).append(row)
    made.save(path)
    receive(root, {LAND: contract})
    made, path = the_workbook(root, LAND)
    assert made.sheetnames[:2] == ["-", "ຂໍ້ມູນ"]
    made["ຂໍ້ມູນ"][place("crossed_at", 5)] = "01/03/2026 00:00"
    made.save(path)
    drop(root, LAND, path.name, path.read_bytes())
    ((mended,), _) = receive(root, {LAND: contract})
    assert (mended.outcome, mended.rows_rejected, mended.rows_accepted) == ("landed", 0, 41)


def test_a_value_laid_across_the_sheet_is_shown_in_its_own_column(root: DataRoot) -> None:
    extract = "thai_doe__work_permits"
    rows = [["สถิติ ปี 2556 SYNTHETIC"], ["สัญชาติ", "เข้าเมืองถูกกฎหมาย", "เข้าเมืองผิดกฎหมาย"], ["ลาว", 10, "many"], ["กัมพูชา", 5, 6]]
    drop_workbook(root, extract, "alien_2013_06_03.xlsx", rows)
    contract = load_contracts()[extract].model_copy(update={"max_rejected_pct": 100})
    ((entry,), _) = receive(root, {extract: contract})
    assert (entry.outcome, entry.rows_rejected) == ("landed", 1)
    assert coloured(the_workbook(root, extract)[0]["Sheet1"]) == {"C3": RED}


def test_tables_below_one_another_on_a_sheet_have_places_of_their_own(root: DataRoot) -> None:
    """The second table has its columns in the reverse order."""
    rows = land_rows({"crossed_at": "never"}, filler=60)
    again = [row[::-1] for row in land_rows({"crossed_at": "soon", "document_no": "SYN000001"}, {"document_no": "SYN000002"}, filler=0)[3:]]
    drop_workbook(root, LAND, "crossings_land_2026-03.xlsx", [*rows, ["ຕາຕະລາງ 2"], *again])
    tables = [Table(header_rows=[4], ends_at="^ຕາຕະລາງ 2"), Table(header_rows=[len(rows) + 2])]
    ((entry,), _) = receive(root, {LAND: land_contract().model_copy(update={"tables": tables})})
    assert (entry.outcome, entry.rows_accepted, entry.rows_rejected) == ("landed", 61, 2)
    last = column_letters(len(rows[3]))
    assert coloured(the_workbook(root, LAND)[0]["Sheet1"]) == {"A5": RED, f"{last}{len(rows) + 3}": RED}


def test_numbers_are_shown_as_their_sender_writes_them(root: DataRoot) -> None:
    """A number of a workbook has a point inside, whatever its sender's notation; in the copy it is text and must mean the same."""
    contract = land_contract().model_copy(update={"numbers": Numbers(decimal=",", thousands=".")})
    drop_workbook(
        root, LAND, "crossings_land_2026-03.xlsx", land_rows({"crossed_at": "never"}, {"intended_days": 12.125}, {"intended_days": 7})
    )
    ((first,), _) = receive(root, {LAND: contract})
    made, path = the_workbook(root, LAND)
    assert [made["Sheet1"][place("intended_days", row)].value for row in (6, 7)] == ["12,125", "7"]
    drop(root, LAND, path.name, path.read_bytes())
    ((again,), _) = receive(root, {LAND: contract})
    assert again.outcome == "duplicate" and again.rejected_by_reason == first.rejected_by_reason


def test_a_large_delivery_is_not_copied_and_its_long_numbers_are_masked(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipt, "COPIED_ROWS", 40)
    drop_workbook(root, LAND, "crossings_land_2026-03.xlsx", land_rows({"crossed_at": "2026-99-99 12:00"}))
    receive(root)
    made, path = the_workbook(root, LAND)
    assert path.name == "receipt.xlsx" and made.sheetnames == ["ສະຫຼຸບ · Summary", "ແຖວທີ່ບໍ່ຮັບ · Rejected"]
    assert next(made.worksheets[1].iter_rows(min_row=2, values_only=True))[4] == "9999-99-99 99:99"
    said = " ".join(texts_of(made.worksheets[0]))
    assert "in your own file" in said and "long numbers are shown as their shape" in said


def test_what_is_listed_and_noted_is_bounded_and_every_wrong_cell_is_coloured(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receipt.cells, "LISTED_ROWS", 5)
    monkeypatch.setattr(receipt, "LISTED_ROWS", 5)
    monkeypatch.setattr(receipt.workbook, "NOTED_CELLS", 3)
    monkeypatch.setattr(receipt, "NOTED_CELLS", 3)
    rows = land_rows(*({"crossed_at": "never"} for _ in range(9)), filler=2)
    drop_workbook(root, LAND, "crossings_land_2026-03.xlsx", rows)
    receive(root)
    made, _ = the_workbook(root, LAND)
    assert len(coloured(made["Sheet1"])) == 9
    assert len([cell for row in made["Sheet1"].iter_rows() for cell in row if cell.comment]) == 3
    assert made.worksheets[2].max_row == 1 + 5
    assert "The first 5 of 9 rejected rows are listed." in texts_of(made.worksheets[1])


def test_a_receipt_is_its_senders_alone(root: DataRoot) -> None:
    """The workbook holds what was sent; the JSON, which programs read, masks long numbers."""
    drop(
        root,
        CROSSINGS,
        "crossings_2026-03.csv",
        crossings_csv([line(nationality="0077001122"), *[line(number=f"SYN{n}") for n in range(40)]]),
    )
    drop_workbook(root, LAND, "crossings_land_2026-03.xlsx", land_rows({"crossed_at": "never", "document_no": "SYN0088001"}))
    receive(root)
    assert {path.parent.parent.parent.name for path in root.receipts.rglob("*.xlsx")} == {CROSSINGS, LAND}
    for path in [root.receipts, *root.receipts.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path
    assert not [path for path in root.receipts.rglob("*.json") if "00770" in path.read_text() or "00880" in path.read_text()]
    assert "SYN0088001" in texts_of(the_workbook(root, LAND)[0]["Sheet1"])
    told, _ = the_receipt(root, CROSSINGS)
    assert told["unrecognised_spellings"][0]["text"] == "9999999999"


def test_near_misses_are_suggested_for_wrong_cells_and_never_applied(root: DataRoot) -> None:
    drop_workbook(root, LAND, "crossings_land_2026-03.xlsx", land_rows({"direction": "ອອກກ"}))
    receive(root)
    made, _ = the_workbook(root, LAND)
    row = next(made.worksheets[2].iter_rows(min_row=2, values_only=True))
    assert row[-1] == "direction:unrecognised_code" and "(exit)" in row[7]
    assert "(exit)" in made["Sheet1"][place("direction", 5)].comment.text
    assert len(landed_rows(root, "border_crossing")) == 40


def test_every_word_of_a_receipt_is_in_both_languages() -> None:
    told = yaml.safe_load((PROJECT / "ingestion" / "receipt" / "texts.yml").read_text(encoding="utf-8"))
    reasons = yaml.safe_load((PROJECT / "ingestion" / "reasons.yml").read_text(encoding="utf-8"))
    assert [name for group in told.values() for name, words in group.items() if not words["lo"] or not words["en"]] == []
    assert [slug for slug, words in reasons["files"].items() if set(words) != {"en", "lo", "remedy", "remedy_lo"}] == []
    assert [slug for slug, words in reasons["rows"].items() if set(words) != {"en", "lo"}] == []
    for words in [*reasons["files"].values(), *reasons["rows"].values()]:
        marks = {language: {part.split("}")[0] for part in text.split("{")[1:]} for language, text in words.items()}
        assert marks["en"] == marks["lo"] and marks.get("remedy", set()) >= marks.get("remedy_lo", set()), words["en"]
