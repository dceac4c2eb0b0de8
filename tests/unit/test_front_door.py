"""Bad input: each file can be found again, says what is wrong and what to do, and stops nothing else."""

from __future__ import annotations

import json

import pytest

from ingestion.identifiers import DEMO_KEY, KEY_VARIABLE, PseudonymKeyError
from ingestion.paths import DataRoot
from tests.deliver import CROSSINGS, crossings_csv, crossings_header, drop, drop_workbook, everything_below, landed_rows, receive

GOOD = "2026-03-05 10:15:00,Departure,Wattay International Airport,Passport,SYN0012345,Lao,F,1990-05-01,,Thailand,,30"
NATIONAL_ACCOUNTS = "Statistics\nReleased 2025-07-15\n\nYear,GDP (million USD),GDP (billion LAK)\n2024,15000.5,320000.1\n"


def test_each_bad_file_is_refused_with_reason_and_remedy_while_the_others_land(root: DataRoot) -> None:
    drop(root, CROSSINGS, "crossings_2026-03.csv", crossings_csv([GOOD]))
    drop(root, CROSSINGS, "crossings_2026-04.csv", b"")
    drop(root, CROSSINGS, "crossings_march.csv", crossings_csv([GOOD]))
    drop(root, CROSSINGS, "crossings_2026-05.csv", crossings_csv([GOOD], crossings_header().replace("Direction", "Way")))
    drop(root, CROSSINGS, "crossings_2026-06.csv", (crossings_header() + "\n").encode() + b"\xff\xfe\x00bad\n")
    drop(root, "mops__crossings_land", "crossings_land_2026-03.xlsx", "<html><table><tr><td>1</td></tr></table></html>")

    handled, unclaimed = receive(root)

    assert unclaimed == []
    said = {entry.file_name: (entry.outcome, entry.reason, entry.remedy) for entry in handled}
    assert said["crossings_2026-03.csv"][0] == "landed"
    for name, words in {
        "crossings_2026-04.csv": "empty",
        "crossings_march.csv": "period cannot be told",
        "crossings_2026-05.csv": "no column is headed 'Direction",
        "crossings_2026-06.csv": "not utf-8",
        "crossings_land_2026-03.xlsx": "it is a web page",
    }.items():
        outcome, reason, remedy = said[name]
        assert outcome == "refused" and words in reason and remedy, name
    assert len(landed_rows(root, "border_crossing")) == 1
    # Every refused file is kept byte for byte in the archive, with a receipt for its sender.
    assert len([path for path in root.archive.rglob("*") if path.suffix in (".csv", ".xlsx")]) == 6
    receipts = [json.loads(path.read_text()) for path in root.receipts.rglob("*.json")]
    assert sorted(receipt["outcome"] for receipt in receipts) == ["landed"] + ["refused"] * 5
    assert all(receipt["remedy"] for receipt in receipts if receipt["outcome"] == "refused")


def test_a_file_in_an_unknown_folder_stays_where_it_is_and_is_reported(root: DataRoot) -> None:
    stranger = drop(root, "mofa__visas", "visas_2026-03.csv", "a,b\n1,2\n")
    loose = root.inbox / "loose.csv"
    loose.write_text("a\n1\n")
    _, unclaimed = receive(root)
    assert stranger.exists() and loose.exists()
    assert sorted(entry.path.name for entry in unclaimed) == ["loose.csv", "visas_2026-03.csv"]
    assert "no contract is named 'mofa__visas'" in "".join(entry.reason for entry in unclaimed)


def test_a_refused_correction_leaves_the_last_good_month_as_it_was(root: DataRoot) -> None:
    drop(root, CROSSINGS, "crossings_2026-03.csv", crossings_csv([GOOD]))
    receive(root)
    held = everything_below(root.raw / "border_crossing")
    broken = GOOD.replace("2026-03-05", "yesterday")
    drop(root, CROSSINGS, "crossings_2026-03_corrected.csv", crossings_csv([broken, GOOD]))
    handled, _ = receive(root)
    assert [entry.outcome for entry in handled] == ["refused"]
    assert "50.0 % of the rows are rejected" in handled[0].reason and "crossed_at:not_a_date" in handled[0].reason
    assert everything_below(root.raw / "border_crossing") == held


def test_a_half_written_or_hidden_or_linked_file_is_left_alone(root: DataRoot, tmp_path) -> None:
    from ingestion.inbox import waiting

    drop(root, CROSSINGS, ".crossings_2026-03.csv.part", "x")
    drop(root, CROSSINGS, "~$crossings_2026-03.xlsx", "x")
    secret = tmp_path / "secret.csv"
    secret.write_text("x")
    (root.inbox / CROSSINGS / "link_2026-03.csv").symlink_to(secret)
    fresh = drop(root, CROSSINGS, "crossings_2026-03.csv", crossings_csv([GOOD]))
    assert waiting(root, stable_seconds=60) == []
    assert waiting(root) == [fresh]


def test_the_sheet_and_row_of_a_workbook_are_those_the_sender_sees(root: DataRoot) -> None:
    from ingestion.contract import load_contracts

    contract = load_contracts()["mops__crossings_land"]
    header_row = contract.tables[0].header_rows[0]
    headers = [column.header[0] for column in contract.columns.values() if column.header]
    fields = [name for name, column in contract.columns.items() if column.header]
    good = {"crossed_at": "05/03/2026 10:15", "direction": "ອອກ", "document_no": "SYN1", "nationality": "ລາວ", "sex": "ຍິງ"}
    rows = [[good.get(name) for name in fields] for _ in range(40)]
    for number, row in enumerate(rows):
        row[fields.index("document_no")] = f"SYN{number:05d}"
    rows[20][fields.index("crossed_at")] = "31/02/2026 08:00"
    banner = [["ບັນຊີ"]] + [[None]] * (header_row - 2)
    drop_workbook(root, "mops__crossings_land", "crossings_land_2026-03.xlsx", [*banner, headers, *rows], sheet="ມີນາ")
    handled, _ = receive(root)
    assert [(entry.outcome, entry.rows_accepted, entry.rows_rejected) for entry in handled] == [("landed", 39, 1)]
    receipt = json.loads(next(root.receipts.rglob("*.json")).read_text())
    rejected = receipt["rejected_rows"][0]
    assert (rejected["sheet"], rejected["row"]) == ("ມີນາ", header_row + 21)
    assert rejected["reasons"] == ["crossed_at:not_a_date"] and rejected["columns"] == [headers[fields.index("crossed_at")]]


def test_the_demo_key_is_refused_outside_a_demo(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    root.synthetic_marker.unlink()
    drop(root, CROSSINGS, "crossings_2026-03.csv", crossings_csv([GOOD]))
    drop(root, "lsb__national_accounts", "national_accounts_2024.csv", NATIONAL_ACCOUNTS)
    for key in ("", "short", DEMO_KEY):
        monkeypatch.setenv(KEY_VARIABLE, key)
        with pytest.raises(PseudonymKeyError):
            receive(root)
    # What holds no identifier has landed all the same.
    assert len(landed_rows(root, "national_account")) == 1 and landed_rows(root, "border_crossing") == []
    monkeypatch.setenv(KEY_VARIABLE, "a-long-and-secret-key-of-a-site")
    handled, _ = receive(root)
    assert [entry.outcome for entry in handled] == ["landed"]
