"""The real public files, unmodified, through contracts of their own: the release shows the published figures."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from ingestion.paths import DataRoot
from tests.integration.conftest import run_night

pytestmark = pytest.mark.own_warehouse

DELIVERIES = {
    "worldbank__remittances": "worldbank/API_BX.TRF.PWKR.CD.DT_DS2_en_excel_v2_6000901.xls",
    "worldbank__remittances_paid": "worldbank/API_BM.TRF.PWKR.CD.DT_DS2_en_csv_v2_3012027.csv",
    "worldbank__gdp": "worldbank/API_NY.GDP.MKTP.CD_DS2_en_excel_v2_5795872.xls",
    "worldbank__remittance_prices": "rpw/36d1ed87-9a2d-41da-8eac-c1c25d45fa65_Data.csv",
    "knomad__bilateral_matrix": "knomad/Bilateralremittancematrix2018Oct2019.csv",
    "knomad__bilateral_workbook": "knomad/WB_Bilateral_Remittance_Estimates_2017.xlsx",
    "undesa__migrant_stock": "undesa/undesa_ims_LAO_rev2020_rev2024.csv",
    "undesa__origin_destination_table": "undesa/UN_MigrantStockByOriginAndDestination_2015.xlsx",
    "iom__emigrants_age_sex": "iom/Emigrants_AgeSex.csv",
    "thai_doe__work_permits": "thai_doe/alien_nation_2013_06_03_12_58_12.xls",
    "thai_doe__work_permits_by_sheet": "thai_doe/alien_2013_06_03_14_00_02.xls",
    "hmrc__exchange_rates": "fx/fx_hmrc_monthly_LAK_THB_USD_per_GBP.csv",
    "unhcr__refugees": "unhcr/unhcr_refugees_pkg_population_LAO.csv",
    "unhcr__asylum_applications": "unhcr/unhcr_refugees_pkg_asylum_applications_LAO.csv",
}


@pytest.fixture(scope="module")
def warehouse(official: Path, tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """The release of a night on the official files alone, without any secret configured."""
    root = DataRoot(tmp_path_factory.mktemp("official"))
    for extract, name in DELIVERIES.items():
        folder = root.inbox / extract
        folder.mkdir(parents=True)
        shutil.copy(official / name, folder)
    night = run_night(root.path)
    assert night.code == 0, night.said
    assert "Quarantined: 0 of" in night.said and "Refused: 0" in night.said
    con = duckdb.connect(str(root.latest / "warehouse.duckdb"), read_only=True)
    yield con
    con.close()


def value(con: duckdb.DuckDBPyConnection, sql: str) -> float:
    return con.execute(sql).fetchone()[0]


FLOWS = "marts.fct_remittance_estimate as facts join marts.dim_source as sources using (source_key)"


@pytest.mark.parametrize(("year", "million"), [(2010, 41.77), (2014, 188.05), (2019, 296.52), (2020, 232.17), (2022, 198.26)])
def test_world_bank_remittances_received(warehouse: duckdb.DuckDBPyConnection, year: int, million: float) -> None:
    found = value(
        warehouse, f"select sum(amount_usd) / 1e6 from {FLOWS} where extract = 'worldbank__remittances' and reference_year = {year}"
    )
    assert float(found) == pytest.approx(million, abs=0.005)


def test_both_knomad_matrices_seen_from_lao_pdr_and_marked_modelled(warehouse: duckdb.DuckDBPyConnection) -> None:
    """The fact keeps the source's view (a country pays to Lao PDR); the indicator turns it round."""
    paid_to_lao_pdr = (
        "select extract, round(sum(amount_usd) / 1e6, 2)::double, any_value(estimation_method) "
        f"from {FLOWS} join marts.dim_country as receivers on receivers.country_key = facts.counterpart_country_key "
        "where extract like 'knomad%' and receivers.country_code = 'LAO' group by 1 order by 1"
    )
    assert warehouse.execute(paid_to_lao_pdr).fetchall() == [
        ("knomad__bilateral_matrix", 238.0, "modelled"),
        ("knomad__bilateral_workbook", 124.33, "modelled"),
    ]
    largest = (
        "select counterpart_country_code, value / 1e6 from marts.indicator_value where measure_code = 'remittances_received_usd' "
        "and basis = 'knomad__bilateral_matrix' and counterpart_country_code <> '_T' order by 2 desc limit 4"
    )
    assert [(code, int(amount)) for code, amount in warehouse.execute(largest).fetchall()] == [
        ("THA", 161), ("USA", 45), ("BGD", 14), ("FRA", 9)
    ]  # fmt: skip


STOCKS = (
    "marts.fct_migrant_stock as facts join marts.dim_source as sources using (source_key) "
    "join marts.dim_country as origins on origins.country_key = facts.origin_country_key "
    "join marts.dim_country as destinations on destinations.country_key = facts.destination_country_key"
)


@pytest.mark.parametrize(
    ("extract", "vintage", "year", "where", "persons"),
    [
        ("undesa__origin_destination_table", "2015", 2015, "origins.country_code = 'LAO'", 1_345_075),
        ("undesa__migrant_stock", "2020", 2015, "origins.country_code = 'LAO'", 1_288_179),
        ("undesa__migrant_stock", "2024", 2015, "origins.country_code = 'LAO'", 598_860),
        ("undesa__migrant_stock", "2020", 2020, "origins.country_code = 'LAO'", 1_296_051),
        ("undesa__migrant_stock", "2024", 2020, "origins.country_code = 'LAO' and destinations.country_code = 'THA'", 265_386),
        ("undesa__migrant_stock", "2024", 2024, "destinations.country_code = 'LAO'", 51_446),
        ("undesa__migrant_stock", "2024", 2024, "destinations.country_code = 'LAO' and origins.country_code = 'VNM'", 21_400),
        ("iom__emigrants_age_sex", "2020 revision by age", 2020, "origins.country_code = 'LAO'", 1_296_051),
        ("thai_doe__work_permits", "2013_06_03", 2011, "permit_status_code = 'irregular'", 107_018),
        ("thai_doe__work_permits", "2013_06_03", 2011, "permit_status_code = 'legal'", 61_625),
        ("thai_doe__work_permits_by_sheet", "2013_06_03", 2007, "permit_status_code = 'irregular'", 425),
    ],
)
def test_migrant_stocks_by_vintage(
    warehouse: duckdb.DuckDBPyConnection, extract: str, vintage: str, year: int, where: str, persons: int
) -> None:
    found = value(
        warehouse,
        f"select sum(persons) from {STOCKS} where sources.extract = '{extract}' and sources.vintage = '{vintage}' "
        f"and facts.reference_year = {year} and {where}",
    )
    assert float(found) == pytest.approx(persons, abs=0.5)


def test_parts_and_residual_of_an_age_group_sum_to_its_published_total(warehouse: duckdb.DuckDBPyConnection, official: Path) -> None:
    landed = (
        f"select reference_year, sum(persons)::double from {STOCKS} join marts.dim_age_group using (age_group_key) "
        "where sources.extract = 'iom__emigrants_age_sex' and age_group_code = 'Y0T4' group by 1 order by 1"
    )
    sent = (
        f"select Year, Value from read_csv('{official / DELIVERIES['iom__emigrants_age_sex']}') "
        "where Country = 'LAO' and Sex = 'total' and trim(Age) = '0-4' order by 1"
    )
    assert warehouse.execute(landed).fetchall() == [(year, pytest.approx(total)) for year, total in duckdb.sql(sent).fetchall()]


ENDS = (
    "join marts.dim_country as origins on origins.country_key = facts.origin_country_key "
    "join marts.dim_country as asylums on asylums.country_key = facts.asylum_country_key"
)


@pytest.mark.parametrize(
    ("year", "where", "persons"),
    [
        (2024, "origins.country_code = 'LAO' and population_type_code = 'refugees'", 6_556),
        (2024, "origins.country_code = 'LAO' and population_type_code = 'asylum_seekers'", 760),
        (2020, "origins.country_code = 'LAO' and asylums.country_code = 'FRA' and population_type_code = 'refugees'", 6_397),
        (1975, "origins.country_key = -1 and asylums.country_code = 'LAO' and population_type_code = 'refugees'", 70),
        (1998, "population_type_code = 'returned_refugees' and measure_type = 'flow' and asylums.country_code = 'THA'", 6),
    ],
)
def test_refugees_and_others_by_type(warehouse: duckdb.DuckDBPyConnection, year: int, where: str, persons: int) -> None:
    found = value(
        warehouse, f"select sum(persons) from marts.refugee_stock_latest as facts {ENDS} where reference_year = {year} and {where}"
    )
    assert found == persons


def test_an_empty_cell_of_unhcr_is_missing_and_a_nil_is_zero(warehouse: duckdb.DuckDBPyConnection) -> None:
    by_status = (
        "select obs_status, count(*), count(persons), any_value(vintage), "
        "list(distinct population_type_code) filter (where persons is null) from marts.fct_refugee_stock group by 1 order by 1"
    )
    assert warehouse.execute(by_status).fetchall() == [
        ("A", 3776, 3776, "data to 2025", None),
        ("M", 472, 0, "data to 2025", ["other_protection"]),
    ]


def test_asylum_applications_are_counted_in_persons_or_in_cases(warehouse: duckdb.DuckDBPyConnection) -> None:
    by_unit = (
        f"select persons_or_cases_code, sum(applications)::int from marts.asylum_application_latest as facts {ENDS} "
        "where reference_year = 2018 and asylums.country_code = 'USA' and application_type_code = 'N' group by 1 order by 1"
    )
    assert warehouse.execute(by_unit).fetchall() == [("cases", 18), ("persons", 18)]


def test_remittance_price_of_the_thai_corridor(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = value(
        warehouse,
        "select total_cost_pct from marts.fct_remittance_price as facts "
        "join marts.dim_country as senders on senders.country_key = facts.send_country_key "
        "join marts.dim_date as dates using (date_key) join marts.dim_source as sources using (source_key) "
        "where senders.country_code = 'THA' and dates.date_on = date '2015-10-01' and sources.vintage = '2020-12-07'",
    )
    assert found == pytest.approx(13.10, abs=0.005)


def test_remittances_as_a_share_of_gdp_and_the_crossed_rate(warehouse: duckdb.DuckDBPyConnection) -> None:
    share = "select value from marts.indicator_value where measure_code = 'remittances_received_gdp_pct' and time_period = '2019'"
    assert value(warehouse, share) == pytest.approx(1.58, abs=0.005)
    disagree = (
        "select measure_code, part, time_period, our_value, their_value from quality.qa_reconciliation "
        "where verdict = 'differs' and vintage not in ('2025-02') and reason is null"
    )
    assert warehouse.execute(disagree).fetchall() == []
