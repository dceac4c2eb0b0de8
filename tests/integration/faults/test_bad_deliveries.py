"""Deliveries that are wrong: refused at the door with a reason, or stopped by a named check of the gate; ``latest`` stays."""

from __future__ import annotations

import csv
import io
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from expectations.landing_judge import judge_deliveries
from ingestion.archive import Submission, submissions
from ingestion.paths import DataRoot
from publishing import build
from tests.deliver import CROSSINGS, drop, quarantined, receive
from tests.integration.conftest import run_night
from tests.integration.faults.trial import copy_of, latest, spoil
from tests.integration.test_night import differing

OPERATORS, RATES, POPULATION, GDP = "bol__mto_transfers", "bol__exchange_rates", "lsb__population", "lsb__national_accounts"
Table = list[list[str]]


def sent(root: DataRoot, extract: str, period: str) -> Submission:
    """The delivery whose rows are in place."""
    return [entry for entry in submissions(root) if (entry.extract, entry.period, entry.outcome) == (extract, period, "landed")][-1]


def corrected(root: DataRoot, extract: str, period: str, change: Callable[[Table], Table]) -> None:
    """Deliver a month again with its table changed, as a correction that is none."""
    held = sent(root, extract, period).bytes_path(root).read_text(encoding="utf-8-sig")
    mark = ";" if extract == OPERATORS else ","
    table = io.StringIO()
    csv.writer(table, delimiter=mark, lineterminator="\n").writerows(change(list(csv.reader(held.splitlines(), delimiter=mark))))
    path = drop(root, extract, f"again_{period}.csv", table.getvalue())
    a_minute_ago = time.time() - 60
    os.utime(path, (a_minute_ago, a_minute_ago))


def column(table: Table, *names: str) -> int:
    return next(at for at, heading in enumerate(table[0]) if heading in names)


def every(table: Table, change: Callable[[str], str], *names: str) -> Table:
    at = column(table, *names)
    return [table[0], *([*row[:at], change(row[at]), *row[at + 1 :]] if len(row) == len(table[0]) else row for row in table[1:])]


def renamed_header(table: Table) -> Table:
    return [["Way" if heading == "Movement" else heading for heading in table[0]], *table[1:]]


def wrong_currency(table: Table) -> Table:
    """Baht tagged as dollars: more than anybody sends."""
    return every(table, lambda code: "USD" if code == "THB" else code, "Currency", "ສະກຸນເງິນ")


def believable_currency(table: Table) -> Table:
    """Baht tagged as kip: a small sum, and believable by itself."""
    return every(table, lambda code: "LAK" if code == "THB" else code, "Currency", "ສະກຸນເງິນ")


def under_half(table: Table) -> Table:
    return table[: len(table) * 2 // 5]


def few_entries(table: Table) -> Table:
    """Every exit and one entry in seven: more than half of the rows, each of them right."""
    at = column(table, "Movement")
    entries = [row for row in table if row[at] == "IN"]
    return [row for row in table if row[at] != "IN" or row in entries[::7]]


def other_gdp(table: Table) -> Table:
    """Other figures under the release date of those published."""
    heading = next(at for at, row in enumerate(table) if any("GDP" in cell for cell in row))
    changed = every(table[heading:], lambda number: str(round(float(number) * 1.01, 2)), "GDP (million USD)", "ຈີດີພີ (ລ້ານໂດລາ)")
    return [*table[:heading], *changed]


def a_wrong_cell(table: Table) -> Table:
    return [table[0], [*table[1][:-1], "9" + table[1][-1]], *table[2:]]


def two_hundredfold(table: Table) -> Table:
    return every(table, lambda rate: str(float(rate) * 200), "lak_per_unit", "ກີບຕໍ່ຫົວໜ່ວຍ")


def unknown_codes(table: Table) -> Table:
    return every(table, lambda _code: "Atlantean", "Citizenship", "Nationality")


REFUSED = [
    ("a renamed header", CROSSINGS, "2026-09", renamed_header, "no column is headed"),
    ("a wrong currency in one file", OPERATORS, "2026-09", wrong_currency, "of the rows are rejected"),
    ("half the rows of a month missing", CROSSINGS, "2026-08", under_half, "rows where"),
    ("a province total that does not add up", POPULATION, "2025-12", a_wrong_cell, "a total row differs"),
    ("rates 200 times too big", RATES, "2026-09", two_hundredfold, "of the rows are rejected"),
    ("a flood of unknown codes", CROSSINGS, "2026-09", unknown_codes, "nationality_is_mostly_recognised"),
]


@pytest.fixture(scope="module")
def door(published_once: Path, tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """A published root on which each refused delivery leaves things as they were, for the next one."""
    return copy_of(published_once, tmp_path_factory.mktemp("door") / "data")


@pytest.mark.parametrize(("fault", "extract", "period", "change", "reason"), REFUSED, ids=[case[0] for case in REFUSED])
def test_a_delivery_that_is_wrong_as_a_whole(
    fault: str, extract: str, period: str, change: Callable[[Table], Table], reason: str, door: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused, and the night has nothing to build: what is landed is what the latest release was made from."""
    monkeypatch.setenv("WAREHOUSE_DATA", str(door.path))
    before, held = latest(door), sent(door, extract, period)
    corrected(door, extract, period, change)
    (entry,), _ = receive(door, judge=judge_deliveries)
    assert entry.outcome == "refused" and reason in entry.reason, entry.reason
    assert entry.remedy and sent(door, extract, period) == held
    assert build.nothing_changed(door) == f"release {before}" and latest(door) == before

    corrected(door, extract, period, lambda table: table)
    (entry,), _ = receive(door, judge=judge_deliveries)
    assert entry.outcome == "duplicate"


def test_a_duplicate_key_and_an_amount_200_times_too_big(published_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Single rows stay out with their reason; the rest of the month lands."""
    root = copy_of(published_once, tmp_path / "data")
    monkeypatch.setenv("WAREHOUSE_DATA", str(root.path))
    before = latest(root)
    corrected(root, CROSSINGS, "2026-09", lambda table: [*table[:-1], table[1]])
    corrected(root, OPERATORS, "2026-09", lambda table: [table[0], every(table[:2], _times_200, "Amount", "ຈຳນວນເງິນ")[1], *table[2:]])
    landed, _ = receive(root, judge=judge_deliveries)
    assert [entry.outcome for entry in landed] == ["landed", "landed"]
    assert "duplicate_key" in str(quarantined(root, CROSSINGS))
    assert "amount:amount_implausible_for_currency" in str(quarantined(root, OPERATORS))
    assert latest(root) == before and build.nothing_changed(root) is None


def _times_200(amount: str) -> str:
    """In the Lao notation."""
    return str(round(float(amount.replace(".", "").replace(",", ".")) * 200, 2)).replace(".", ",")


def test_the_gate_stops_what_the_door_let_in_and_the_next_good_night_heals_everything(published_once: Path, tmp_path: Path) -> None:
    """Half the rows of a month missing, those of one direction; baht tagged as kip; a vintage overwritten. Meanwhile a disk
    fails: a landed file is damaged, then the latest release too, and the build and Dagster's own database are lost."""
    root = copy_of(published_once, tmp_path / "data")
    before = latest(root)
    spoilt = {CROSSINGS: ("2026-09", few_entries), OPERATORS: ("2026-09", believable_currency), GDP: ("2025-12", other_gdp)}
    good = {extract: sent(root, extract, period).bytes_path(root).read_bytes() for extract, (period, _) in spoilt.items()}
    spoil(root.raw_file("border_crossing", CROSSINGS, "2026-08"))
    for extract, (period, change) in spoilt.items():
        corrected(root, extract, period, change)

    night = run_night(root.path)

    assert night.code == 1 and f"exits_and_entries_are_in_balance (fct_border_crossing): {CROSSINGS} 2026-09" in night.said, night.said
    assert f"applied_rates_are_near_the_official_ones (fct_remittance_transfer): {OPERATORS} 2026-09" in night.said, night.said
    assert "gdp_usd" in night.said and "a_vintage_is_never_overwritten allows 0 %" in night.said, night.said
    assert f"{CROSSINGS} 2026-08: " in night.said, "the damaged month was not read from the archive again"
    assert latest(root) == before

    for extract, content in good.items():
        drop(root, extract, f"good_{spoilt[extract][0]}.csv", content)
    spoil(root.latest.resolve() / "warehouse.duckdb")
    root.build.write_bytes(b"no database")
    shutil.rmtree(root.path / ".dagster")

    night = run_night(root.path)

    assert night.code == 0, night.said
    assert latest(root) > before
    assert differing(DataRoot(published_once).latest, root.latest) <= TELLS_OF_DELIVERIES


TELLS_OF_DELIVERIES = {
    "dim_submission",
    "agg_delivery_month",
    "qa_delivery_calendar",
    "fct_border_crossing",
    "fct_national_account",
    "fct_remittance_transfer",
    "agg_submission_month",
    "bridge_indicator_submission",
}
"""What may differ after a month was sent again: the history of deliveries, and the submission that its rows name."""
