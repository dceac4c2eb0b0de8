"""The rules of meaning, one by one: what a number is, and what it may not be added to or taken for.

dbt's own tests hold several of them each night; here each is shown on a release, or on a delivery made to break it.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pandas as pd
import pytest

from ingestion.contract import load_contracts
from ingestion.paths import DataRoot
from tests.deliver import drop, landed_rows, quarantined, receive


@pytest.fixture
def release(published: DataRoot) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published.latest / "warehouse.duckdb"), read_only=True) as con:
        yield con


def facts(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [
        name for (name,) in con.execute("select table_name from duckdb_tables() where table_name like 'fct\\_%' escape '\\'").fetchall()
    ]


def test_1_every_fact_says_what_kind_of_measure_it_holds_and_holds_one_kind(release: duckdb.DuckDBPyConnection) -> None:
    kinds = {name: release.execute(f"select distinct measure_type from marts.{name}").fetchall() for name in facts(release)}
    # UNHCR counts refugees (a stock) and returns of the year (a flow) in one file: there the population type tells the kind.
    assert [name for name, found in kinds.items() if len(found) > 1] == ["fct_refugee_stock"]
    mixed = "select population_type_code from marts.fct_refugee_stock group by all having count(distinct measure_type) > 1"
    assert release.execute(mixed).fetchall() == []
    assert {kind for found in kinds.values() for (kind,) in found} >= {"event", "flow", "stock", "spell", "survey", "cumulative"}


def test_2_twelve_months_change_residence(release: duckdb.DuckDBPyConnection) -> None:
    """Every closed spell's class, told again by pandas' calendar months."""
    stays = release.sql(
        "select opened_at::date as opened, closed_at::date as closed, duration_class, spell_status from marts.fct_stay"
    ).df()
    matched = stays[stays["spell_status"] == "matched"]
    a_year, a_quarter = (pd.to_datetime(matched["opened"]) + pd.DateOffset(months=months) for months in (12, 3))
    closed = pd.to_datetime(matched["closed"])
    told = pd.Series("lt_3m", index=matched.index).mask(closed >= a_quarter, "m3_to_12").mask(closed >= a_year, "ge_12m")
    assert len(matched) > 100 and (told == matched["duration_class"]).all()
    assert set(stays.loc[stays["spell_status"] == "open", "duration_class"]) == {"open"}


def test_3_a_vintage_is_never_overwritten_and_latest_has_one(release: duckdb.DuckDBPyConnection) -> None:
    abroad = (
        "select vintage, sum(persons)::bigint from marts.{table} as f join marts.dim_source using (source_key, vintage) "
        "join marts.dim_country as c on c.country_key = f.origin_country_key "
        "where extract = 'undesa__migrant_stock' and country_code = 'LAO' and reference_year = 2020 group by all order by all"
    )
    assert release.execute(abroad.format(table="fct_migrant_stock")).fetchall() == [("2020", 1_296_051), ("2024", 609_093)]
    assert release.execute(abroad.format(table="migrant_stock_latest")).fetchall() == [("2024", 609_093)]


def test_4_a_series_of_an_indicator_is_reported_or_modelled_never_both(release: duckdb.DuckDBPyConnection) -> None:
    mixed = (
        "select indicator_code, measure_code, basis, vintage from marts.indicator_value "
        "group by all having count(distinct estimation_method) > 1"
    )
    assert release.execute(mixed).fetchall() == []
    stock = "select distinct estimation_method from marts.indicator_value where basis = 'undesa__migrant_stock'"
    assert release.execute(stock).fetchall() == [("modelled",)]


def test_5_statements_that_contradict_each_other_stand_side_by_side_with_a_reason(
    published: DataRoot, release: duckdb.DuckDBPyConnection
) -> None:
    """US$366 million and "over US$29 million" were both said of one half year; neither blocks, neither is hidden."""
    said = release.execute(
        "select their_value, verdict, reason from quality.qa_reconciliation where time_period = '2025-S1' order by their_value"
    ).fetchall()
    assert {29, 366} <= {round(value) for value, _, _ in said} and all(reason for _, _, reason in said)
    unexplained = "select * from quality.qa_reconciliation where verdict = 'differs' and coalesce(trim(reason), '') = ''"
    assert release.execute(unexplained).fetchall() == []
    assert published.latest.exists()


def test_6_what_a_published_total_has_beyond_its_parts_becomes_unknown(root: DataRoot) -> None:
    drop(
        root,
        "iom__emigrants_age_sex",
        "ages.csv",
        "Country,Year,Sex,Age,Value\nLAO,2020,total,0-4,100.5\nLAO,2020,male,0-4,40\nLAO,2020,female,0-4,58.5\n",
    )
    assert [entry.outcome for entry in receive(root)[0]] == ["landed"]
    found = landed_rows(root, "migrant_stock", "sex, persons::double, coalesce(is_margin_residual, false)")
    assert sorted(found) == [("female", 58.5, False), ("male", 40.0, False), ("unknown", 2.0, True)]


def test_7_a_registered_break_is_marked_and_explained(release: duckdb.DuckDBPyConnection) -> None:
    marked = release.execute(
        "select distinct time_period from marts.indicator_value where obs_status = 'B' and basis = 'worldbank__remittances' "
        "and measure_code = 'remittances_received_usd' order by 1"
    ).fetchall()
    assert marked == [("1995",), ("2006",)]


def test_8_money_is_converted_at_the_rate_of_its_day(release: duckdb.DuckDBPyConnection) -> None:
    """A day's mean of kip per dollar, from the delivered rates, gives back the dollars of each kip transfer of that day."""
    rates = "(select rate_on, avg(rate) as rate from marts.fct_exchange_rate join marts.dim_currency on currency_key = base_currency_key "
    rates += "where currency_code = 'USD' group by all)"
    off = release.execute(
        "select count(*), max(abs(amount_usd - amount / rate)) from marts.fct_remittance_transfer "
        f"join marts.dim_currency using (currency_key) join {rates} on sent_on = rate_on where currency_code = 'LAK'"
    ).fetchone()
    assert off[0] > 20 and off[1] < 0.02


def test_8_an_amount_under_the_wrong_currency_is_rejected(root: DataRoot) -> None:
    """Twelve million kip tagged as baht would be six hundred times too much; the row goes back with its reason."""
    headers = {name: column.header[0] for name, column in load_contracts()["bol__mto_transfers"].columns.items() if column.header}
    good = {
        "sent_on": "05/03/2026", "provider": "Synthetic Remit", "channel": "MTO", "direction": "ຮັບ", "corridor_country": "THA",
        "amount": "12.000.000,00", "currency": "LAK",
    }  # fmt: skip
    wrong = {**good, "currency": "THB"}
    rows = [";".join(row.get(name, "") for name in headers) for row in [wrong, *[good] * 60]]
    drop(root, "bol__mto_transfers", "mto_transfers_2026-03.csv", "\n".join([";".join(headers.values()), *rows]) + "\n")
    receive(root)
    assert [(row, reasons) for row, reasons, _ in quarantined(root, "bol__mto_transfers")] == [
        (2, ["amount:amount_implausible_for_currency"])
    ]
    assert len(landed_rows(root, "remittance_transfer")) == 60


def test_9_marks_for_missing_keep_their_different_meanings(root: DataRoot) -> None:
    """Nil is a value of nought; unavailable, suppressed and not collected are no value, each with its own status."""
    contract = load_contracts()["lsb__national_accounts"].model_copy(
        update={"missing_marks": {"-": "nil", "..": "M", "*": "Q", "-99": "L"}}
    )
    years = "\n".join(f"{year},{mark},{mark}" for year, mark in zip(range(2020, 2025), ("-", "..", "*", "-99", "15000.5"), strict=True))
    drop(
        root,
        contract.extract,
        "national_accounts_2025.csv",
        f"Bureau\nReleased 2025-07-15\n\nYear,GDP (million USD),GDP (billion LAK)\n{years}\n",
    )
    assert [entry.outcome for entry in receive(root, {contract.extract: contract})[0]] == ["landed"]
    assert landed_rows(root, "national_account", "year, gdp_usd::double, obs_status") == [
        (2020, 0.0, "A"), (2021, None, "M"), (2022, None, "Q"), (2023, None, "L"), (2024, 15000500000.0, "A")
    ]  # fmt: skip


def test_10_a_cumulative_count_stays_cumulative_and_is_differenced_beside_it(release: duckdb.DuckDBPyConnection) -> None:
    told_again = release.execute(
        "select count(*), count(*) filter (where new_returnees is distinct from cumulative_returnees - coalesce(lag_value, 0)) from ("
        "select *, lag(cumulative_returnees) over (partition by source_key, province_key, sex_key order by reported_on) as lag_value "
        "from marts.fct_returnee_count)"
    ).fetchone()
    assert told_again[0] > 100 and told_again[1] == 0


def test_no_row_is_lost_between_the_sender_and_the_fact_and_unknown_is_a_member(
    published: DataRoot, release: duckdb.DuckDBPyConnection
) -> None:
    """Receipts, landed files, staging and facts hold the same rows; no key of any fact is null."""
    lost = "select record, extract, period from quality.qa_row_lineage where rows_lost <> 0 or rows_accepted <> rows_in_fact"
    assert release.execute(lost).fetchall() == []
    assert release.execute("select sum(rows_in_fact) from quality.qa_row_lineage").fetchone()[0] > 10_000
    for name in facts(release):
        keys = [
            row[0]
            for row in release.execute(f"describe marts.{name}").fetchall()
            if row[0].endswith("_key") and not row[0].startswith("_") and "crossing_key" not in row[0]
        ]
        empty = " + ".join(f"count(*) filter (where {key} is null)" for key in keys)
        assert release.execute(f"select {empty} from marts.{name}").fetchone() == (0,), name


def test_a_rejected_row_is_told_with_its_reason_and_stays_out_of_every_total(root: DataRoot) -> None:
    """One row in a hundred without a year: the others land, the receipt names the row."""
    rows = "\n".join(f"{1951 + number},{1000 + number},{number}" for number in range(70))
    contract = load_contracts()["lsb__national_accounts"].model_copy(update={"max_rejected_pct": 5.0})
    drop(
        root,
        contract.extract,
        "national_accounts_2025.csv",
        f"Bureau\nReleased 2025-07-15\n\nYear,GDP (million USD),GDP (billion LAK)\nsoon,1,1\n{rows}\n",
    )
    receive(root, {contract.extract: contract})
    assert [(row, reasons) for row, reasons, _ in quarantined(root, contract.extract)] == [(5, ["year:not_a_number"])]
    assert len(landed_rows(root, "national_account")) == 70
