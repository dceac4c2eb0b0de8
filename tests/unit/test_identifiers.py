"""Identifiers: a change of the key, who may read what, and what an error may say."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import duckdb
import pytest

from ingestion import stage
from ingestion.contract import load_contracts
from ingestion.identifiers import KEY_VARIABLE, PREVIOUS_KEY_VARIABLE, PseudonymKeyError
from ingestion.intake import take_in
from ingestion.landing import land_pending
from ingestion.paths import DataRoot
from ingestion.readers import isolated
from ingestion.receipt import safely
from tests.deliver import CROSSINGS, crossings_csv, drop, landed_rows, receive, with_limits

OLD, NEW = "the-old-key-of-this-site", "the-new-key-of-this-site"
AGENCIES = "molsw__agency_deployments"
ACCOUNTS = "lsb__national_accounts"
ROW = "2026-{month:02d}-05 10:15:00,Departure,Wattay International Airport,Passport,{number},Lao,F,1990-05-01,,Thailand,,30"
QUIET = {"progress": lambda _line: None}


@pytest.fixture
def site(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> DataRoot:
    """A data root that is no demo, with a key of its own."""
    root.synthetic_marker.unlink()
    monkeypatch.setenv(KEY_VARIABLE, OLD)
    return root


def crossings(root: DataRoot, month: int, *numbers: str, name: str = "crossings") -> None:
    drop(root, CROSSINGS, f"{name}_2026-{month:02d}.csv", crossings_csv([ROW.format(month=month, number=number) for number in numbers]))


def keys(root: DataRoot) -> dict[tuple, int]:
    """Place in the sender's file → pseudonym."""
    return {place: key for *place, key in landed_rows(root, "border_crossing", "_period, _row, person_key") for place in [tuple(place)]}


def bridge(root: DataRoot) -> dict[int, int]:
    with duckdb.connect() as con:
        query = f"select distinct previous_key, current_key from '{root.key_bridge}/*/*/*.parquet' where pseudonym = 'person_key'"
        return dict(con.execute(query).fetchall())


def test_a_changed_key_reads_every_month_anew_and_links_old_pseudonyms_to_new(site: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    crossings(site, 3, "SYN0000001", "SYN0000002")
    crossings(site, 4, "syn 000-0001", "SYN0000003")
    table = "Year,GDP (million USD),GDP (billion LAK)\n2024,1500.5,32.1\n"
    drop(site, ACCOUNTS, "national_accounts_2024.csv", f"Statistics\nReleased 2025-07-15\n\n{table}")
    receive(site)
    before, accounts = keys(site), landed_rows(site, "national_account")
    assert before["2026-03", 2] == before["2026-04", 2] and not site.key_bridge.exists()

    monkeypatch.setenv(KEY_VARIABLE, NEW)
    monkeypatch.setenv(PREVIOUS_KEY_VARIABLE, OLD)
    crossings(site, 5, "SYN0000002", "SYN0000004")
    handled, _ = receive(site)

    assert sorted((entry.extract, entry.period) for entry in handled) == [(CROSSINGS, f"2026-{month:02d}") for month in (3, 4, 5)]
    after = keys(site)
    assert not set(before.values()) & set(after.values()) and landed_rows(site, "national_account") == accounts
    linked = bridge(site)
    assert {before[place]: after[place] for place in before}.items() <= linked.items()
    # Also for who came during the change: the key under which earlier releases know them is told.
    assert len(linked) == 4 and set(linked.values()) == set(after.values())
    assert land_pending(site, load_contracts(), **QUIET) == []
    assert stat.S_IMODE(site.key_bridge.stat().st_mode) == 0o700

    # The change is over: nothing is read again for that, and the bridge may go.
    monkeypatch.delenv(PREVIOUS_KEY_VARIABLE)
    assert land_pending(site, load_contracts(), **QUIET) == [] and keys(site) == after


def test_the_previous_key_told_too_late_bridges_all_the_same(site: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    crossings(site, 3, "SYN0000001")
    receive(site)
    before = keys(site)
    monkeypatch.setenv(KEY_VARIABLE, NEW)
    receive(site)
    after = landed_rows(site, "border_crossing")
    monkeypatch.setenv(PREVIOUS_KEY_VARIABLE, OLD)
    receive(site)
    assert landed_rows(site, "border_crossing") == after
    assert bridge(site) == {before["2026-03", 2]: keys(site)["2026-03", 2]}


def test_a_second_change_has_a_bridge_of_its_own(site: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    crossings(site, 3, "SYN0000001")
    for current, previous in ((OLD, ""), (NEW, OLD), ("the-third-key-of-this-site", NEW)):
        monkeypatch.setenv(KEY_VARIABLE, current)
        monkeypatch.setenv(PREVIOUS_KEY_VARIABLE, previous)
        receive(site)
    assert len(list(site.key_bridge.iterdir())) == 2 and len(bridge(site)) == 2


@pytest.mark.parametrize("previous", [OLD, "short"])
def test_a_previous_key_that_is_none_is_refused(site: DataRoot, monkeypatch: pytest.MonkeyPatch, previous: str) -> None:
    monkeypatch.setenv(PREVIOUS_KEY_VARIABLE, previous)
    crossings(site, 3, "SYN0000001")
    with pytest.raises(PseudonymKeyError, match=PREVIOUS_KEY_VARIABLE):
        receive(site)
    assert landed_rows(site, "border_crossing") == []


def test_what_senders_sent_is_readable_by_its_owner_only(site: DataRoot) -> None:
    """From the moment it is taken in, whatever the account's umask says."""
    before = os.umask(0)
    try:
        crossings(site, 3, "SYN0000001", "SYN0000002")
        crossings(site, 4, "SYN0000001", *["SYN0000002"] * 5)
        take_in(site, load_contracts(), **QUIET)
        for folder in (site.archive, site.staging):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        receive(site)
    finally:
        os.umask(before)
    for folder in (site.archive, site.raw, site.quarantine, site.receipts):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = list(site.archive.rglob("*.csv"))
    assert len(files) == 2 and {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o400}
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in site.receipts.rglob("*") if path.is_file()} == {0}
    assert not site.staging.exists() and not site.arriving.exists()


def test_the_archive_may_lie_on_a_file_system_of_its_own(site: DataRoot) -> None:
    """As when it is an encrypted one that is mounted there: nothing of a delivery is copied anywhere else first."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == site.path.stat().st_dev:
        pytest.skip("there is no second file system to try it on")
    with tempfile.TemporaryDirectory(dir=memory) as elsewhere:
        site.archive.symlink_to(elsewhere)
        crossings(site, 3, "SYN0000001")
        os.truncate(drop(site, CROSSINGS, "crossings_2026-04.csv", ""), 2 << 20)
        handled, unclaimed = receive(site, with_limits(file_mb=1))
        assert unclaimed == [] and {entry.period: entry.outcome for entry in handled} == {"2026-03": "landed", "unplaced": "refused"}
        assert len(list(site.archive.rglob("*.csv"))) == 2
        assert stat.S_IMODE(Path(elsewhere).stat().st_mode) == 0o700


def test_the_process_that_parses_workbooks_has_no_key(site: DataRoot) -> None:
    isolated.close()
    told = Path(f"/proc/{isolated._process().process.pid}/environ").read_bytes()
    isolated.close()
    assert OLD.encode() not in told and b"WAREHOUSE_" not in told


def everything_said(root: DataRoot, capsys: pytest.CaptureFixture) -> str:
    """All that is not the archived bytes: records, receipts, tables, what was printed."""
    texts = [path.read_text(errors="replace") for path in root.path.rglob("*") if path.is_file() and path.suffix in (".json", ".lock")]
    with duckdb.connect() as con:
        texts += [str(con.execute(f"select list(t) from '{path}' as t").fetchone()) for path in root.path.rglob("*.parquet")]
    captured = capsys.readouterr()
    return "\n".join([*texts, captured.out, captured.err])


@pytest.mark.parametrize("kind", [duckdb.ConversionException, duckdb.InternalException, ValueError, KeyError])
def test_an_error_that_quotes_a_cell_is_told_by_its_kind_alone(
    site: DataRoot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, kind: type[Exception]
) -> None:
    def fails(*_arguments: object) -> None:
        raise kind("Could not convert string 'SYN0000001' to INT64")

    monkeypatch.setattr(stage, "check_totals", fails)
    crossings(site, 3, "SYN0000001")
    take_in(site, load_contracts())
    (entry,) = land_pending(site, load_contracts())
    assert entry.outcome == "refused" and kind.__name__ in entry.reason
    assert "0000001" not in everything_said(site, capsys)


def test_a_receipt_that_cannot_be_made_stops_nothing_and_quotes_nothing(
    site: DataRoot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def fails(*_arguments: object) -> None:
        raise duckdb.ConversionException("Could not convert string 'SYN0000001' to INT64")

    monkeypatch.setattr(safely, "write_receipt", fails)
    crossings(site, 3, "SYN0000001")
    crossings(site, 4, "SYN0000002")
    handled, _ = receive(site)
    assert [entry.outcome for entry in handled] == ["landed", "landed"]
    said = everything_said(site, capsys)
    assert said.count("the rest could not be written (ConversionException)") == 2 and "0000001" not in said


def test_a_core_file_of_the_parsing_process_is_never_written(site: DataRoot) -> None:
    isolated.close()
    limits = Path(f"/proc/{isolated._process().process.pid}/limits").read_text()
    isolated.close()
    (core,) = [line for line in limits.splitlines() if line.startswith("Max core file size")]
    assert core.split()[4:6] == ["0", "0"]


def test_a_person_has_one_pseudonym_in_a_small_file_and_in_a_large_one(root: DataRoot) -> None:
    """In a large file each number is hashed once, however often and however written it comes."""
    persons = ["SYN0000001", " syn 000-0002", "ເລກ 0003"]
    crossings(root, 3, *persons)
    rows = [
        ROW.format(month=4, number=persons[at % 3]).replace("10:15:00", f"{at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}")
        for at in range(12_000)
    ]
    drop(root, CROSSINGS, "crossings_2026-04.csv", crossings_csv(rows))
    receive(root)
    held: dict[str, set[int]] = {"2026-03": set(), "2026-04": set()}
    for period, key in landed_rows(root, "border_crossing", "_period, person_key"):
        held[period].add(key)
    assert held["2026-03"] == held["2026-04"] and len(held["2026-03"]) == 3
