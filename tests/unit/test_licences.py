"""The register of recruitment agencies: how it lands, and that the synthetic one is whole and used."""

from __future__ import annotations

import datetime as dt

import pytest

from expectations.landing_judge import judge_deliveries
from ingestion.contract import load_contracts
from ingestion.paths import DataRoot
from sample_data.deliveries import quarter_ends
from sample_data.deployments import deployment_rows
from sample_data.licences import FOR_EVER, UNREGISTERED, licences, register, register_text
from sample_data.stays import first_number
from sample_data.window import Window
from sample_data.workers import deployed_workers
from tests.deliver import drop_workbook, landed_rows, quarantined, receive

REGISTER = "molsw__recruitment_agencies"
NAME = "recruitment_agencies_2026-Q3.xlsx"
WINDOW = Window(12, "2026-09", scale=0.2)


def deliver(root: DataRoot, *rows: list[object], name: str = NAME, filler: int = 60):
    """A workbook as the ministry sends it: title lines, Lao headers, a total row, a note."""
    header = [column.header[0] for column in load_contracts()[REGISTER].columns.values()]
    good = [[f"L-9{number:02d}", "ບໍລິສັດ", "Agency", "ສະຫວັນນະເຂດ", "01/01/2024", "31/12/2026", "ຍັງມີຜົນ"] for number in range(filler)]
    lines = [["SYNTHETIC"], ["ກະຊວງແຮງງານ ແລະ ສະຫວັດດີການສັງຄົມ"], ["ທະບຽນ"], ["ລ/ດ", *header]]
    lines += [[number, *row] for number, row in enumerate([*rows, *good], start=1)]
    drop_workbook(root, REGISTER, name, [*lines, ["ລວມ", len(rows) + filler], ["ໝາຍເຫດ: …"]], sheet="ທະບຽນ")
    return receive(root, judge=judge_deliveries)[0][-1]


def test_an_entry_lands_whatever_the_clerk_calls_its_status(root: DataRoot) -> None:
    deliver(
        root,
        ["L-001", "ບໍລິສັດ ໜຶ່ງ", "One Co.", "ນະຄອນຫຼວງວຽງຈັນ", "໐໑/໐໒/2024", "31/01/2027", "ມີຜົນ"],
        ["L-002", "ບໍລິສັດ ສອງ", "Two Co.", "Champasack", "15/03/2025", "", "ຖືກຖອນ"],
        filler=0,
    )
    assert landed_rows(root, "agency_licence", "licence_no, province, valid_from, valid_until, status, _period") == [
        ("L-001", "LA01", dt.date(2024, 2, 1), dt.date(2027, 1, 31), "active", "2026-09"),
        ("L-002", "LA16", dt.date(2025, 3, 15), None, "revoked", "2026-09"),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["L-001", "ກ", "A", "ສະຫວັນນະເຂດ", "01/02/2024", "31/01/2024", "ຍັງມີຜົນ"], "valid_until:licence_ends_before_it_starts"),
        (["L-001", "ກ", "A", "ສະຫວັນນະເຂດ", "01/02/1985", "31/01/2027", "ຍັງມີຜົນ"], "valid_from:licence_date_implausible"),
        (["L-001", "ກ", "A", "ສະຫວັນນະເຂດ", "01/02/2024", "31/01/2027", "ບາງທີ"], "status:unrecognised_code"),
        (["", "ກ", "A", "ສະຫວັນນະເຂດ", "01/02/2024", "31/01/2027", "ຍັງມີຜົນ"], "licence_no:missing_value"),
        (["L-900", "ກ", "A", "ສະຫວັນນະເຂດ", "01/01/2024", "31/01/2027", "ໂຈະ"], "licence_no:duplicate_key"),
    ],
)
def test_a_wrong_entry_goes_back_with_its_reason(root: DataRoot, row: list[object], reason: str) -> None:
    assert deliver(root, row).rows_rejected == 1
    ((_, reasons, _),) = quarantined(root, REGISTER)
    assert reasons == [reason]


def test_half_a_register_is_refused(root: DataRoot) -> None:
    assert deliver(root).outcome == "landed"
    refused = deliver(root, name="recruitment_agencies_2026-Q4.xlsx", filler=30)
    assert refused.outcome == "refused" and "the_register_is_whole" in refused.reason


def test_every_licence_in_the_deployments_is_in_the_register_but_for_the_odd_one() -> None:
    rows = deployment_rows(WINDOW, deployed_workers(WINDOW, first_number("workers")))
    known = set(register(licences(WINDOW), dt.date(2026, 9, 30))["licence_no"])
    assert set(rows["agency_licence"]) - known == {UNREGISTERED}
    assert (rows["agency_licence"] == UNREGISTERED).mean() < 0.01


def test_a_register_knows_decisions_up_to_its_day_and_its_entries_do_not_overlap() -> None:
    known = licences(WINDOW)
    assert {licence.number for licence in known} == {licence.number for licence in licences(Window(3, "2025-03"))}
    late = register(known, dt.date(2026, 9, 30))
    assert set(late["status"]) == {"active", "suspended", "revoked"}
    ordered = late.sort_values(["licence_no", "valid_from"])
    same = ordered["licence_no"].eq(ordered["licence_no"].shift())
    assert (ordered["valid_from"] > ordered["valid_until"].shift())[same].all()
    suspended = late[late["status"] == "suspended"].iloc[-1]
    before = register(known, suspended["valid_from"] - dt.timedelta(days=1))
    assert "suspended" not in set(before.loc[before["valid_from"] == suspended["valid_from"], "status"])
    assert (register_text(known, dt.date(2026, 9, 30))["valid_until"] == "").sum() == (late["valid_until"] == FOR_EVER).sum() > 0


@pytest.mark.parametrize(
    ("count", "last", "ends"), [(3, "2026-09", ["2026-09"]), (1, "2026-01", ["2025-12"]), (5, "2026-04", ["2025-12", "2026-03"])]
)
def test_a_register_comes_for_every_quarter_or_at_least_the_last_one(count: int, last: str, ends: list[str]) -> None:
    assert quarter_ends(Window(count, last)) == ends
