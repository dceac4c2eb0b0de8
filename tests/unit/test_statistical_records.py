"""Surveys, balance of payments, census, injuries and UNHCR figures: the files as sent, and the published figures they are made of."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import numpy as np
import pytest

from ingestion import normalise
from ingestion.contract import Column, load_contracts
from ingestion.paths import DataRoot
from ingestion.record import Field
from sample_data.balance_of_payments import deliver_balance_of_payments
from sample_data.calibration import calibration, remittances_usd
from sample_data.census_migrants import deliver_census_migrants
from sample_data.injuries import deliver_injuries
from sample_data.surveys import HOUSEHOLDS, WORKERS, as_coded, household_text, worker_text
from sample_data.unhcr import deliver_unhcr
from sample_data.window import Window
from tests.deliver import drop, drop_workbook, landed_rows, quarantined, receive

WINDOW = Window(24, "2025-12", scale=0.05)
PAYMENTS, INJURIES, CENSUS = "bol__balance_of_payments", "molsw__occupational_injuries", "lsb__census_migrants"
REFUGEES, APPLICATIONS = "unhcr__refugees", "unhcr__asylum_applications"


@pytest.mark.parametrize("window", [WINDOW, Window(46, "2026-10"), Window(3, "2024-03", scale=0.01, seed=5)])
def test_the_labour_force_survey_of_2017_gives_the_published_worked_example(window: Window) -> None:
    """SDG 10.7.1: the mean of ratios and the ratio of means are two numbers, whatever the seed and the scale."""
    rows = worker_text(window, 2017)
    weight, cost, earnings = (rows[name].astype(float) for name in ("survey_weight", "recruitment_cost_usd", "first_month_earnings_usd"))
    assert round(weight.sum()) == 48_429
    assert round(np.average(cost, weights=weight), 2) == 141.31
    assert round(np.average(earnings, weights=weight), 2) == 430.88
    assert round(np.average(cost, weights=weight) / np.average(earnings, weights=weight), 3) == 0.328
    assert round(np.average(cost / earnings, weights=weight), 3) == 0.330
    assert (cost >= 0).all() and weight.nunique() > 300


def test_fewer_households_receive_during_covid_and_what_all_receive_is_the_published_total() -> None:
    shares = {}
    for year in calibration()["household_survey"]["rounds"]:
        rows = household_text(WINDOW, year)
        weight, receives = rows["survey_weight"].astype(float), rows["receives"] == "yes"
        shares[year] = weight[receives].sum() / weight.sum()
        assert weight.sum() == pytest.approx(sum(calibration()["census_2015"]["persons"].values()) / 5.3, rel=0.12)
        assert set(rows.loc[~receives, ["amount", "channel"]].agg(" ".join, axis=1)) == {" _Z"}
        kip = receives & (rows["currency"] == "LAK") & (rows["amount"] != "-99")
        mean_usd = np.average(rows.loc[kip, "amount"].astype(float), weights=weight[kip]) / {2019: 8666, 2021: 9619}[year]
        assert mean_usd * weight[receives].sum() == pytest.approx(remittances_usd("received", year), rel=0.15)
    assert shares[2021] < 0.75 * shares[2019]
    assert "hand_carried" in set(rows["channel"])


def survey_file(extract: str, text, year: int, **changes: str) -> str:
    """The generated round, with the cells of its first row changed."""
    table = as_coded(extract, text(WINDOW, year)).astype(object)
    for field, cell in changes.items():
        table.loc[0, field] = cell
    columns = {column.header[0]: table[field] for field, column in load_contracts()[extract].columns.items()}
    delimiter = load_contracts()[extract].file.delimiter
    return "\n".join([delimiter.join(columns), *map(delimiter.join, zip(*columns.values(), strict=True))]) + "\n"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"receives": "2", "amount": "5000000", "currency": "LAK"}, "amount:amount_without_receipt"),
        ({"receives": "1", "amount": "5000000", "currency": "USD"}, "amount:amount_implausible_for_currency"),
        ({"currency": "BHTT"}, "currency:unrecognised_code"),
        ({"survey_weight": "0"}, "survey_weight:below_minimum"),
        ({"covid_period": "9"}, "covid_period:unrecognised_code"),
        ({"round_start": "2019-07"}, "round_start:not_a_date"),
    ],
)
def test_a_household_with_a_wrong_answer_is_sent_back_with_the_reason(root: DataRoot, changes: dict, reason: str) -> None:
    drop(root, HOUSEHOLDS, "remittance_survey_2019.csv", survey_file(HOUSEHOLDS, household_text, 2019, **changes))
    ((entry,), _) = receive(root)
    assert (entry.outcome, entry.period, entry.rows_rejected) == ("landed", "2019-12", 1)
    ((row, reasons, _),) = quarantined(root, HOUSEHOLDS)
    assert (row, reasons) == (2, [reason])


def test_a_survey_lands_by_its_code_book_with_refusals_missing_and_households_unnamed(root: DataRoot) -> None:
    answers = {"receives": "1", "amount": "-99", "channel": "4", "main_use": "-99", "head_sex": "-99", "residence": "2", "currency": "THB"}
    drop(root, HOUSEHOLDS, "remittance_survey_2019.csv", survey_file(HOUSEHOLDS, household_text, 2019, **answers))
    receive(root)
    first = landed_rows(root, "household_remittance", "receives, amount, channel, main_use, head_sex, residence, currency, covid_period")[0]
    assert first == ("yes", None, "hand_carried", "_U", "unknown", "rural", "THB", "before")
    assert not any("SYN-HH" in str(cell) for row in landed_rows(root, "household_remittance") for cell in row)


def test_a_yearly_wage_in_another_currency_is_no_recruitment_cost(root: DataRoot) -> None:
    text = survey_file(WORKERS, worker_text, 2022, recruitment_cost_usd="90000", first_month_earnings_usd="400")
    drop(root, WORKERS, "labour_force_migration_2022.csv", text)
    ((entry,), _) = receive(root)
    assert (entry.rows_accepted, entry.rows_rejected) == (467, 1)
    assert quarantined(root, WORKERS)[0][1] == ["recruitment_cost_usd:cost_beyond_ten_years_of_earnings"]


@pytest.mark.parametrize(
    ("cell", "day"),
    [("I/2023", dt.date(2023, 1, 1)), ("IV / 2024", dt.date(2024, 10, 1)), ("V/2023", None), ("2023", None), ("II/23", None)],
)
def test_a_quarter_in_roman_numerals_is_its_first_day(cell: str, day: dt.date | None) -> None:
    expression = normalise.moment("cell", Field(type="date", description=""), Column(format=["quarter", "roman_quarter"]))
    assert duckdb.execute(f"select {expression} from (select $1::varchar as cell)", [cell]).fetchone()[0] == day


def test_both_blocks_of_the_balance_of_payments_land_from_either_template(root: DataRoot) -> None:
    """Lao headings with I/2024 and, later, English ones with 2024Q1; every release is a vintage of its own."""
    files = deliver_balance_of_payments(root.inbox, WINDOW).files
    handled, _ = receive(root)
    assert [(entry.outcome, entry.rows_accepted, entry.rows_rejected) for entry in handled] == [("landed", 48, 0)] * files
    rows = landed_rows(root, "remittance_flow", "direction, item, quarter_start, vintage, amount_usd, obs_status")
    assert {row[:2] for row in rows} == {(way, item) for way in ("received", "paid") for item in calibration_items()}
    assert len({row[3] for row in rows}) == files
    newest = max(row[2] for row in rows)
    assert {row[5] for row in rows if row[1] == "capital_transfers" and row[2] == newest} == {"M"}
    assert all(row[4] is not None and row[4] % 100_000 == 0 for row in rows if row[5] == "A")


def calibration_items() -> set[str]:
    return {"personal_transfers", "compensation_of_employees", "capital_transfers"}


def test_a_year_restated_for_the_last_time_is_the_world_banks(root: DataRoot) -> None:
    deliver_balance_of_payments(root.inbox, Window(36, "2025-12"))
    receive(root)
    rows = landed_rows(root, "remittance_flow", "quarter_start, item, direction, vintage, amount_usd")
    last = {row[:3]: row for row in sorted(rows, key=lambda row: row[3])}
    for year in (2022, 2023):
        kept = [row[4] for row in last.values() if row[0].year == year and row[2] == "received" and row[1] != "capital_transfers"]
        assert float(sum(kept)) == pytest.approx(remittances_usd("received", year), abs=500_000)


def test_a_balance_of_payments_whose_items_do_not_add_up_is_refused(root: DataRoot) -> None:
    block = [["ລາຍການ", "I/2024"], ["ເງິນໂອນສ່ວນບຸກຄົນ", 50.0], ["ຄ່າຕອບແທນແຮງງານ", 20.0], ["ການໂອນທຶນ", 1.0]]
    rows = [["x"], ["y"], ["z"], ["ເຜີຍແຜ່ວັນທີ 05/05/2024"], ["ລາຍຮັບ"], *block, ["ລວມ", 81.0], [" "], ["ລາຍຈ່າຍ"], *block, ["ລວມ", 71.0]]
    drop_workbook(root, PAYMENTS, "balance_of_payments_2024Q1.xlsx", rows)
    ((entry,), _) = receive(root)
    assert entry.outcome == "refused" and entry.reason.endswith("total 81,000,000, sum of parts 71,000,000")
    assert not landed_rows(root, "remittance_flow")


def test_injuries_land_by_severity_with_nil_and_not_told_apart_and_the_year_of_the_title(root: DataRoot) -> None:
    files = deliver_injuries(root.inbox, WINDOW, 2022).files
    handled, _ = receive(root)
    assert [(entry.outcome, entry.period) for entry in handled] == [("landed", "2021-12"), ("landed", "2022-12")] and files == 2
    columns = "reference_year, migrant_status, industry, severity, injuries, workers, obs_status"
    rows = landed_rows(root, "occupational_injury", columns)
    assert {row[0] for row in rows} == {2021, 2022} and {row[3] for row in rows} == {"fatal", "non_fatal"}
    assert {row[4] for row in rows if row[6] == "M"} == {None}
    assert {(row[1], row[2]) for row in rows if row[6] == "M"} == {("migrant", "S")}
    assert 0 in {row[4] for row in rows if row[6] == "A"}


def test_the_census_tells_foreign_born_and_internal_migrants_apart(root: DataRoot) -> None:
    deliver_census_migrants(root.inbox)
    ((entry,), _) = receive(root)
    assert (entry.outcome, entry.rows_rejected, entry.unused_columns) == ("landed", 0, [])
    rows = landed_rows(
        root, "migrant_stock", "origin, destination, origin_province, destination_province, persons, vintage, reference_year"
    )
    internal = [row for row in rows if row[0] == "LAO"]
    assert all(row[2] != row[3] and "LA00" not in row[2:4] for row in internal)
    assert {row[2] for row in rows if row[0] != "LAO"} == {"LA00"}
    assert sum(row[4] for row in rows if row[0] != "LAO") == calibration()["census_migrants_2015"]["foreign_born"]
    assert {row[5:] for row in rows} == {("2015", 2015)}


def test_a_census_table_without_one_of_its_provinces_is_refused(root: DataRoot) -> None:
    deliver_census_migrants(root.inbox)
    (path,) = (root.inbox / CENSUS).iterdir()
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if ",Sekong," not in line), encoding="utf-8")
    ((entry,), _) = receive(root)
    assert entry.outcome == "refused" and entry.reason.startswith("a total row differs from the sum of its parts: persons")


POPULATION_HEADER = (
    "year,coo_name,coo,coo_iso,coa_name,coa,coa_iso,refugees,asylum_seekers,returned_refugees,idps,returned_idps,stateless,ooc,oip,hst"
)


def population_file(*ends_and_numbers: str) -> str:
    return "\n".join([POPULATION_HEADER, *ends_and_numbers]) + "\n"


def test_unhcr_figures_keep_nil_missing_and_an_unknown_origin(root: DataRoot) -> None:
    text = population_file(
        "1975.0,Unknown,UKN,UNK,Lao People's Dem. Rep.,LAO,LAO,70.0,0.0,0.0,0.0,0.0,0.0,0.0,,0.0",
        "2025.0,Lao People's Dem. Rep.,LAO,LAO,France,FRA,FRA,6145.0,0.0,5.0,0.0,0.0,0.0,0.0,,0.0",
        "2025.0,Myanmar,MYA,MMR,Thailand,THA,THA,90000.0,0.0,0.0,0.0,0.0,0.0,0.0,,0.0",
        ",,,,,,,,,,,,,,,",
    )
    drop(root, REFUGEES, "population.csv", text)
    ((entry,), _) = receive(root)
    assert (entry.outcome, entry.period, entry.rows_accepted, entry.rows_rejected, entry.rows_out_of_scope) == (
        "landed",
        "2025-12",
        18,
        0,
        9,
    )
    rows = landed_rows(root, "refugee_stock", "reference_year, origin, asylum, population_type, persons, obs_status, vintage")
    assert (1975, "XXX", "LAO", "refugees", 70.0, "A", None) in rows
    assert (2025, "LAO", "FRA", "asylum_seekers", 0.0, "A", None) in rows
    assert (2025, "LAO", "FRA", "returned_refugees", 5.0, "A", None) in rows
    assert {row[3:6] for row in rows if row[5] == "M"} == {("other_protection", None, "M")}


def test_half_a_year_is_no_year(root: DataRoot) -> None:
    good = "2024.0,Lao People's Dem. Rep.,LAO,LAO,{0},{0},{0},5.0,0.0,0.0,0.0,0.0,0.0,0.0,,0.0"
    lines = [good.format(country) for country in ("FRA", "USA", "CHE", "DEU", "AUS")]
    drop(root, REFUGEES, "population.csv", population_file(lines[0].replace("2024.0", "2024.5"), *lines))
    lenient = {REFUGEES: load_contracts()[REFUGEES].model_copy(update={"max_rejected_pct": 50})}
    ((entry,), _) = receive(root, lenient)
    assert (entry.outcome, entry.rows_rejected) == ("landed", 9)
    assert quarantined(root, REFUGEES)[0][1] == ["reference_year:missing_value"]


def test_asylum_applications_in_persons_and_in_cases_stay_apart(root: DataRoot) -> None:
    header = "year,coo_name,coo,coo_iso,coa_name,coa,coa_iso,procedure_type,app_type,dec_level,app_pc,applied"
    lao = "2018.0,Lao People's Dem. Rep.,LAO,LAO,United States of America,USA,USA,G,N,IN,{},{}"
    drop(root, APPLICATIONS, "asylum_applications.csv", "\n".join([header, lao.format("C", 18.0), lao.format("P", 18.0)]))
    receive(root)
    rows = landed_rows(root, "asylum_application", "application_type, decision_level, counted_in, applications, reference_year")
    assert rows == [("N", "IN", "cases", 18.0, 2018), ("N", "IN", "persons", 18.0, 2018)]


def test_an_empty_cell_is_nothing_unless_the_contract_says_missing(root: DataRoot) -> None:
    contract = load_contracts()[REFUGEES]
    table = contract.tables[0]
    silent = table.model_copy(update={"unpivot": table.unpivot.model_copy(update={"empty_cells": "no_row"})})
    text = population_file("2024.0,Lao People's Dem. Rep.,LAO,LAO,France,FRA,FRA,6199.0,0.0,0.0,0.0,0.0,0.0,0.0,,0.0")
    drop(root, REFUGEES, "population.csv", text)
    ((entry,), _) = receive(root, {REFUGEES: contract.model_copy(update={"tables": [silent]})})
    assert entry.rows_accepted == 8


def test_everything_generated_is_labelled_synthetic(tmp_path: Path) -> None:
    deliver_unhcr(tmp_path, WINDOW)
    deliver_balance_of_payments(tmp_path, WINDOW)
    deliver_census_migrants(tmp_path)
    deliver_injuries(tmp_path, WINDOW, 2022)
    assert all("SYNTHETIC" in path.name for path in tmp_path.rglob("*") if path.is_file())
