"""Stays against the truth that the generator knows: what pairing by rule finds, and what unscanned crossings cost."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from ingestion.paths import DataRoot
from sample_data.accuracy import Agreement, measure
from tests.deliver import CROSSINGS, drop, receive
from tests.integration.warehouse import build, deliver_some

pytestmark = pytest.mark.own_warehouse

EXTRACTS = (CROSSINGS, "mops__crossings_land")
MISSING_SCANS = 0.03


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """Twenty-six months, so that twelve-month stays begin and end inside."""
    made = DataRoot(tmp_path_factory.mktemp("stays"))
    deliver_some(made, EXTRACTS, "--months", "26", "--scale", "0.05", "--end", "2026-09")
    receive(made)
    build(made, "agg_stay_month")
    return made


@pytest.fixture(scope="module")
def agreed(root: DataRoot) -> dict[str, Agreement]:
    return {one.what: one for one in measure(root)}


def ask(root: DataRoot, question: str) -> list[tuple]:
    with duckdb.connect(str(root.build), read_only=True) as con:
        con.execute(f"create temp view truth as from read_parquet('{root.path}/truth/stays.parquet')")
        return con.execute(question).fetchall()


@pytest.mark.parametrize("what", ["spells with both ends", "class lt_3m", "class m3_to_12", "class ge_12m"])
def test_what_is_found_is_true_and_what_was_scanned_is_found(agreed: dict[str, Agreement], what: str) -> None:
    one = agreed[what]
    assert one.true > 50
    assert one.precision > 0.99
    assert one.recall_of_recorded > 0.97
    assert one.recall > (1 - MISSING_SCANS) ** 2 - 0.04


def test_open_stays_hold_nearly_all_true_ones_and_some_who_came_back_unseen(agreed: dict[str, Agreement]) -> None:
    assert agreed["class open"].recall_of_recorded > 0.98
    assert 0.8 < agreed["class open"].precision < 1


def test_long_term_stays_are_found_by_measure_and_by_waiting(agreed: dict[str, Agreement]) -> None:
    assert agreed["long-term, measured"].precision > 0.97
    assert agreed["long-term, still_open"].precision > 0.8
    assert agreed["long-term abroad"].recall > 0.9
    assert agreed["long-term in_lao_pdr"].precision > 0.8


def test_of_two_openings_in_a_row_the_last_one_has_the_closing(root: DataRoot) -> None:
    right = ask(
        root,
        """
        with spells as (
            select *, lag(spell_status) over (partition by person_key order by coalesce(opened_at, closed_at)) as before
            from intermediate.int_stay_classified
        )
        select count(*), count(truth.person_key) from spells left join truth
            on spells.person_key = truth.person_key and spells.opened_on = truth.opened_on and spells.closed_on = truth.closed_on
        where spells.before = 'end_missing' and spells.spell_status = 'matched'
        """,
    )
    ((followed, true),) = right
    assert followed > 20 and true / followed > 0.97


def test_a_limit_that_says_short_is_right(root: DataRoot) -> None:
    ((limited, true),) = ask(
        root,
        """
        select count(*), count(*) filter (where truth.duration_class = 'lt_3m')
        from intermediate.int_stay_classified as spells inner join truth
            on spells.person_key = truth.person_key and spells.opened_on = truth.opened_on
        where spells.spell_status = 'end_missing' and spells.duration_class = 'lt_3m'
        """,
    )
    assert limited > 10 and limited == true


def test_second_scans_are_set_aside_and_border_trips_are_short_and_over_land(root: DataRoot) -> None:
    ((repeated, wrong_trips, trips),) = ask(
        root,
        """
        select count(*) filter (where spell_status = 'repeated'),
            count(*) filter (where is_border_trip and (truth.by_air or truth.duration_days > 2)),
            count(*) filter (where is_border_trip)
        from marts.fct_stay as spells left join truth
            on spells.person_key = truth.person_key and cast(spells.opened_at as date) = truth.opened_on
                and cast(spells.closed_at as date) = truth.closed_on
        """,
    )
    assert repeated > 10 and trips > 100 and wrong_trips == 0


def test_every_end_of_a_stay_is_in_the_aggregate_once(root: DataRoot) -> None:
    counted = ask(
        root, "select sum(spells), sum(long_term_spells) from marts.agg_stay_month where flow_code in ('emigration', 'immigration')"
    )
    stays = "select count(*), count(*) filter (where is_long_term) from intermediate.int_stay_classified where opened_at is not null"
    assert counted == ask(root, stays)


def test_stays_rebuilt_for_the_persons_of_a_changed_month_equal_a_full_rebuild(root: DataRoot, tmp_path: Path) -> None:
    """A month restated with half of its rows: spells are opened, joined and split."""
    root = DataRoot(Path(shutil.copytree(root.path, tmp_path / "data")))
    held = next((root.archive / CROSSINGS / "2026-03").glob("*.csv"))
    lines = held.read_text().splitlines(keepends=True)
    drop(root, CROSSINGS, "restated_2026-03.csv", "".join([lines[0], *lines[1::2]]))
    receive(root)
    before = ask(root, "select count(*) from marts.fct_stay")
    build(root, "agg_stay_month")
    incremental = [ask(root, f"select * from marts.{table} order by all") for table in ("fct_stay", "agg_stay_month")]
    build(root, "agg_stay_month", anew=True)
    anew = [ask(root, f"select * from marts.{table} order by all") for table in ("fct_stay", "agg_stay_month")]
    assert incremental == anew and ask(root, "select count(*) from marts.fct_stay") != before
