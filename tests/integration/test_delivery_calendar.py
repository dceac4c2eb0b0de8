"""The delivery calendar as published and as the UI draws it are one, but for the day: the UI draws it as of today."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import dagster as dg
import duckdb

from ingestion.archive import submissions
from ingestion.contract import load_contracts
from ingestion.paths import DataRoot
from orchestration import keys
from orchestration.calendar import calendar_rows, missing, statuses
from orchestration.defs.deliveries import TIMEZONE


def test_the_ui_and_the_release_tell_the_same_calendar(published: DataRoot) -> None:
    contracts, history = load_contracts(), submissions(published)
    with duckdb.connect(str(published.latest / "warehouse.duckdb"), read_only=True) as con:
        told = con.execute("select extract, period, status, coalesce(late_days, 0) from quality.qa_delivery_calendar").fetchall()
        totals = con.execute("select sum(deliveries_missing), sum(deliveries_late) from marts.agg_delivery_month").fetchone()
    newest = dt.date.fromisoformat(max(entry.received_at for entry in history)[:10])
    drawn = {
        (extract, period): found for extract, contract in contracts.items() for period, found in statuses(contract, history, newest).items()
    }
    assert drawn == {(extract, period): (status, late) for extract, period, status, late in told}
    assert totals == (len(missing(contracts, history, newest)), sum(status == "late" for status, _ in drawn.values()))


def test_the_landing_shows_the_calendar_as_a_table(published: DataRoot) -> None:
    with dg.DagsterInstance.get() as instance:
        shown = instance.get_latest_materialization_event(keys.LANDED).asset_materialization.metadata
    records = shown["delivery_calendar"].records
    today = dt.datetime.now(ZoneInfo(TIMEZONE)).date()
    columns, rows = calendar_rows(load_contracts(), submissions(published), today)
    assert [record.data for record in records] == [{name: row.get(name, "") for name in columns} for row in rows] and len(rows) > 8
    assert "mops__crossings_land 2026-10" in shown["missing_deliveries"].value
