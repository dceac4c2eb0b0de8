"""Permits of foreigners, students abroad and displaced people: what becomes of their files, and what the synthetic ones hold."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from ingestion.archive import Submission
from ingestion.contract import load_contracts
from ingestion.paths import DataRoot
from sample_data.calibration import calibration
from sample_data.displacement import recording_rows
from sample_data.permits import permit_rows
from sample_data.stays import all_stays, first_number
from sample_data.students import student_rows
from sample_data.window import Window
from sample_data.workers import deployed_workers
from tests.deliver import CROSSINGS, crossings_csv, drop, drop_workbook, landed_rows, quarantined, receive

WORK, RESIDENCE, STUDENTS, DTM = "molsw__work_permits", "mops__residence_permits", "moes__students_abroad", "iom__dtm_displacement"
PERMIT = {
    "permit_no": "WP-1", "document_no": "SYN 4100001", "nationality": "ຫວຽດນາມ", "sex": "ຍິງ", "birth_date": "01/05/1990",
    "occupation": "ຄູ", "industry": "ການສຶກສາ", "province": "ບໍ່ແກ້ວ", "special_economic_zone": "-", "issued_on": "04/03/2026",
    "valid_until": "03/03/2027",
}  # fmt: skip
STUDENT = {
    "start_year": "2568-2569", "student_ref": "SYN4200001", "sex": "ຍ", "birth_date": "02/09/2005", "province": "ສະຫວັນນະເຂດ",
    "destination": "ຫວຽດນາມ", "level": "ປ.ຕີ", "field": "ບໍລິຫານທຸລະກິດ", "sponsor": "ທຶນແລກປ່ຽນ",
}  # fmt: skip
SITE = {
    "event": "Flood", "recorded_on": "2024-09-12", "province": "Louangnamtha", "district": "Nalae", "site": "School", "cause": "floods",
    "households": "20", "persons": "100", "female": "51", "male": "46", "under_18": "40",
}  # fmt: skip


def sheet(extract: str, *rows: dict[str, str]) -> list[list[str]]:
    """Rows of a ministry's workbook, with the title above and the total below."""
    contract = load_contracts()[extract]
    fields = [name for name, column in contract.columns.items() if column.header]
    header = [contract.columns[name].header[0] for name in fields]
    numbered = [[number, *(row[name] for name in fields)] for number, row in enumerate(rows, start=1)]
    return [["SYNTHETIC"], [], [contract.title.lo], ["ລ/ດ", *header], *numbered, ["ລວມ", len(rows)]]


def deliver_sheet(root: DataRoot, extract: str, name: str, *rows: dict[str, str]) -> Submission:
    drop_workbook(root, extract, name, sheet(extract, *rows), sheet=load_contracts()[extract].tables[0].sheet)
    ((entry,), _) = receive(root)
    return entry


def csv_of(extract: str, *rows: dict[str, str]) -> str:
    contract = load_contracts()[extract]
    fields = {name: column.header[0] for name, column in contract.columns.items() if column.header}
    mark = contract.file.delimiter
    return "\n".join([mark.join(fields.values()), *(mark.join(row[name] for name in fields) for row in rows)]) + "\n"


def test_a_passport_is_the_same_person_at_the_border_and_on_both_permits(root: DataRoot) -> None:
    crossing = "2026-03-01 10:00:00,Arrival,Wattay International Airport,Passport,SYN4100001,Viet Nam,F,1990-05-01,,Viet Nam,,30"
    drop(root, CROSSINGS, "crossings_2026-03.csv", crossings_csv([crossing]))
    iso = {"birth_date": "1990-05-01", "issued_on": "2026-03-09", "valid_until": "2027-03-08"}
    english = PERMIT | iso | {"permit_no": "RP-1", "document_no": "syn-4100001", "nationality": "Viet Nam", "sex": "F", "province": "Bokeo"}
    drop(root, RESIDENCE, "residence_permits_2026-03.csv", csv_of(RESIDENCE, english))
    drop_workbook(root, WORK, "work_permits_2026-03.xlsx", sheet(WORK, PERMIT), sheet="ໃບອະນຸຍາດ")
    receive(root)
    ((person,),) = (set(landed_rows(root, "border_crossing", "person_key")),)
    columns = "person_key, kind, nationality, sex, occupation, industry, province, special_economic_zone, valid_until"
    assert landed_rows(root, "foreign_permit", columns) == [
        (*person, "work", "VNM", "female", "23", "P", "LA05", "none", dt.date(2027, 3, 3)),
        (*person, "residence", "VNM", "female", "X", "_U", "LA05", "_U", dt.date(2027, 3, 8)),
    ]
    assert len(set(landed_rows(root, "foreign_permit", "permit_key"))) == 2


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"valid_until": "03/03/2026"}, "valid_until:permit_ends_before_it_starts"),
        ({"birth_date": "05/03/2026"}, "birth_date:birth_after_issue"),
        ({"issued_on": "04/04/2026"}, "issued_on:outside_period"),
        ({"document_no": ""}, "document_no:missing_value"),
        ({"permit_no": "WP 0"}, "permit_no:duplicate_key"),
    ],
)
def test_a_wrong_permit_is_rejected_with_the_reason(root: DataRoot, changes: dict[str, str], reason: str) -> None:
    good = [PERMIT | {"permit_no": f"WP-{number}"} for number in (0, *range(2, 12))]
    entry = deliver_sheet(root, WORK, "work_permits_2026-03.xlsx", *good, PERMIT | changes)
    assert (entry.outcome, entry.rejected_by_reason) == ("landed", {reason: 1})


def test_an_academic_year_of_the_buddhist_era_is_read_and_one_of_another_is_rejected(root: DataRoot) -> None:
    years = {"2568-2569": 2025, "໒໕໖໗-໒໕໖໘": 2024}
    rows = [STUDENT | {"start_year": year, "student_ref": f"SYN42{place}"} for place, year in enumerate([*years, *["2568-2569"] * 9])]
    entry = deliver_sheet(root, STUDENTS, "students_abroad_2025.xlsx", *rows, STUDENT | {"start_year": "2025-2026"})
    assert (entry.period, entry.rejected_by_reason) == ("2025-12", {"start_year:below_minimum": 1, "birth_date:student_under_age": 1})
    columns = "start_year, sex, destination, level, field, sponsor"
    landed = landed_rows(root, "student_abroad", columns)
    assert [row[0] for row in landed[:3]] == [*years.values(), 2025]
    assert landed[0][1:] == ("female", "VNM", "ED6", "04", "exchange")


def test_a_site_with_more_women_than_persons_is_rejected_and_marks_are_kept_apart(root: DataRoot) -> None:
    """A dash is none, n/a is not known."""
    rows = [SITE | {"site": f"Hall {number}"} for number in range(20)]
    rows += [SITE | {"female": "101"}, SITE | {"under_18": "150", "site": "Temple"}, SITE | {"male": "n/a", "under_18": "-", "site": "Gym"}]
    drop(root, DTM, "dtm_displacement_2024-09.csv", csv_of(DTM, *rows))
    ((entry,), _) = receive(root)
    assert entry.rejected_by_reason == {"female:female_exceeds_persons": 1, "under_18:under_18_exceeds_persons": 1}
    assert [reasons for _, reasons, _ in quarantined(root, DTM)] == [
        ["female:female_exceeds_persons"],
        ["under_18:under_18_exceeds_persons"],
    ]
    assert landed_rows(root, "displacement", "district, cause, female, male, under_18")[-1] == ("LA0305", "flood", 51, None, 0)


@pytest.fixture(scope="module")
def world() -> tuple[Window, object]:
    window = Window(12, "2026-06", scale=0.4)
    return window, all_stays(window, deployed_workers(window, first_number("workers")))


def test_holders_of_permits_have_the_published_mix_of_nationalities(world) -> None:
    window, stays = world
    rows = permit_rows(window, stays)
    people = rows.drop_duplicates("document_no")
    mix = calibration()["undesa"]["foreign_named"]
    for nationality in ("VNM", "CHN", "THA", "KHM", "MMR"):
        assert (people["nationality"] == nationality).mean() == pytest.approx(mix[nationality] / sum(mix.values()), abs=0.02)
    assert rows["permit_no"].is_unique and (rows["valid_until"] > rows["issued_on"]).all()
    linked = people[people["document_no"].isin(stays["document_no"])].merge(stays[~stays["abroad"]], on="document_no")
    assert len(linked) > 200 and (linked["nationality_x"] == linked["nationality_y"]).all()


def test_students_are_travellers_and_most_go_to_viet_nam_and_china(world) -> None:
    window, stays = world
    rows = student_rows(window, stays)
    share = {code: count / len(rows) for code, count in Counter(rows["destination"]).items()}
    assert share["VNM"] == pytest.approx(0.607, abs=0.08) and share["CHN"] == pytest.approx(0.292, abs=0.08)
    assert set(rows["student_ref"]) <= set(stays.loc[stays["abroad"], "document_no"])
    assert (rows["start_year"] - rows["birth_date"].dt.year >= 16).all()


def test_every_event_is_recorded_again_and_a_recording_counts_its_total() -> None:
    rows = recording_rows(Window(1, "2026-10"))
    recorded = rows.groupby("event")["recorded_on"].nunique()
    assert (recorded >= 2).all() and len(recorded) >= 4
    for event, about in calibration()["displacement"]["events"].items():
        found = rows[rows["event"] == event].groupby("recorded_on")["persons"].sum().to_dict()
        assert found == about["recorded"]
    assert (rows["female"] + rows["male"] <= rows["persons"]).all() and (rows["under_18"] <= rows["persons"]).all()
