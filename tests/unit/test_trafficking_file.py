"""Trafficking victims in IOM's sheet: its two rows of names are never mixed up, and nothing of a person's lands."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import openpyxl
import pytest

from ingestion.archive import Submission
from ingestion.contract import Agreement, Table, load_contracts
from ingestion.paths import DataRoot
from sample_data.trafficking import deliver_trafficking, template
from sample_data.window import Window
from tests.deliver import drop_workbook, landed_rows, quarantined, receive

EXTRACT = "ncatip__identified_victims"
SHIPPED_ADDRESS = {
    "prs_MailingCity": "Mailing Street", "prs_MailingCountry": "Mailing City", "prs_MailingState": "Mailing State/Province",
    "prs_MailingStreet": "Mailing Zip/Postal Code", "prs_MailingPostalCode": "Mailing Country",
}  # fmt: skip
CASE = {
    "Case Number": "TIP-7001",
    "Incoming Referral Date": "04/03/2021",
    "Trafficking Status": "Actual victim of trafficking",
    "Gender": "Girl",
    "Age Group": "9--17",
    "Citizenship": "Lao",
    "Mailing State/Province": "Savannakhet",
    "Type of Exploitation": "Forced marriage;Sexual exploitation",
    "Location of Exploitation": "China;Thailand",
    "Reason for Outgoing Referral": "Shelter",
    # nothing of these may be found outside the archive
    "First Name": "Zqxname",
    "Second Name": "Zqxfamily",
    "Birthdate": "11/11/2007",
    "Email": "zqxmail@nowhere.example",
    "Home Phone": "0305557001",
    "Mobile Phone": "02055570012",
    "Mailing Street": "Zqxstreet 7",
    "Mailing City": "Zqxvillage",
    "Mailing Zip/Postal Code": "0700155",
    "Case Owner": "Zqxofficer",
    "Incoming Referral Details": "Zqxstory",
}
SECRETS = ("zqx", "11/11/2007", "5557001", "55570012", "0700155")


def line(**changes: str) -> list[str]:
    told = CASE | changes
    return [told.get(label, "") for label in template()[1]]


def deliver(root: DataRoot, rows: list[list[object]], name: str = "identified_victims_2021-Q1.xlsx") -> Submission:
    drop_workbook(root, EXTRACT, name, rows)
    ((entry,), _) = receive(root)
    return entry


def as_shipped(names: list[str]) -> list[str]:
    """Row 1 of the template with the address in the order in which IOM ships it."""
    first = names.index("prs_MailingStreet")
    return [*names[:first], *SHIPPED_ADDRESS, *names[first + 5 :]]


def all_texts(root: DataRoot) -> list[str]:
    """Everything that is stored outside the archive's bytes, as text."""
    with duckdb.connect() as con:
        texts = [str(con.execute(f"select list(t) from '{path}' as t").fetchone()[0]) for path in root.path.rglob("*.parquet")]
    return texts + [path.read_text() for path in [*root.receipts.rglob("*.json"), *root.archive.rglob("*.json")]]


def test_a_file_whose_two_rows_agree_lands_by_its_labels(root: DataRoot) -> None:
    """The column that has a label only is read, the first of several values is taken, and the line numbers are no rows."""
    names, labels = template()
    rows = [line(), line(**{"Case Number": "TIP-7002", "Trafficking Status": "Possible victim of trafficking"})]
    entry = deliver(root, [names, labels, *([number, *row[1:]] for number, row in enumerate(rows, start=1)), [3], [4]])
    assert (entry.outcome, entry.rows_read, entry.rows_accepted, entry.rows_out_of_scope) == ("landed", 2, 1, 1)
    assert entry.unused_columns == [] and entry.unrecognised == {}
    columns = "identified_on, sex, age_group, nationality, province, exploitation_form, exploitation_country, assistance"
    assert landed_rows(root, "trafficking_victim", columns) == [
        (dt.date(2021, 3, 4), "female", "Y9T17", "LAO", "LA13", "forced_marriage", "CHN", "shelter")
    ]


def test_the_template_as_it_is_shipped_is_refused_and_says_which_columns(root: DataRoot) -> None:
    names, labels = template()
    entry = deliver(root, [as_shipped(names), labels, line()])
    assert entry.outcome == "refused" and landed_rows(root, "trafficking_victim") == []
    assert "rows 1 and 2 name the same columns differently" in entry.reason
    for name, label in SHIPPED_ADDRESS.items():
        assert (f"'{name}' stands over '{label}'" in entry.reason) == (name != "prs_MailingState")
    assert "by which of the two rows the values were entered" in entry.remedy


@pytest.mark.parametrize("filled", [False, True])
def test_the_real_spreadsheet_is_refused(root: DataRoot, official: Path, filled: bool) -> None:
    (source,) = (official.parent / "reference" / "htcds").glob("*.xlsx")
    workbook = openpyxl.load_workbook(source)
    if filled:
        labels = [cell.value for cell in workbook.active[2]]
        for number, label in enumerate(labels, start=1):
            workbook.active.cell(3, number, CASE.get(label))
    target = root.inbox / EXTRACT / "identified_victims_2021-Q1.xlsx"
    target.parent.mkdir(parents=True)
    workbook.save(target)
    ((entry,), _) = receive(root)
    assert (entry.outcome, "name the same columns differently" in entry.reason) == ("refused", True)
    assert "'prs_MailingCity' stands over 'Mailing Street'" in entry.reason
    assert not [text for text in all_texts(root) if any(secret in text.lower() for secret in SECRETS)]


def test_the_contract_names_every_column_of_the_real_spreadsheet(official: Path) -> None:
    (source,) = (official.parent / "reference" / "htcds").glob("*.xlsx")
    sheet = openpyxl.load_workbook(source).active
    names, labels = ({cell.value for cell in sheet[row] if cell.value} for row in (1, 2))
    contract = load_contracts()[EXTRACT]
    told = contract.tables[0].agrees_with.names
    assert set(told.values()) == names and set(told) == labels - {"Reason for Outgoing Referral"}
    read = {header for column in contract.columns.values() for header in column.header}
    assert labels == (read | set(contract.ignore)) - {"Case Number", "Age Group"} and not read & set(contract.ignore)
    assert sheet.row_dimensions[1].hidden and not sheet.row_dimensions[2].hidden


def test_names_over_the_wrong_labels_are_refused_wherever_they_stand(root: DataRoot) -> None:
    names, labels = template()
    here, there = names.index("prs_Gender"), names.index("prs_Citizenship")
    names[here], names[there] = names[there], names[here]
    entry = deliver(root, [names, labels, line()])
    assert entry.outcome == "refused" and "'prs_Citizenship' stands over 'Gender'" in entry.reason


def test_a_title_in_the_place_of_the_names_is_no_contradiction(root: DataRoot) -> None:
    entry = deliver(root, [["ຂໍ້ມູນສັງເຄາະ", "Identified victims"], template()[1], line()])
    assert (entry.outcome, entry.rows_accepted) == ("landed", 1)


@pytest.mark.parametrize(
    ("above", "reason"), [(template()[0], "'prs_FirstName' stands over something else"), (["Victims"], "few or none of those agreed")]
)
def test_a_file_without_labels_is_refused_and_its_first_victim_not_quoted(root: DataRoot, above: list[str], reason: str) -> None:
    entry = deliver(root, [above, line(), line(**{"Case Number": "TIP-7003"})])
    assert entry.outcome == "refused" and reason in entry.reason
    assert not [text for text in all_texts(root) if any(secret in text.lower() for secret in SECRETS)]


def test_nothing_personal_lands_nor_shows_in_quarantine_or_receipts(root: DataRoot) -> None:
    rows = [line(), line(), line(**{"Case Number": "TIP-7004", "Incoming Referral Date": "last spring"})]
    rows += [line(**{"Case Number": f"TIP-8{number:03d}"}) for number in range(30)]
    entry = deliver(root, [*template(), *rows])
    assert entry.rejected_by_reason == {"case_ref:duplicate_key": 1, "identified_on:not_a_date": 1}
    assert [row[0] for row in quarantined(root, EXTRACT)] == [4, 5]
    texts = all_texts(root)
    assert any("last spring" in text for text in texts)
    assert not [text for text in texts if any(secret in text.lower() for secret in (*SECRETS, "tip-7", "tip-8"))]


def test_a_row_of_names_must_stand_above_the_header() -> None:
    with pytest.raises(ValueError, match="above the header"):
        Table(header_rows=[2], agrees_with=Agreement(row=2, names={"Gender": "prs_Gender"}))


def test_the_synthetic_files_hold_the_published_victims_whatever_the_window(root: DataRoot) -> None:
    deliver_trafficking(root.inbox, Window(2, "2026-10", scale=0.01))
    receive(root)
    with duckdb.connect() as con:
        found = con.execute(
            f"""
            select year(identified_on), count(*),
                count(*) filter (sex = 'female' and age_group in ('Y0T8', 'Y9T17')) as girls,
                count(*) filter (sex = 'male' and age_group in ('Y0T8', 'Y9T17')) as boys,
                count(*) filter (sex = 'female' and age_group not in ('Y0T8', 'Y9T17')) as women
            from '{root.raw}/trafficking_victim/*/*.parquet' where year(identified_on) in (2020, 2021) group by 1 order by 1
            """
        ).fetchall()
    assert found == [(2020, 142, 80, 17, 39), (2021, 110, 62, 13, 30)]
