"""Indicators recomputed another way: from landed Parquet or facts, in pandas or plain SQL, without the models' macros."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pandas as pd
import pytest

from ingestion.paths import DataRoot

WHOLE = "area_code = 'LAO' and counterpart_country_code = '_T' and age_group_code = '_T' and breakdown_name = '_Z'"

NO_SYNTHETIC_SOURCE = {"registered_workers_abroad_persons", "registered_workers_irregular_pct"}
"""Work permits of host countries come as real files only."""
NOT_IN_THREE_MONTHS = {
    "returns_departing_again_pct",
    "immigrants_long_term_persons",
    "emigrants_long_term_persons",
    "return_migrants_long_term_persons",
    "net_migration_persons",
    "net_migration_per_1000",
}
"""They need a year of crossings or deployments."""


@pytest.fixture
def release(published: DataRoot) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published.latest / "warehouse.duckdb"), read_only=True) as con:
        yield con


def values(con: duckdb.DuckDBPyConnection, measure: str, columns: str, where: str) -> dict[tuple, float]:
    rows = con.execute(f"select {columns}, value from marts.indicator_value where measure_code = ? and {where}", [measure]).fetchall()
    return {row[:-1]: row[-1] for row in rows}


def landed(root: DataRoot, record: str) -> pd.DataFrame:
    return duckdb.sql(f"from read_parquet('{root.raw}/{record}/*__*/*.parquet', union_by_name = true)").df()


def test_every_measure_has_values_where_its_source_is_delivered(release: duckdb.DuckDBPyConnection) -> None:
    missing = release.execute(
        "select measure_code from marts.dim_indicator where indicator_key <> -1 "
        "and measure_code not in (select measure_code from marts.indicator_value)"
    ).fetchall()
    by_amount = {f"remittance_cost_{amount}_usd_{what}" for amount in (200, 500) for what in ("pct", "above_5_pct", "above_3_pct")}
    assert {name for (name,) in missing} - by_amount <= NO_SYNTHETIC_SOURCE | NOT_IN_THREE_MONTHS


def test_contracts_by_month_sex_and_destination(release: duckdb.DuckDBPyConnection, published: DataRoot) -> None:
    rows = landed(published, "labour_deployment")
    rows["month"] = pd.to_datetime(rows["contract_start"]).dt.strftime("%Y-%m")
    where = "frequency_code = 'M' and area_code = 'LAO' and age_group_code = '_T' and breakdown_name = '_Z'"
    ours = values(release, "labour_deployments_contracts", "time_period, sex_code, counterpart_country_code", where)
    parts = {key: value for key, value in ours.items() if "_T" not in key}
    totals = {key[0]: value for key, value in ours.items() if key[1:] == ("_T", "_T")}
    assert parts == rows.groupby(["month", "sex", "destination"]).size().to_dict()
    assert totals == rows.groupby("month").size().to_dict() and sum(totals.values()) > 100


def test_recruitment_cost_both_ways_and_as_published(release: duckdb.DuckDBPyConnection, published: DataRoot) -> None:
    rows = landed(published, "recruitment_cost").astype({"recruitment_cost_usd": float, "first_month_earnings_usd": float})
    rows = rows[rows["round"].astype(str).str.contains("2017")].dropna(subset=["recruitment_cost_usd", "first_month_earnings_usd"])
    weight, cost, earnings = rows["survey_weight"].astype(float), rows["recruitment_cost_usd"], rows["first_month_earnings_usd"]
    where = f"time_period = '2017' and sex_code = '_T' and {WHOLE}"
    ((mean_of_ratios,),) = [values(release, "recruitment_cost_mean_of_ratios", "1", where).values()]
    ((ratio_of_means,),) = [values(release, "recruitment_cost_ratio_of_means", "1", where).values()]
    assert mean_of_ratios == pytest.approx((weight * cost / earnings).sum() / weight.sum(), abs=1e-6)
    assert ratio_of_means == pytest.approx((weight * cost).sum() / (weight * earnings).sum(), abs=1e-6)
    assert (round(mean_of_ratios, 2), round(ratio_of_means, 3)) == (0.33, 0.328)
    assert mean_of_ratios != pytest.approx(ratio_of_means, abs=1e-4)


def test_remittances_by_corridor_and_quarter(release: duckdb.DuckDBPyConnection, published: DataRoot) -> None:
    """Each landed transfer converted at the Bank's own price of the day, the latest of the week before where there is none."""
    transfers = landed(published, "remittance_transfer").query("direction == 'received'")
    prices = landed(published, "exchange_rate").query("frequency == 'D' and quote_currency == 'LAK'")
    transfers["day"], prices["day"] = (pd.to_datetime(frame[name]) for frame, name in ((transfers, "sent_on"), (prices, "rate_date")))
    prices = prices.astype({"rate": float}).sort_values("day")
    in_kip = pd.merge_asof(
        transfers.sort_values("day"), prices[["day", "base_currency", "rate"]], on="day", left_by="currency", right_by="base_currency"
    ).rename(columns={"rate": "kip"})
    dollars = prices[prices["base_currency"] == "USD"][["day", "rate"]]
    both = pd.merge_asof(in_kip, dollars, on="day")
    both["kip"] = both["kip"].mask(both["currency"] == "LAK", 1.0)
    amount = both["amount"].astype(float)
    both["usd"] = (amount * both["kip"] / both["rate"]).mask(both["currency"] == "USD", amount)
    both["quarter"] = both["day"].dt.year.astype(str) + "-Q" + both["day"].dt.quarter.astype(str)
    where = "frequency_code = 'Q' and sex_code = '_T' and area_code = 'LAO' and breakdown_name = '_Z'"
    ours = values(release, "remittance_transfers_received_usd", "time_period, counterpart_country_code", where)
    told = both.groupby(["quarter", "corridor_country"])["usd"].sum().to_dict()
    assert {key for key in ours if key[1] != "_T"} == set(told)
    assert all(ours[key] == pytest.approx(told[key], rel=1e-5) for key in told)
    assert sum(value for key, value in ours.items() if key[1] == "_T") == pytest.approx(both["usd"].sum(), rel=1e-5)


def test_households_that_receive_by_sex_of_the_head(release: duckdb.DuckDBPyConnection, published: DataRoot) -> None:
    rows = landed(published, "household_remittance").query("receives in ('yes', 'no')")
    rows["weight"] = rows["survey_weight"].astype(float)
    rows["receiving"] = rows["weight"].where(rows["receives"] == "yes", 0.0)
    sums = rows.groupby(["round", "head_sex"])[["receiving", "weight"]].sum()
    told = sorted((100 * sums["receiving"] / sums["weight"]).round(6))
    ours = values(release, "households_receiving_remittances_pct", "time_period, sex_code", f"sex_code <> '_T' and {WHOLE}")
    assert sorted(ours.values()) == pytest.approx(told, abs=1e-5) and len(told) >= 4


def test_displaced_persons_of_the_latest_recording(release: duckdb.DuckDBPyConnection, published: DataRoot) -> None:
    rows = landed(published, "displacement")
    latest = rows[rows["recorded_on"] == rows.groupby("event")["recorded_on"].transform("max")]
    where = "breakdown_name = 'event' and area_code = 'LAO' and sex_code = '_T'"
    ours = values(release, "displaced_persons", "breakdown_code", where)
    assert {key: value for (key,), value in ours.items()} == latest.groupby("event")["persons"].sum().astype(float).to_dict()
    assert rows.groupby("event")["recorded_on"].nunique().max() > 1, "no event was recorded twice: the rule is not tried"


def test_median_days_between_exit_and_return(release: duckdb.DuckDBPyConnection) -> None:
    stays = release.sql("from marts.fct_stay where spell_status = 'matched' and stay_kind_code = 'abroad'").df()
    days = pd.to_datetime(stays["closed_at"]).dt.normalize() - pd.to_datetime(stays["opened_at"]).dt.normalize()
    told = days.dt.days.groupby(pd.to_datetime(stays["closed_at"]).dt.strftime("%Y-%m")).median().to_dict()
    ours = values(release, "stay_abroad_days_median", "time_period", f"frequency_code = 'M' and sex_code = '_T' and {WHOLE}")
    assert {key: value for (key,), value in ours.items()} == told and len(told) >= 3


def test_published_figures_are_all_shown_and_those_of_the_domain_agree(release: duckdb.DuckDBPyConnection, published: DataRoot) -> None:
    verdicts = dict(release.execute("select verdict, count(*) from quality.qa_reconciliation group by 1").fetchall())
    assert {"agrees", "not_delivered"} <= set(verdicts)
    agreed = release.execute(
        "select measure_code, part from quality.qa_reconciliation where verdict = 'agrees' and measure_code in "
        "('trafficking_victims_detected_persons', 'covid_returnees_cumulative_persons', 'recruited_workers_persons', "
        "'recruitment_cost_mean_usd', 'first_month_earnings_mean_usd') order by all"
    ).fetchall()
    parts = ["_T", "_T", "female adult", "female minor", "male adult", "male minor"]
    survey = ["recruited_workers_persons", "recruitment_cost_mean_usd"]
    assert agreed == [
        ("covid_returnees_cumulative_persons", "_T"),
        ("first_month_earnings_mean_usd", "_T"),
        *((measure, "_T") for measure in survey),
        *(("trafficking_victims_detected_persons", part) for part in parts),
    ]
    statement = release.execute("select count(*) from quality.qa_reconciliation where citation like '%first half of 2025%'").fetchone()[0]
    unexplained = "select count(*) from quality.qa_reconciliation where verdict in ('differs', 'not_comparable') and reason is null"
    assert statement == 3 and release.execute(unexplained).fetchone()[0] == 0


def test_a_registered_break_is_marked_and_no_other_year(release: duckdb.DuckDBPyConnection) -> None:
    broken = release.execute("select distinct basis, time_period from marts.indicator_value where obs_status = 'B' order by all").fetchall()
    assert broken == [("worldbank__remittances", "1995"), ("worldbank__remittances", "2006")]
