"""The metrics of MetricFlow give the numbers of ``indicator_value``, which other SQL made from the same facts."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from ingestion.paths import PROJECT
from serving.metrics.asking import MF, CannotAsk, ask, query

pytestmark = pytest.mark.skipif(not MF.exists(), reason="MetricFlow is installed apart: make .venv-metrics/.ready (half a minute)")

CROSSINGS = ["border_crossings_events", "border_entries_events", "border_exits_events"]
DEPLOYMENTS = ["labour_deployments_contracts", "labour_deployments_workers_persons", "labour_deployments_wage_usd_median"]
TRANSFERS = [
    "remittance_transfers_received_usd",
    "remittance_transfers_received_events",
    "remittance_transfers_received_mean_usd",
    "remittance_transfers_paid_usd",
]
PERMITS = ["work_permits_issued_events", "residence_permits_issued_events"]
CONTACTS = ["service_contacts_events", "amount_recovered_usd"]
SCREENINGS = [
    *("health_screened_persons", "health_suspected_persons", "health_confirmed_persons", "health_quarantined_persons"),
    "health_confirmed_per_1000_screened",
]
DELIVERIES = ["deliveries_complete_pct", "deliveries_on_time_pct", "delivery_delay_days_mean"]
COSTS = [
    *("recruitment_cost_mean_usd", "first_month_earnings_mean_usd", "recruitment_cost_mean_of_ratios", "recruitment_cost_ratio_of_means"),
    *("recruited_workers_persons", "social_security_coverage_pct", "informal_employment_pct"),
]
HOUSEHOLDS = ["households_receiving_remittances", "households_receiving_remittances_pct", "remittances_share_of_income_pct"]
INJURIES = [f"{kind}_occupational_injuries_{what}" for kind in ("fatal", "non_fatal") for what in ("events", "per_100000_workers")]
STUDENTS = ["students_starting_abroad_persons"]
VICTIMS, CASES, RETURNS = ["trafficking_victims_detected_persons"], ["consular_cases_events"], ["returns_events"]

SEX, COUNTRY = {"sex__sex_code": "sex_code"}, {"counterpart_country__country_code": "counterpart_country_code"}
PROVINCE, AGE = {"province__province_code": "area_code"}, {"age_group__age_group_code": "age_group_code"}
EXTRACT = {"source__extract": "basis"}
QUESTIONS = [
    (CROSSINGS + DEPLOYMENTS + TRANSFERS, "A", {}),
    (CROSSINGS + DEPLOYMENTS + TRANSFERS, "M", SEX),
    (CROSSINGS + DEPLOYMENTS + TRANSFERS, "A", COUNTRY | SEX),
    (DEPLOYMENTS + TRANSFERS, "M", PROVINCE | SEX),
    (TRANSFERS, "Q", {"transfer__channel_code": "channel"}),
    (CROSSINGS, "A", {"point_of_entry__point_province_code": "area_code"}),
    (RETURNS + PERMITS + CONTACTS, "M", EXTRACT | COUNTRY),
    (RETURNS + CONTACTS + VICTIMS, "A", EXTRACT | PROVINCE | SEX),
    (RETURNS + VICTIMS + CASES, "A", EXTRACT | AGE),
    (VICTIMS + CASES, "Q", EXTRACT | SEX),
    (SCREENINGS, "A", EXTRACT | COUNTRY),
    (COSTS + HOUSEHOLDS + INJURIES + STUDENTS, "A", EXTRACT | SEX),
    (COSTS, "A", EXTRACT | COUNTRY),
    (HOUSEHOLDS + STUDENTS, "A", EXTRACT | PROVINCE),
    (DELIVERIES, "M", {"delivery__sender": "sender"}),
]
"""Metrics, frequency, and what they are taken apart by: of MetricFlow, and of ``indicator_value`` (a column, or a breakdown)."""
PERIODS = {"A": "year", "Q": "quarter", "M": "month"}
TOTALS = {"area_code": "LAO", "counterpart_country_code": "_T", "sex_code": "_T", "age_group_code": "_T"}
TOLERANCE = 1e-6


@pytest.fixture(scope="module")
def release(published_once: Path) -> Path:
    return (published_once / "releases" / "latest").resolve()


@pytest.mark.parametrize(("metrics", "frequency", "by"), QUESTIONS, ids=[f"{m[0]} {f} {' '.join(b.values())}" for m, f, b in QUESTIONS])
def test_metrics_are_the_indicators(release: Path, tmp_path: Path, metrics: list[str], frequency: str, by: dict[str, str]) -> None:
    answer = tmp_path / "answer.csv"
    period = f"metric_time__{PERIODS[frequency]}"
    ask(release, query(",".join(metrics), ",".join([period, *by]), csv=answer))
    con = duckdb.connect(str(release / "warehouse.duckdb"), read_only=True)
    columns = list(by.values())
    breakdown = next((name for name in columns if name not in TOTALS and name != "basis"), None)
    told = ", ".join(["measure_code", "period_starts_on", *("breakdown_code" if name == breakdown else name for name in columns), "value"])
    kept = " and ".join(f"{name} {'<>' if name in columns else '='} '{total}'" for name, total in TOTALS.items())
    wanted = ", ".join(f"'{name}'" for name in metrics)
    asked = ", ".join(
        ["measure_code", f"cast({period} as date)", *(f'"{name}"' for name in by), "round(cast(value as double), 6)"],
    )
    theirs = f"""
        select {asked} from (
            unpivot (from read_csv('{answer}', all_varchar = true)) on {", ".join(metrics)} into name measure_code value value
        ) where value is not null and value not in ('', 'nan', 'None')
    """
    ours = f"""
        select {told} from marts.indicator_value
        where measure_code in ({wanted}) and frequency_code = '{frequency}' and {kept}
            and breakdown_name = '{breakdown or "_Z"}' and value is not null
    """
    keys = ", ".join(f"k{place}" for place in range(len(by) + 2))
    found = con.execute(
        f"""
        select {keys}, theirs.v, ours.v
        from ({theirs}) as theirs({keys}, v) full join ({ours}) as ours({keys}, v) using ({keys})
        where theirs.v is null or ours.v is null or abs(theirs.v - ours.v) > {TOLERANCE} * greatest(1, abs(ours.v))
        order by all limit 5
        """
    ).fetchall()
    assert found == []
    held = {name for (name,) in con.execute(f"select distinct measure_code from ({ours})").fetchall()}
    assert held == set(metrics)


def test_every_metric_has_the_name_of_its_measure(release: Path) -> None:
    """Whoever asks MetricFlow finds the words of the indicators; a helper has no measure."""
    import json

    manifest = json.loads((release / "docs" / "semantic_manifest.json").read_text())
    labels = {metric["name"]: metric["label"] for metric in manifest["metrics"]}
    with (PROJECT / "dbt_project" / "seeds" / "indicator.csv").open(encoding="utf-8") as seed:
        names = {row["measure_code"]: row["measure_en"] for row in csv.DictReader(seed)}
    compared = {name for metrics, *_ in QUESTIONS for name in metrics}
    assert {name for name in labels if name in names} == compared
    assert {name: labels[name] for name in compared} == {name: names[name] for name in compared}


def test_a_question_that_cannot_be_answered_is_refused(release: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CannotAsk, match="says why above"):
        ask(release, query("border_crossing_events", "metric_time__year"))
    assert "border_crossings_events" in "".join(capfd.readouterr())
    (tmp_path / "docs").mkdir()
    with pytest.raises(CannotAsk, match="older than its metrics"):
        ask(tmp_path, query("", ""))
