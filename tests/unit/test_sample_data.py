"""The synthetic extracts are reproducible, calibrated, dirty in the stated measure, and fit their contracts."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ingestion.contract import load_contracts
from ingestion.identifiers import DEMO_KEY, KEY_VARIABLE
from ingestion.intake import take_in
from ingestion.landing import land_pending
from ingestion.paths import DataRoot
from ingestion.record import load_records
from sample_data.calibration import calibration, lak_per_unit, remittances_usd
from sample_data.codes import code_list
from sample_data.crossings import recorded_events
from sample_data.generate import Generation
from sample_data.international import migrant_stock_rows
from sample_data.population import population_text
from sample_data.rates import daily_rates
from sample_data.stays import all_stays, first_number
from sample_data.transfers import transfer_rows
from sample_data.window import Window
from sample_data.workers import deployed_workers

SMALL = Window(4, "2026-10", scale=0.08)
YEAR = Window(12, "2025-12", scale=0.2)


def generate(root: Path, window: Window) -> DataRoot:
    Generation(root, window, say=lambda line: None).run()
    return DataRoot(root)


def hashes(root: DataRoot) -> dict[str, str]:
    found = sorted(path for path in root.inbox.rglob("*") if path.is_file())
    return {str(path.relative_to(root.inbox)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    return generate(tmp_path_factory.mktemp("first"), SMALL)


def test_same_seed_gives_same_bytes_and_another_seed_others(small: DataRoot, tmp_path: Path):
    again = hashes(generate(tmp_path / "again", SMALL))
    other = hashes(generate(tmp_path / "other", Window(SMALL.count, SMALL.last, SMALL.scale, seed=7)))
    assert hashes(small) == again
    crossings = [name for name in again if name.startswith("mops__")]
    assert crossings and all(again[name] != other[name] for name in crossings)


def test_a_window_so_small_that_some_nationality_holds_no_permit_is_made(small: DataRoot, tmp_path: Path) -> None:
    made = generate(tmp_path, Window(2, SMALL.last, 0.02))
    assert {path.name for path in made.inbox.iterdir()} == {path.name for path in small.inbox.iterdir()}


def test_remittances_come_to_the_published_total_of_a_year():
    rows = transfer_rows(YEAR)
    received = rows.loc[rows["direction"] == "received", "usd"].sum()
    assert received == pytest.approx(remittances_usd("received", 2025) * YEAR.scale, rel=0.005)


def test_no_clean_transfer_is_implausible_for_its_currency():
    rows = transfer_rows(Window(12, "2026-10"))
    limits = code_list("currency").loc[sorted(rows["currency"].unique()), ["min_amount", "max_amount"]].astype(float)
    extremes = rows.groupby("currency")["amount"].agg(["min", "max"])
    assert (extremes["min"] >= limits["min_amount"]).all() and (extremes["max"] <= limits["max_amount"]).all()


@pytest.mark.parametrize("year", [2022, 2023, 2024, 2025])
def test_daily_rates_average_to_the_published_year(year: int):
    table = daily_rates(Window(48, "2025-12"))
    means = table[table.index.to_numpy().astype("datetime64[Y]").astype(int) + 1970 == year].mean()
    assert all(means[currency] == pytest.approx(lak_per_unit(currency, year), rel=1e-6) for currency in table.columns)


def test_census_is_exact_and_its_totals_add_up():
    table = population_text(2015).assign(persons=lambda rows: rows["persons"].astype(int))
    parts, totals = table[table["province"] != "Total"], table[table["province"] == "Total"]
    wanted = {code_list("province").loc[code, "label_en"]: persons for code, persons in calibration()["census_2015"]["persons"].items()}
    assert parts.groupby("province")["persons"].sum().to_dict() == wanted
    assert parts.loc[parts["sex"] == "Female", "persons"].sum() == 3_237_458
    cells = ["sex", "age_group"]
    assert parts.groupby(cells)["persons"].sum().to_dict() == totals.set_index(cells)["persons"].to_dict()


@pytest.mark.parametrize(
    ("revision", "year", "destination", "persons"),
    [(2020, 2020, None, 1_296_051), (2020, 2020, "THA", 941_309), (2024, 2020, None, 609_093), (2024, 2020, "THA", 265_386)],
)
def test_migrant_stock_has_the_published_totals(revision: int, year: int, destination: str | None, persons: int):
    rows = migrant_stock_rows().query("revision == @revision and t == @year and `from` == 'LAO'")
    assert rows.loc[rows["geo"] == (destination or rows["geo"]), "n"].sum() == persons


def test_movements_are_near_the_stated_volumes_and_no_stays_of_a_person_overlap():
    workers = deployed_workers(YEAR, first_number("workers"))
    stays = all_stays(YEAR, workers)
    events, _, _ = recorded_events(YEAR, stays)
    told = calibration()
    for by_air, name in ((True, "crossings_airports"), (False, "crossings_land")):
        assert (events["by_air"] == by_air).sum() / 12 == pytest.approx(told["volumes"][name] * YEAR.scale, rel=0.1)
    departed = workers.contracts["departed"].to_numpy()
    started = ((departed >= YEAR.first_day) & (departed < YEAR.end_day)).sum() / 12
    assert started == pytest.approx(told["volumes"]["deployments"] * YEAR.scale, rel=0.1)
    ordered = stays.sort_values(["document_no", "opened"])
    same = ordered["document_no"].eq(ordered["document_no"].shift())
    assert (ordered["opened"] > ordered["closed"].shift())[same].all()
    assert stays["document_no"].str.fullmatch(r"SYN\d{9}").all()
    assert set(told["point_of_entry_weights"]) <= set(code_list("point_of_entry").index)


def test_landing_agrees_with_the_truth_about_every_kind_of_dirt(small: DataRoot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Every file is taken by its contract without an unused column; what lands wrong is what was made wrong."""
    monkeypatch.setenv(KEY_VARIABLE, DEMO_KEY)
    root = generate(tmp_path, SMALL)
    dirt = pd.read_parquet(root.path / "truth" / "dirt.parquet")
    keyed = {extract: bool(load_records()[contract.record].key) for extract, contract in load_contracts().items()}
    taken, unclaimed = take_in(root, load_contracts(), progress=lambda line: None)
    handled = land_pending(root, load_contracts(), progress=lambda line: None)
    assert not unclaimed and len(taken) == len(hashes(small))
    assert not [done.reason for done in (*taken, *handled) if done.outcome == "refused"]
    assert not [done.unused_columns for done in handled if done.unused_columns]
    landed = pd.DataFrame([vars(done) for done in handled])
    for extract, told in dirt.groupby("extract"):
        wrong = told["fate"].eq("rejected") | (told["fate"].eq("duplicate") & keyed[extract])
        assert landed.loc[landed["extract"] == extract, "rows_rejected"].sum() == told.loc[wrong, "rows"].sum(), extract
    share = dirt["rows"].sum() / landed.loc[landed["extract"].isin(dirt["extract"]), "rows_read"].sum()
    assert 0.005 < share < 0.02


def test_truth_names_no_document(small: DataRoot):
    truth = pd.read_parquet(small.path / "truth" / "stays.parquet")
    assert not truth.select_dtypes(include=["object", "string"]).apply(lambda column: column.astype(str).str.contains("SYN")).any().any()
    assert set(truth["duration_class"]) == {"open", "ge_12m", "m3_to_12", "lt_3m"}
    assert np.issubdtype(truth["person_key"].dtype, np.integer)


def test_a_root_with_real_deliveries_is_left_alone(tmp_path: Path) -> None:
    from sample_data.generate import RealData

    held = tmp_path / "inbox" / "lsb__population" / "population_2025.csv"
    held.parent.mkdir(parents=True)
    held.write_text("Year,Province\n")
    with pytest.raises(RealData, match="not synthetic"):
        Generation(tmp_path, Window(1, "2026-01", 0.01, 1)).run()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [held]
