"""Returns, counts, screening, contacts and consular cases: their files as senders write them, and the world behind them."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pandas as pd
import pytest

from ingestion.contract import load_contracts
from ingestion.paths import DataRoot
from sample_data.crossings import recorded_events
from sample_data.returns import count_text, quarantine_rows, return_rows
from sample_data.stays import all_stays, first_number
from sample_data.window import Window
from sample_data.workers import deployed_workers
from tests.deliver import drop, drop_workbook, landed_rows, quarantined, receive

WINDOW = Window(3, "2026-10", scale=0.2)


def above(title: str) -> list[list[object]]:
    return [["SYNTHETIC"], ["ກະຊວງ"], [title]]


def test_the_register_of_returnees_lands_with_its_lao_headers_digits_and_answers(root: DataRoot) -> None:
    header = ["ລ/ດ", "ວັນທີກັບເຖິງ", "ເລກທີພາສປອດ", "ເພດ", "ປີເກີດ", "ດ່ານ", "ແຂວງ", "ກັບຈາກປະເທດ", "ເຫດຜົນ", "ການຊ່ວຍເຫຼືອ"]
    rows = [
        [1, "໐໓/໑໐/2026", "syn 0012345", "ນາງ", 1998, "ວັງເຕົ່າ", "ຈຳປາສັກ", "ໄທ", "ໝົດສັນຍາ", "ບໍ່"],
        [2, "04/10/2026", "SYN0012346", "ທ້າວ", "໑໙໙໐", "ວັງເຕົ່າ", "ແຂວງຈໍາປາສັກ", "ประเทศไทย", "ຖືກສົ່ງກັບ", "ແມ່ນ"],
        [3, "05/10/2026", "", "ຊາຍ", "", "ວັງເຕົ່າ", "ວຽງຈັນ", "ໄທ", "ເພາະຢາກກັບ", ""],
        [4, "05/10/2026", "", "ຊາຍ", "", "ວັງເຕົ່າ", "ວຽງຈັນ", "ໄທ", "ເພາະຢາກກັບ", ""],
        [5, "06/10/2026", "SYN0012347", "ຍິງ", 2541, "ວັງເຕົ່າ", "ຈຳປາສັກ", "ໄທ", "ຄອບຄົວ", "ບໍ່"],
        [6, "06/10/2026", "SYN0012348", "ຍິງ", 2027, "ວັງເຕົ່າ", "ຈຳປາສັກ", "ໄທ", "ຄອບຄົວ", "ບໍ່"],
        [7, "໐໓/໑໐/2026", "SYN-0012345", "ຍິງ", 1998, "ວັງເຕົ່າ", "ຈຳປາສັກ", "ໄທ", "ໝົດສັນຍາ", "ບໍ່"],
    ]
    drop_workbook(root, "molsw__returnees", "returnees_2026-10.xlsx", [*above("ຜູ້ກັບຄືນ"), header, *rows, ["ລວມ", 7]], sheet="ຜູ້ກັບຄືນ")
    receive(root, lenient("molsw__returnees"))
    fields = "returned_on, sex, birth_year, province_of_return, country_left, reason, assisted, person_key is null"
    assert landed_rows(root, "return_migration", fields) == [
        (dt.date(2026, 10, 3), "female", 1998, "LA16", "THA", "contract_ended", "no", False),
        (dt.date(2026, 10, 4), "male", 1990, "LA16", "THA", "deported", "yes", False),
        # Without a document two persons are two, however alike; "Vientiane" alone is no province.
        (dt.date(2026, 10, 5), "male", None, "LA00", "THA", "unknown", "_U", True),
        (dt.date(2026, 10, 5), "male", None, "LA00", "THA", "unknown", "_U", True),
    ]
    reasons = [(row, reason) for row, reason, _ in quarantined(root, "molsw__returnees")]
    assert reasons == [
        (9, ["birth_year:above_maximum", "returned_on:birth_after_return"]),
        (10, ["returned_on:birth_after_return"]),
        (11, ["returned_on:duplicate_key"]),
    ]


def test_a_passport_is_one_person_in_deployments_returns_and_contacts(root: DataRoot) -> None:
    drop(
        root, "molsw__agency_deployments", "deployments_2020-03.csv",
        "Agency licence,Permit no,Departed on,Country of work,Employer sector,Job title,Wage per month,Wage currency,"
        "Fee paid by worker,Fee currency,Passport no,Sex,Born on,Province of origin,District of origin,Contract from,Contract to\n"
        "L,P1,02/03/2020,Thailand,C,worker,12000,THB,100,USD,SYN0012345,F,01/02/1998,Champasack,Pakse,03/03/2020,02/03/2022\n",
    )  # fmt: skip
    drop(
        root, "taskforce__quarantine_returns", "quarantine_2020-04.csv",
        "ວັນທີເຂົ້າສູນ;ເລກເອກະສານ;ເພດ;ອາຍຸ;ດ່ານ;ແຂວງ;ມາຈາກປະເທດ;ລັດຊ່ວຍເຫຼືອ\n"
        "05/04/2020;SYN 0012345;ຍ;໒໒ ປີ;ວັງເຕົ່າ;ຈຳປາສັກ;ໄທ;ແມ່ນ\n"
        "05/04/2020;;ຊ;31 ປີ;ວັງເຕົ່າ;ຈຳປາສັກ;ໄທ;ບໍ່\n"
        "TOTAL;2\n",
    )  # fmt: skip
    drop(
        root, "molsw__mrc_contacts", "contacts_2020-05.csv",
        "ວັນທີຕິດຕໍ່;ສູນ;ເລກທີໜັງສືຜ່ານແດນ;ເພດ;ການບໍລິການ;ເລື່ອງ;ປະເທດປາຍທາງ;ເງິນທີ່ໄດ້ຄືນ;ສະກຸນເງິນ\n"
        "06/05/2020;MRC Pakse;syn-0012345;ຍ;ຮ້ອງທຸກ;ຄ່າແຮງງານ;ໄທ;12.500,50;THB\n",
    )  # fmt: skip
    receive(root)
    assert landed_rows(root, "return_migration", "age, reason, assisted, person_key is null") == [
        (22, "covid_19", "yes", False), (31, "covid_19", "no", True),
    ]  # fmt: skip
    (deployed,) = landed_rows(root, "labour_deployment", "person_key")
    (returned, _), (contact,) = landed_rows(root, "return_migration", "person_key"), landed_rows(root, "service_contact", "person_key")
    assert deployed == returned == contact
    assert landed_rows(root, "service_contact", "centre, service, topic, amount_recovered::varchar, currency") == [
        ("MRC_LA16", "complaint", "wages", "12500.50", "THB")
    ]


def test_money_recovered_needs_a_currency_that_it_can_be_in(root: DataRoot) -> None:
    line = "06/05/2026;ສູນ MRC ຄຳມ່ວນ;;ຊ;ຮ້ອງທຸກ;ຄ່າແຮງງານ;ໄທ;{};{}\n"
    header = "ວັນທີຕິດຕໍ່;ສູນ;ເລກທີໜັງສືຜ່ານແດນ;ເພດ;ການບໍລິການ;ເລື່ອງ;ປະເທດປາຍທາງ;ເງິນທີ່ໄດ້ຄືນ;ສະກຸນເງິນ\n"
    amounts = [("", ""), ("1.500.000", "LAK"), ("1.500.000", "USD"), ("900", ""), ("900", "QQQ")]
    drop(root, "molsw__mrc_contacts", "contacts_2026-05.csv", header + "".join(line.format(*pair) for pair in amounts))
    receive(root, lenient("molsw__mrc_contacts"))
    assert landed_rows(root, "service_contact", "amount_recovered::varchar, currency") == [(None, "XXX"), ("1500000.00", "LAK")]
    assert [reasons for _, reasons, _ in quarantined(root, "molsw__mrc_contacts")] == [
        ["amount_recovered:amount_implausible_for_currency"],
        ["currency:amount_without_currency"],
        ["currency:unrecognised_code", "currency:amount_without_currency"],
    ]


def test_counts_of_returnees_land_by_sex_and_their_totals_must_add_up(root: DataRoot) -> None:
    header = "ວັນທີລາຍງານ,ແຂວງ,ຊາຍ,ຍິງ\n"
    rows = '15/06/2020,ສະຫວັນນະເຂດ,"12,400",9800\n15/06/2020,ຈຳປາສັກ,7000,6900\n'
    drop(root, "taskforce__cumulative_returnees", "counts_2020-06.csv", header + rows + "15/06/2020,ລວມ,19400,16700\n")
    receive(root)
    assert sorted(landed_rows(root, "returnee_count", "province, sex, cumulative_returnees")) == [
        ("LA13", "female", 9800), ("LA13", "male", 12400), ("LA16", "female", 6900), ("LA16", "male", 7000),
    ]  # fmt: skip
    drop(
        root,
        "taskforce__cumulative_returnees",
        "counts_2020-07.csv",
        (header + rows).replace("/06/", "/07/") + "15/07/2020,ລວມ,19400,16701\n",
    )
    ((refused,), _) = receive(root)
    assert refused.outcome == "refused" and "16,701" in refused.reason


def test_no_more_are_suspected_than_screened_and_confirmed_than_suspected(root: DataRoot) -> None:
    cells = ["10,2,1,1", "10,-,-,-", "10,11,1,0", "10,2,3,3", "10,n/a,n/a,0"]
    lines = [f"2026-07-{day:02d},Wattay,Lao,{counts}" for day, counts in enumerate(cells, start=1)]
    header = "Date of screening,Point of entry,Nationality,Screened,Suspected,Confirmed,Quarantined"
    drop(root, "moh__point_of_entry_screening", "screening_2026-07.csv", "\n".join([header, *lines, "TOTAL,5"]) + "\n")
    receive(root, lenient("moh__point_of_entry_screening"))
    # A dash is nil, n/a is not known.
    assert landed_rows(root, "health_screening", "suspected, confirmed, quarantined") == [(2, 1, 1), (0, 0, 0), (None, None, 0)]
    assert [reasons for _, reasons, _ in quarantined(root, "moh__point_of_entry_screening")] == [
        ["suspected:suspected_exceed_screened"],
        ["confirmed:confirmed_exceed_suspected"],
    ]


def test_consular_cases_of_a_quarter_land_and_others_are_told_apart(root: DataRoot) -> None:
    header = ["ລ/ດ", "ວັນທີເປີດກໍລະນີ", "ປະເທດ", "ປະເພດກໍລະນີ", "ເພດ", "ອາຍຸ"]
    rows = [
        [1, "01/07/2026", "ໄທ", "ເສຍຊີວິດ", "ຊ", "25-29"],
        [2, "30/09/2026", "ສ. ເກົາຫຼີ", "ຂໍ້ຂັດແຍ່ງແຮງງານ", "ຍ", "30 ຫາ 34 ປີ"],
        [3, "01/10/2026", "ໄທ", "ຖືກຈັບ", "ຍ", "20-24"],
    ]
    drop_workbook(root, "mofa__consular_cases", "cases_2026-Q3.xlsx", [*above("ກໍລະນີ"), header, *rows, ["ລວມ", 3]])
    receive(root, lenient("mofa__consular_cases"))
    assert landed_rows(root, "consular_case", "_period, mission_country, case_kind, sex, age_group") == [
        ("2026-09", "THA", "death", "male", "Y25T29"),
        ("2026-09", "KOR", "wages", "female", "Y30T34"),
    ]
    assert [reasons for _, reasons, _ in quarantined(root, "mofa__consular_cases")] == [["opened_on:outside_period"]]


def test_the_taskforce_owes_nothing_after_its_end() -> None:
    contracts = load_contracts()
    for extract, last, after in (
        ("taskforce__quarantine_returns", "2022-05", "2022-06"),
        ("taskforce__cumulative_returnees", "2021-12", "2022-01"),
    ):
        assert contracts[extract].due_on(last) and contracts[extract].due_on(after) is None


def test_generated_returns_are_the_ends_of_stays_that_the_crossings_saw() -> None:
    workers, stays, events = world()
    rows = return_rows(WINDOW, workers, stays, events)
    entries = events[events["direction"] == "entry"].assign(day=lambda rows: rows["crossed_at"].dt.floor("D").astype("datetime64[s]"))
    seen = rows.merge(entries, left_on=["document_no", "returned_on"], right_on=["document_no", "day"], suffixes=("", "_seen"))
    assert len(seen) > 0.9 * len(rows) > 150
    assert (seen["point_of_entry"] == seen["point_of_entry_seen"]).mean() == pytest.approx(1, abs=0.01)
    of_workers = rows["document_no"].isin(workers.people["document_no"])
    assert 0.5 < of_workers.mean() < 1
    assert not ((rows["reason"] == "contract_ended") & ~of_workers).any()


def test_quarantine_is_the_same_piece_of_history_whatever_months_are_generated() -> None:
    rows = quarantine_rows(WINDOW, world()[0])
    earlier = quarantine_rows(Window(1, "2024-01", WINDOW.scale), deployed_workers(Window(1, "2024-01", 0.05), first_number("workers")))
    assert rows["returned_on"].tolist() == earlier["returned_on"].tolist()
    assert (rows["returned_on"].min().strftime("%Y-%m"), rows["returned_on"].max().strftime("%Y-%m")) == ("2020-04", "2022-05")
    assert 0.1 < (rows["document_no"] == "").mean() < 0.4
    known = rows.loc[rows["document_no"] != "", "document_no"]
    assert known.is_unique
    first_departure = world()[0].contracts.groupby("person")["departed"].min()
    departed = first_departure.rename(index=world()[0].people["document_no"])
    followed = rows[rows["document_no"].isin(departed.index)]
    assert len(followed) > 10
    assert (departed.loc[followed["document_no"]].to_numpy() > followed["returned_on"].to_numpy()).all()


def test_generated_counts_pass_200_000_in_june_2020_and_fall_only_where_they_were_revised() -> None:
    table = count_text()
    day = pd.to_datetime(table["reported_on"], format="%d/%m/%Y")
    counts = table.assign(day=day, both=table["ຊາຍ"].astype(int) + table["ຍິງ"].astype(int))
    total = counts[counts["province"] == "ລວມ"].set_index("day")["both"]
    assert 200_000 < total[:"2020-06-30"].iloc[-1] < 205_000
    assert (counts[counts["province"] != "ລວມ"].groupby("day")["both"].sum() == total).all()
    change = counts[counts["province"] != "ລວມ"].pivot(index="day", columns="province", values="both").diff()
    fallen = np.argwhere((change < 0).to_numpy())
    assert [(str(change.index[row].date()), change.columns[column]) for row, column in fallen] == [
        ("2020-05-12", "ສະຫວັນນະເຂດ"), ("2021-03-08", "ຈຳປາສັກ"),
    ]  # fmt: skip


@cache
def world() -> tuple:
    workers = deployed_workers(WINDOW, first_number("workers"))
    stays = all_stays(WINDOW, workers)
    return workers, stays, recorded_events(WINDOW, stays)[0]


def lenient(extract: str) -> dict:
    """The project's contracts with one that refuses no file for its bad rows: here they are the point."""
    contracts = load_contracts()
    return {**contracts, extract: contracts[extract].model_copy(update={"max_rejected_pct": 100})}
