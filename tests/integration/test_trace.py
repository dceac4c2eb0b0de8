"""A published figure followed back to its deliveries, with its rows counted another way: straight in the facts."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import pytest

from ingestion.paths import DataRoot
from orchestration import trace


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert trace.main(arguments) == code
    out, err = capsys.readouterr()
    return err if code else out


def query(root: DataRoot, statement: str) -> list[tuple]:
    with duckdb.connect(str(root.latest / "warehouse.duckdb"), read_only=True) as con:
        return con.execute(statement).fetchall()


def deliveries(text: str) -> list[tuple[str, str, int]]:
    return [
        (extract, sha256, int(rows.replace(",", "")))
        for extract, rows, sha256 in re.findall(
            r"^    (\w+__\w+ \d{4}-\d{2}): ([\d,]+) rows;.*\n      sha256 (\w{64});", text, re.MULTILINE
        )
    ]


def test_a_figure_of_contracts_by_sex_and_destination(published: DataRoot, capsys: pytest.CaptureFixture[str]) -> None:
    """Contracts count in the month they start, whatever month they were delivered in."""
    text = said(capsys, "labour_deployments_contracts", "2026-09", "--sex", "female", "--counterpart", "THA")
    counted = query(published, """
        select s.extract || ' ' || s.period, s.submission_sha256, count(*)
        from marts.fct_labour_deployment as f
        join marts.dim_submission as s using (submission_key)
        join marts.dim_country as c on c.country_key = f.destination_country_key
        join marts.dim_sex as x using (sex_key)
        where strftime(f.contract_starts_on, '%Y-%m') = '2026-09' and c.country_code = 'THA' and x.sex_code = 'female'
        group by all order by all
    """)  # fmt: skip
    assert deliveries(text) == counted and len(counted) > 2
    rows = sum(row[2] for row in counted)
    assert f"female THA: {rows} Contracts" in text and f"fct_labour_deployment: {rows} rows" in text
    lines = text.splitlines()
    path = lines[lines.index("Path") + 1 : lines.index("Rows counted, by the delivery they came with")]
    assert path[0] == "  marts.indicator_value ← indicators.ind_lab_reg"
    assert any(line.startswith("  indicators.ind_lab_reg ← marts.fct_labour_deployment (") for line in path)
    assert "  staging.stg_labour_deployment ← landed.labour_deployment" in path
    ((accepted, rejected),) = query(
        published, f"select rows_accepted, rows_rejected from marts.dim_submission where submission_sha256 = '{counted[0][1]}'"
    )
    assert f"sha256 {counted[0][1]}; " in text and f"{accepted:,} accepted, {rejected:,} rejected" in text
    assert re.search(r"met: .*fct_labour_deployment \d\d, indicator_value \d\d", text)
    assert f"  {published.latest.resolve().name} added: {rows}; first release" in text


def test_a_figure_whose_rows_are_summed_before_names_the_deliveries_of_its_period(
    published: DataRoot, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(capsys, "border_crossings_events", "2026-08")
    counted = query(published, """
        select s.extract || ' ' || s.period, s.submission_sha256, count(*)
        from marts.fct_border_crossing as f join marts.dim_submission as s using (submission_key)
        where strftime(f.crossed_at, '%Y-%m') = '2026-08' group by all order by all
    """)  # fmt: skip
    assert "its rows cannot be told one by one" in text and deliveries(text) == counted
    assert f"border_crossings_events 2026-08 total: {sum(row[2] for row in counted):,} Events" in text


def test_rows_that_a_model_multiplies_count_once(published: DataRoot) -> None:
    """Displaced persons stand once per sex, movers once per province gained and lost."""
    counted = """
        select v.time_period, sum(b.rows)
        from marts.indicator_value as v join marts.bridge_indicator_submission as b using (indicator_value_key)
        where v.area_code = 'LAO' and v.sex_code = '_T' and v.age_group_code = '_T' and v.breakdown_name = '_Z'
            and v.measure_code = '{}' group by all order by all
    """
    displaced = query(published, counted.format("displaced_persons"))
    recorded = dict(query(published, "select year(recorded_on)::varchar, count(*) from marts.displacement_latest group by all"))
    assert len(displaced) > 1 and displaced == [(year, recorded[year]) for year, _ in displaced]
    movers = query(published, counted.format("internal_migrants_persons"))
    assert movers == query(published, """
        select f.reference_year::varchar, count(*)
        from marts.fct_migrant_stock as f
        join marts.dim_country as o on o.country_key = f.origin_country_key
        join marts.dim_country as d on d.country_key = f.destination_country_key
        where o.country_code = 'LAO' and d.country_code = 'LAO' and f.origin_province_key <> f.destination_province_key group by all
    """)  # fmt: skip


def test_a_release_is_enough(published: DataRoot, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(published.latest.resolve(), tmp_path / "copy")
    whole, version = said(capsys, "refugees_by_origin_per_100000", "2024"), published.latest.resolve().name
    shutil.rmtree(published.path)
    alone = said(capsys, "refugees_by_origin_per_100000", "2024", "--release", str(tmp_path / "copy"))
    assert alone == whole.replace(f"release {version};", "release copy;")
    assert "fct_refugee_stock: " in alone and "Also computed from" in alone and "fct_population: " in alone


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["labour", "2026-08"], "no measure or indicator is named 'labour' (INDICATOR=…); there are: labour_deployments_contracts, "),
        (["labour_deployments_contracts", "2031"], "no value for PERIOD=2031; there are: 2026-"),
        (
            ["LAB_REG", "2026-08", "--area", "Vientiane"],
            "labour_deployments_wage_usd_median: no value for AREA=Vientiane; there are: LA01, ",
        ),
        (["labour_deployments_contracts", "2026-08", "--breakdown", "industry=A"], "there are: _Z=_T"),
        (
            ["lak_per_usd_rate", "2025", "--release", "20000101T000000Z"],
            "there is no release '20000101T000000Z' (RELEASE=…); there are:\n  2026",
        ),
        (["internal_migrants_persons", "2015", "--basis", "x"], "no value for BASIS=x; there are: lsb__census_migrants"),
    ],
)
def test_what_does_not_exist_is_answered_with_what_does(
    published: DataRoot, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert words in said(capsys, *arguments, code=1)


def test_several_sources_are_not_chosen_from(published: DataRoot, capsys: pytest.CaptureFixture[str]) -> None:
    ((period, sources),) = query(published, """
        select time_period, count(*) from marts.indicator_value
        where measure_code = 'remittances_received_usd' and counterpart_country_code = '_T'
        group by all having count(*) > 1 order by 2 desc, 1 limit 1
    """)  # fmt: skip
    text = said(capsys, "remittances_received_usd", period, code=1)
    assert f"{sources} sources have a value for {period}" in text
    basis, vintage, method = re.search(r"BASIS='(.*?)' VINTAGE='(.*?)' METHOD='(.*?)'", text).groups()
    assert "remittances_received_usd" in said(
        capsys, "remittances_received_usd", period, "--basis", basis, "--vintage", vintage, "--method", method
    )  # fmt: skip
