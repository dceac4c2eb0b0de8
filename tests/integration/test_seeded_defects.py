"""Plausible defects of deliveries are stopped, and clean months are not; all of them by ``make defects``, some here."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from ingestion.contract import load_contracts
from tests.defects.seeded import DEFECTS, Defect
from tests.defects.trial import World

pytestmark = pytest.mark.own_warehouse

# A small world: the records whose deliveries are compared with each other, and a year to compare with.
EXTRACTS = {
    "bol__exchange_rates",
    "bol__bank_transfers",
    "mops__crossings_airports",
    "mops__crossings_land",
    "molsw__overseas_deployments",
    "molsw__returnees",
}
TRIED = ["every_transfer_in_kip", "one_airport_missing", "wages_of_a_year", "returnees_of_the_quarter_before"]
BY_NAME = {defect.name: defect for defect in DEFECTS}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("defects"))
    world.generate(months=14, scale=0.3)
    return world


@pytest.fixture(scope="module")
def clean_months(world: World) -> list[str]:
    unmet, _warned = world.prepare(EXTRACTS)
    return unmet


def test_the_list_is_of_forty_spread_over_extracts() -> None:
    assert len(BY_NAME) == len(DEFECTS) == 40
    per_extract = Counter(defect.extract for defect in DEFECTS)
    assert set(per_extract) <= set(load_contracts()) and len(per_extract) >= 20 and max(per_extract.values()) <= 5


@pytest.mark.parametrize("defect", [defect for defect in DEFECTS if defect.stopped_at == "file"], ids=lambda defect: defect.name)
def test_a_defect_that_shows_in_the_file_is_refused(world: World, defect: Defect) -> None:
    done = world.at_the_door(defect)
    assert done.outcome == "refused" and defect.by in done.reason


def test_clean_months_raise_no_alarm_and_a_clean_delivery_is_not_stopped(world: World, clean_months: list[str]) -> None:
    assert clean_months == []
    assert world.try_out(replace(BY_NAME["one_airport_missing"], change=lambda _sent: None)).stopped_at == ""


@pytest.mark.parametrize("name", TRIED)
def test_a_defect_that_shows_in_the_figures_stops_the_release(world: World, clean_months: list[str], name: str) -> None:
    outcome = world.try_out(BY_NAME[name])
    assert outcome.stopped_at == "gate" and BY_NAME[name].by in outcome.by
