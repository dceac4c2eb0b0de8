"""What becomes of a delivery that comes again: each case has the outcome that docs/runbook.md states."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import duckdb
import openpyxl
import pytest
import xlsxwriter

from ingestion.archive import submissions
from ingestion.contract import Contract, load_contracts
from ingestion.identifiers import KEY_VARIABLE
from ingestion.landing import land_pending
from ingestion.paths import DataRoot
from tests.deliver import CROSSINGS, crossings_csv, drop, everything_below, landed_rows, receive

ROW = "2026-{month:02d}-05 10:15:00,Departure,Wattay International Airport,Passport,SYN{number:07d},Lao,{sex},1990-05-01,,{country},,30"
LAND = "mops__crossings_land"
TRANSFERS = "bol__bank_transfers"
QUIET = {"progress": lambda _line: None}


@pytest.fixture(params=["real", "synthetic"])
def any_root(request: pytest.FixtureRequest, root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> DataRoot:
    """Outside a demo a delivery is received when it is taken in; in one, when its file was made."""
    if request.param == "real":
        root.synthetic_marker.unlink()
        monkeypatch.setenv(KEY_VARIABLE, "a-long-and-secret-key-of-a-site")
    return root


def month_of(rows: int, month: int = 3, country: str = "Thailand", sex: str = "F", first: int = 0) -> str:
    return crossings_csv([ROW.format(month=month, number=number, country=country, sex=sex) for number in range(first, first + rows)])


def put(root: DataRoot, name: str, content: str | bytes, extract: str = CROSSINGS, minutes_ago: float = 0) -> Path:
    path = drop(root, extract, name, content)
    moment = time.time() - 60 * minutes_ago
    os.utime(path, (moment, moment))
    return path


def outcomes(root: DataRoot, extract: str = CROSSINGS) -> dict[str, str]:
    """File name → what became of it, as the warehouse is told."""
    with duckdb.connect() as con:
        return dict(con.execute(f"select file_name, status from '{root.submissions_meta}' where extract = ?", [extract]).fetchall())


def countries(root: DataRoot) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for period, country in landed_rows(root, "border_crossing", "_period, counterpart_country"):
        found.setdefault(period, set()).add(country)
    return found


def test_the_same_bytes_change_nothing(any_root: DataRoot) -> None:
    put(any_root, "a_2026-03.csv", month_of(30), minutes_ago=9)
    receive(any_root)
    held = everything_below(any_root.raw / "border_crossing")
    put(any_root, "b_2026-03.csv", month_of(30))
    (again,), _ = receive(any_root)
    assert again.outcome == "duplicate" and "the same cells as a_2026-03.csv" in again.reason
    assert everything_below(any_root.raw / "border_crossing") == held
    assert outcomes(any_root) == {"a_2026-03.csv": "landed", "b_2026-03.csv": "duplicate"}


def as_other_bytes(content: str) -> dict[str, bytes]:
    """The same cells, written by other programs."""
    header, *rows = content.splitlines()
    return {
        "windows line ends": content.replace("\n", "\r\n").encode(),
        "a byte order mark": b"\xef\xbb\xbf" + content.encode(),
        "every cell quoted": "\n".join([header, *('"' + row.replace(",", '","') + '"' for row in rows), ""]).encode(),
        "rows in another order": "\n".join([header, *reversed(rows), ""]).encode(),
        "blanks around cells": "\n".join([header, *(row.replace(",Lao,", ", Lao ,") for row in rows), ""]).encode(),
    }


def test_the_same_cells_in_other_bytes_change_nothing(root: DataRoot) -> None:
    content = month_of(30)
    put(root, "first_2026-03.csv", content, minutes_ago=99)
    receive(root)
    held = everything_below(root.raw / "border_crossing")
    for number, (how, written) in enumerate(as_other_bytes(content).items()):
        put(root, f"{number}_2026-03.csv", written, minutes_ago=90 - number)
        assert [entry.outcome for entry in receive(root)[0]] == ["duplicate"], how
    assert everything_below(root.raw / "border_crossing") == held


def test_a_workbook_saved_by_another_program_changes_nothing(root: DataRoot) -> None:
    contract = load_contracts()[LAND]
    banner = contract.tables[0].header_rows[0] - 1
    good = {"crossed_at": "05/03/2026 10:15", "direction": "ອອກ", "document_no": "SYN1", "nationality": "ລາວ", "sex": "ຍິງ"}
    fields = [name for name, column in contract.columns.items() if column.header]
    rows = [["ບັນຊີ"]] + [[]] * (banner - 1) + [[contract.columns[name].header[0] for name in fields], [good.get(name) for name in fields]]

    first = openpyxl.Workbook()
    for row in rows:
        first.active.append(row)
    one, other = io.BytesIO(), io.BytesIO()
    first.save(one)
    with xlsxwriter.Workbook(other, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sheet")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, [cell if cell is not None else "" for cell in row])
    outcome = []
    for number, written in enumerate((one, other)):
        put(root, f"crossings_land_{number}_2026-03.xlsx", written.getvalue(), LAND, minutes_ago=9 - number)
        outcome += [entry.outcome for entry in receive(root)[0]]
    assert outcome == ["landed", "duplicate"]


def test_a_correction_replaces_its_month_and_both_stay_in_the_archive(any_root: DataRoot) -> None:
    put(any_root, "first_2026-03.csv", month_of(30), minutes_ago=9)
    receive(any_root)
    put(any_root, "corrected_2026-03.csv", month_of(28, country="China"))
    (entry,), _ = receive(any_root)
    assert entry.outcome == "landed" and countries(any_root) == {"2026-03": {"CHN"}}
    assert outcomes(any_root) == {"first_2026-03.csv": "superseded", "corrected_2026-03.csv": "landed"}
    assert all(held.bytes_path(any_root).exists() for held in submissions(any_root))


def test_a_correction_that_equal_rows_would_hide_is_seen(root: DataRoot) -> None:
    """Transfers have no key, so rows may be equal; two of them must not cancel out when files are compared."""
    header = "Value date,Bank,Direction,Country,Branch province,Sex of sender,Sex of receiver,Amount,Currency,Fee,Fee currency,Rate applied"
    row = "2026-03-05,BCEL,Inward,Thailand,Vientiane Capital,F,F,{amount},THB,10,THB,600"
    for number, amounts in enumerate(((1000, 1000, 5000), (2000, 2000, 5000))):
        lines = [header, *(row.format(amount=amount) for amount in amounts)]
        put(root, f"transfers_{number}_2026-03.csv", "\n".join(lines) + "\n", TRANSFERS, minutes_ago=9 - number)
        assert [(entry.outcome, entry.rows_accepted) for entry in receive(root)[0]] == [("landed", 3)]
    assert sorted(landed_rows(root, "remittance_transfer", "amount::int")) == [(2000,), (2000,), (5000,)]


def test_mending_a_rejected_row_is_a_correction_and_so_is_breaking_one(root: DataRoot) -> None:
    good = month_of(30)
    for number, content in enumerate((good.replace("2026-03-05", "soon", 1), good, good.replace("2026-03-05", "soon", 1))):
        put(root, f"{number}_2026-03.csv", content, minutes_ago=9 - number)
        assert [entry.outcome for entry in receive(root)[0]] == ["landed"]
        assert len(landed_rows(root, "border_crossing")) == (30 if number == 1 else 29)


def test_a_partial_correction_is_refused_and_the_month_stays_whole(any_root: DataRoot) -> None:
    put(any_root, "first_2026-03.csv", month_of(30), minutes_ago=9)
    receive(any_root)
    held = everything_below(any_root.raw / "border_crossing")
    put(any_root, "only_what_changed_2026-03.csv", month_of(3, country="China"))
    (entry,), _ = receive(any_root)
    assert entry.outcome == "refused" and "has 3 rows where 30 are held for the month" in entry.reason
    assert "Send the whole month" in entry.remedy
    assert everything_below(any_root.raw / "border_crossing") == held
    assert outcomes(any_root) == {"first_2026-03.csv": "landed", "only_what_changed_2026-03.csv": "refused"}
    # A person may decide otherwise, in the contract, and have it read again.
    contracts = load_contracts()
    contracts[CROSSINGS] = contracts[CROSSINGS].model_copy(update={"correction_min_pct": 0})
    assert land_pending(any_root, contracts, **QUIET) == []
    (allowed,) = land_pending(any_root, contracts, only={(CROSSINGS, "2026-03")}, again=True, **QUIET)
    assert allowed.outcome == "landed" and countries(any_root) == {"2026-03": {"CHN"}}


def test_a_late_month_and_a_correction_of_an_old_one_leave_the_newer_alone(any_root: DataRoot) -> None:
    for month in (3, 4, 5):
        put(any_root, f"m_2026-{month:02d}.csv", month_of(30, month), minutes_ago=99 - month)
    receive(any_root)
    held = everything_below(any_root.raw / "border_crossing")
    put(any_root, "late_2026-01.csv", month_of(30, 1), minutes_ago=2)
    put(any_root, "corrected_2026-03.csv", month_of(30, 3, country="China"), minutes_ago=1)
    handled, _ = receive(any_root)
    assert {entry.period: entry.outcome for entry in handled} == {"2026-01": "landed", "2026-03": "landed"}
    assert countries(any_root) == {"2026-01": {"THA"}, "2026-03": {"CHN"}, "2026-04": {"THA"}, "2026-05": {"THA"}}
    now = everything_below(any_root.raw / "border_crossing")
    assert {name for name in now if now[name] != held.get(name)} == {f"{CROSSINGS}/2026-01.parquet", f"{CROSSINGS}/2026-03.parquet"}


def test_of_two_files_for_a_month_on_one_night_the_one_changed_last_lands(any_root: DataRoot) -> None:
    """Whatever their names: ``a`` is the newer one."""
    put(any_root, "b_2026-03.csv", month_of(30), minutes_ago=20)
    put(any_root, "a_2026-03.csv", month_of(30, country="China"), minutes_ago=10)
    handled, _ = receive(any_root)
    assert [(entry.file_name, entry.outcome) for entry in handled] == [("a_2026-03.csv", "landed")]
    assert countries(any_root) == {"2026-03": {"CHN"}}
    assert outcomes(any_root) == {"a_2026-03.csv": "landed", "b_2026-03.csv": "superseded"}
    (older,) = [entry for entry in submissions(any_root) if entry.outcome == "superseded"]
    assert older.reason == "superseded by a_2026-03.csv before it was landed"


def test_where_the_newest_of_three_is_refused_the_next_lands(any_root: DataRoot) -> None:
    put(any_root, "c_2026-03.csv", month_of(30), minutes_ago=30)
    put(any_root, "b_2026-03.csv", month_of(30, country="China"), minutes_ago=20)
    put(any_root, "a_2026-03.csv", month_of(30).replace("2026-03-05", "soon"), minutes_ago=10)
    receive(any_root)
    assert outcomes(any_root) == {"a_2026-03.csv": "refused", "b_2026-03.csv": "landed", "c_2026-03.csv": "superseded"}
    assert countries(any_root) == {"2026-03": {"CHN"}}


def test_a_file_that_comes_while_others_land_waits_for_the_next_turn(any_root: DataRoot) -> None:
    put(any_root, "first_2026-03.csv", month_of(30), minutes_ago=9)
    contracts: dict[str, Contract] = load_contracts()

    def meanwhile(_record: str, _profiles: object) -> dict[str, str]:
        if not (any_root.inbox / CROSSINGS / "second_2026-03.csv").exists() and len(submissions(any_root)) == 1:
            put(any_root, "second_2026-03.csv", month_of(30, country="China"))
        return {}

    first, _ = receive(any_root, contracts, judge=meanwhile)
    assert [entry.file_name for entry in first] == ["first_2026-03.csv"] and countries(any_root) == {"2026-03": {"THA"}}
    second, _ = receive(any_root, contracts, judge=meanwhile)
    assert [entry.outcome for entry in second] == ["landed"] and countries(any_root) == {"2026-03": {"CHN"}}


def test_a_month_may_come_back_to_what_it_was(any_root: DataRoot) -> None:
    """First, correction, the first once more: every delivery is told of, the last one stands."""
    for number, country in enumerate(("Thailand", "China", "Thailand")):
        put(any_root, f"{number}_2026-03.csv", month_of(30, country=country), minutes_ago=9 - number)
        assert [entry.outcome for entry in receive(any_root)[0]] == ["landed"]
    assert countries(any_root) == {"2026-03": {"THA"}}
    assert outcomes(any_root) == {"0_2026-03.csv": "superseded", "1_2026-03.csv": "superseded", "2_2026-03.csv": "landed"}


def test_what_a_person_let_in_is_not_called_partial_when_it_is_read_anew(root: DataRoot) -> None:
    put(root, "first_2026-03.csv", month_of(30), minutes_ago=9)
    receive(root)
    put(root, "few_2026-03.csv", month_of(3))
    contracts = load_contracts()
    receive(root, {CROSSINGS: contracts[CROSSINGS].model_copy(update={"correction_min_pct": 0})})
    assert len(landed_rows(root, "border_crossing")) == 3
    changed = contracts[CROSSINGS].model_copy(update={"missing_marks": {"..": "M"}})
    (anew,) = land_pending(root, {CROSSINGS: changed}, **QUIET)
    assert (anew.outcome, anew.reason) == ("landed", "") and len(landed_rows(root, "border_crossing")) == 3
