"""A whole night on files full of document numbers: none is found in anything that the night made.

The archive and the senders' own receipts hold them and are the only places that may.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from ingestion.contract import Table, load_contracts
from ingestion.paths import PROJECT, DataRoot
from ingestion.record import load_records
from tests.deliver import CROSSINGS, drop
from tests.integration.conftest import Night, environment, generate, run_night
from tests.leaks import LAO, THAI, Canaries, contents, files_below, words

pytestmark = pytest.mark.own_warehouse

LAND, AGENCIES, OVERSEAS = "mops__crossings_land", "molsw__agency_deployments", "molsw__overseas_deployments"
FEWEST_DIGITS = 5
DAMAGED = {"unclosed": '"{0},{0}\n', "no header": "2026-08-05T10:15:00,OUT,Wattay,Passport,{0},LAO,F,1990-05-01,,Thailand,,30\n"}


def inbox_files(root: DataRoot, extract: str) -> list[Path]:
    return sorted((root.inbox / extract).glob("*"))


def plant_in_csv(path: Path, number: Canaries, delimiter: str = ",") -> None:
    """In good rows, in rows that are rejected, in wrong columns, behind the table and in a heading nobody knows."""
    with path.open(newline="", encoding="utf-8") as source:
        header, *rows = csv.reader(source, delimiter=delimiter)
    headings = {heading: place for place, heading in enumerate(header)}
    document = next(headings[name] for name in ("Document no", "Document number", "Passport no", "Passport number") if name in headings)
    forms = ["QX{}", "qx{}", " QX {} ", "QX-{}"]
    for row, form in zip(rows[:4], forms, strict=True):
        row[document] = number(form)
    rows[4][document], rows[5][document] = number().translate(LAO), number().translate(THAI)
    for row in rows[10:13]:  # slipped sideways: the number stands where the date, the country and the sex belong
        row[:] = [number(), *row[:-1]]
    for place, row in enumerate(rows[20:24]):
        row[document] = number()
        row[(document + place + 1) % len(row)] = number()
    header.append(number("Remark {}"))
    with path.open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target, delimiter=delimiter)
        writer.writerows([header, *rows])
        writer.writerow(["TOTAL", number(), number("see passport {}")])


def sheet_of(book: openpyxl.Workbook, table: Table) -> Worksheet:
    return book[table.sheet] if table.sheet in book.sheetnames else book.worksheets[0]


def plant_in_workbook(path: Path, number: Canaries, table: Table) -> None:
    book, header_row = openpyxl.load_workbook(path), table.header_rows[-1]
    sheet = sheet_of(book, table)
    sheet.cell(1, 1).value = number("ບັນຊີ {}")
    for row in range(header_row + 2, header_row + 6):
        for column in range(1, sheet.max_column + 1, 3):
            sheet.cell(row, column).value = number()
    sheet.cell(header_row, sheet.max_column + 1).value = number("Remark {}")
    sheet.cell(sheet.max_row + 1, 1).value = number("ລວມ {}")
    book.create_sheet(number("notes {}")).append([number()])
    book.properties.creator = number("clerk {}")
    book.save(path)


@pytest.fixture(scope="module")
def sent() -> set[bytes]:
    """Filled by the fixture of the night: every cell of every identifier column that went in, its letters and digits alone."""
    return set()


def identifiers(root: DataRoot) -> Iterator[str]:
    """Cells of the columns that the contracts call identifiers, read by other means than the landing's."""
    for extract, contract in load_contracts().items():
        wanted = {name for field in load_records()[contract.record].identifiers for name in contract.columns[field].header}
        for path in inbox_files(root, extract) if wanted and (root.inbox / extract).exists() else []:
            if path.suffix == ".csv":
                with path.open(newline="", encoding="utf-8") as source:
                    rows = list(csv.reader(source, delimiter=contract.file.delimiter))
            else:
                sheet = sheet_of(openpyxl.load_workbook(path), contract.tables[0])
                rows = [list(row) for row in sheet.iter_rows(values_only=True)]
            top = contract.tables[0].header_rows[-1]
            places = [place for place, heading in enumerate(rows[top - 1]) if " ".join(str(heading).split()) in wanted]
            yield from (str(row[place]) for row in rows[top:] for place in places if place < len(row) and row[place])


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, sent: set[bytes]) -> tuple[DataRoot, Night, Path]:
    root = DataRoot(tmp_path_factory.mktemp("leaks"))
    scratch = tmp_path_factory.mktemp("scratch")
    generate(root.path, "--months", "2", "--scale", "0.2", "--end", "2026-09")
    number, contracts = Canaries(), load_contracts()
    for extract in (CROSSINGS, AGENCIES):
        plant_in_csv(inbox_files(root, extract)[-1], number, contracts[extract].file.delimiter)
    for extract in (LAND, OVERSEAS):
        plant_in_workbook(inbox_files(root, extract)[-1], number, contracts[extract].tables[0])
    bare = {re.sub(rb"[^A-Z0-9]", b"", cell.upper().encode()) for cell in identifiers(root)}
    sent |= {word for word in bare if len(re.findall(rb"\d", word)) >= FEWEST_DIGITS}
    for name, content in DAMAGED.items():
        drop(root, CROSSINGS, f"{name} {number()}_2026-0{len(name) % 7 + 1}.csv", content.format(number()))
    drop(root, CROSSINGS, f"{number()}_2025-01.csv", b"\xff\xfe" + number().encode("utf-16-le"))
    drop(root, CROSSINGS, f"{number()}.csv", number())
    drop(root, LAND, f"{number()}_2025-02.xlsx", b"PK\x03\x04" + number().encode())
    drop(root, f"nobody__{number()}", f"{number()}_2025-03.csv", number())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(scratch))
        told = run_night(root.path)
    return root, told, scratch


def test_no_identifier_leaves_the_archive_and_the_receipts(night: tuple[DataRoot, Night, Path], sent: set[bytes]) -> None:
    root, told, scratch = night
    excepted = [root.inbox, root.archive, root.receipts, root.path / "truth"]
    places = [*files_below(root.path, excepted), *files_below(scratch), *files_below(PROJECT / "dbt_project" / "target")]
    logs = [PROJECT / "dbt_project" / "logs", PROJECT / "logs"]
    places += [path for folder in logs if folder.exists() for path in files_below(folder)]
    pattern = Canaries.pattern()
    found: dict[str, set[bytes]] = {}
    for name, pieces in [("what the night said", [told.said.encode()]), *((str(path), contents(path)) for path in places)]:
        for piece in pieces:
            if hits := {hit[0] for hit in pattern.finditer(piece)} | (words(piece) & sent):
                found.setdefault(name, set()).update(hits)
    assert found == {}, found
    kinds = {path.suffix for path in places}
    assert {".parquet", ".duckdb", ".json", ".log", ".db", ".html"} <= kinds and len(places) > 200, kinds


def test_the_night_met_them_all(night: tuple[DataRoot, Night, Path], sent: set[bytes]) -> None:
    """Or the search above would prove nothing: they landed, were rejected and refused, and the search finds them where they may be."""
    root, told, _ = night
    assert told.code == 0, told.said
    with duckdb.connect() as con:
        status = con.execute(f"select extract, period, status, rows_rejected, file_name from '{root.submissions_meta}'").fetchall()
    landed = {extract: rejected for extract, period, outcome, rejected, _ in status if outcome == "landed" and period == "2026-09"}
    assert {extract for extract, rejected in landed.items() if rejected} >= {CROSSINGS, AGENCIES, LAND, OVERSEAS}, status
    assert sum(outcome == "refused" for _, _, outcome, _, _ in status) == 5, status
    assert "Not taken: 1 files" in told.said and len(sent) > 1000
    pattern = Canaries.pattern()
    for folder, fewest in ((root.archive, 8), (root.receipts, 4)):
        holding = [path for path in files_below(folder) if any(pattern.search(piece) for piece in contents(path))]
        assert len(holding) >= fewest, (folder, holding)


def test_a_dry_run_says_no_identifier_either(night: tuple[DataRoot, Night, Path], sent: set[bytes]) -> None:
    root, _, _ = night
    held = max((root.archive / CROSSINGS / "2026-09").glob("*.csv"), key=lambda path: Canaries.digits.encode() in path.read_bytes())
    command = [sys.executable, "-m", "orchestration.check", str(held), CROSSINGS, "--period", "2026-09"]
    done = subprocess.run(command, cwd=PROJECT, env=environment(root.path), capture_output=True, text=True, check=False)
    said = (done.stdout + done.stderr).encode()
    assert b"DRY RUN" in said and not Canaries.pattern().search(said) and not words(said) & sent
