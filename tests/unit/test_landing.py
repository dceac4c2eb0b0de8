"""Landing: what becomes of rows, of identifiers and of deliveries that come again."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingestion.contract import load_contracts
from ingestion.identifiers import DEMO_KEY
from ingestion.landing import land_pending
from ingestion.paths import DataRoot
from tests.deliver import CROSSINGS, crossings_csv, drop, landed_rows, quarantined, receive

FIELDS = ("time", "direction", "point", "kind", "number", "nationality", "sex", "birth", "purpose", "country", "visa", "days")
GOOD = {
    "time": "2026-03-05 10:15:00", "direction": "Departure", "point": "Wattay International Airport", "kind": "Passport",
    "number": "SYN0012345", "nationality": "Lao", "sex": "F", "birth": "1990-05-01", "purpose": "", "country": "Thailand",
    "visa": "", "days": "30",
}  # fmt: skip


def line(**changes: str) -> str:
    return ",".join({**GOOD, **changes}[name] for name in FIELDS)


def deliver(root: DataRoot, *lines: str, name: str = "crossings_2026-03.csv", filler: int = 100):
    """Deliver lines among enough good ones that the file is not refused for its rejects."""
    good = [line(number=f"SYN9{number:06d}") for number in range(filler)]
    drop(root, CROSSINGS, name, crossings_csv([*lines, *good]))
    return receive(root)[0]


def test_a_good_row_lands_typed_decoded_and_pseudonymised(root: DataRoot) -> None:
    deliver(root, line(nationality=" ຄົນລາວ ", sex="ຍິງ", days="໓໐"), filler=0)
    columns = "crossed_at, direction, nationality, sex, birth_date, counterpart_country, intended_days, person_key, _period, _row"
    digest = hmac.new(DEMO_KEY.encode(), b"SYN0012345", hashlib.sha256).hexdigest()
    assert landed_rows(root, "border_crossing", columns) == [
        (dt.datetime(2026, 3, 5, 10, 15), "exit", "LAO", "female", dt.date(1990, 5, 1), "THA", 30, int(digest[:15], 16), "2026-03", 2)
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"time": "2026-02-30 10:00:00"}, "crossed_at:not_a_date"),
        ({"time": ""}, "crossed_at:missing_value"),
        ({"time": "2026-04-01 00:00:00"}, "crossed_at:outside_period"),
        ({"direction": "sideways"}, "direction:unrecognised_code"),
        ({"number": ""}, "document_no:missing_value"),
        ({"birth": "2026-03-06"}, "birth_date:birth_after_crossing"),
        ({"days": "many"}, "intended_days:not_a_number"),
        ({"days": "-1"}, "intended_days:below_minimum"),
        ({"days": "3651"}, "intended_days:above_maximum"),
    ],
)
def test_a_wrong_value_sends_its_row_to_quarantine_with_the_reason(root: DataRoot, changes: dict, reason: str) -> None:
    (entry,) = deliver(root, line(**changes))
    assert (entry.outcome, entry.rows_read, entry.rows_accepted, entry.rows_rejected) == ("landed", 101, 100, 1)
    ((row, reasons, _),) = quarantined(root, CROSSINGS)
    assert (row, reasons) == (2, [reason])


def test_a_row_gets_every_reason_at_once(root: DataRoot) -> None:
    deliver(root, line(time="soon", direction="sideways", days="-4"))
    ((_, reasons, _),) = quarantined(root, CROSSINGS)
    assert set(reasons) == {"crossed_at:not_a_date", "direction:unrecognised_code", "intended_days:below_minimum"}


def test_an_unknown_code_becomes_the_unknown_member_and_is_reported(root: DataRoot) -> None:
    (entry,) = deliver(root, line(nationality="Atlantis"))
    assert entry.rows_rejected == 0 and entry.unrecognised == {"nationality": 1}
    assert landed_rows(root, "border_crossing", "nationality")[0] == ("XXX",)


def test_the_second_of_two_equal_records_is_a_duplicate(root: DataRoot) -> None:
    (entry,) = deliver(root, line(), line(nationality="Thai"))
    assert entry.rejected_by_reason == {"crossed_at:duplicate_key": 1}
    assert quarantined(root, CROSSINGS)[0][0] == 3


def test_no_identifier_is_found_anywhere_outside_the_archive(root: DataRoot) -> None:
    """Not in rows whose cells have slipped sideways either: they are where identifiers turn up elsewhere."""
    slipped = "2026-03-05 10:15:00,Departure,Wattay,SYN0077001,SYN0077002,SYN0077003,SYN0077004,SYN0077005,0077006,SYN0077007,x,0077008"
    deliver(root, line(number="SYN0077000", time="never"), slipped)
    with duckdb.connect() as con:
        texts = [str(con.execute(f"select list(t) from '{path}' as t").fetchone()[0]) for path in root.path.rglob("*.parquet")]
    texts += [path.read_text() for path in [*root.receipts.rglob("*.json"), *root.archive.rglob("*.json")]]
    assert len(texts) >= 5 and any("crossed_at:not_a_date" in text for text in texts)
    assert not [text for text in texts if "00770" in text]


def test_deliveries_that_come_again(root: DataRoot) -> None:
    """Same bytes, same cells in other bytes, a correction, and the first one sent once more."""
    first, second = line(), line(country="China")
    outcomes = []
    for number, content in enumerate(
        [crossings_csv([first]), crossings_csv([first]), crossings_csv([first]) + "\n", crossings_csv([second]), crossings_csv([first])]
    ):
        drop(root, CROSSINGS, f"v{number}_2026-03.csv", content)
        outcomes += [entry.outcome for entry in receive(root)[0]]
        country = landed_rows(root, "border_crossing", "counterpart_country")
        assert country == [("CHN" if number == 3 else "THA",)]
    assert outcomes == ["landed", "duplicate", "duplicate", "landed", "landed"]
    with duckdb.connect() as con:
        status = con.execute(f"select status from '{root.submissions_meta}' order by received_at").fetchall()
    assert [row[0] for row in status] == ["superseded", "duplicate", "duplicate", "superseded", "landed"]


def test_two_files_for_a_month_on_one_night_the_later_one_lands(root: DataRoot) -> None:
    drop(root, CROSSINGS, "a_2026-03.csv", crossings_csv([line()]))
    drop(root, CROSSINGS, "b_2026-03.csv", crossings_csv([line(country="China")]))
    handled, _ = receive(root)
    assert [entry.file_name for entry in handled] == ["b_2026-03.csv"]
    assert landed_rows(root, "border_crossing", "counterpart_country") == [("CHN",)]


def test_where_the_later_of_two_is_refused_the_earlier_lands(root: DataRoot) -> None:
    drop(root, CROSSINGS, "a_2026-03.csv", crossings_csv([line()]))
    drop(root, CROSSINGS, "b_2026-03.csv", crossings_csv([line(time="never")]))
    handled, _ = receive(root)
    assert [(entry.file_name, entry.outcome) for entry in handled] == [("b_2026-03.csv", "refused"), ("a_2026-03.csv", "landed")]


def test_a_changed_contract_lands_the_archived_file_anew(root: DataRoot) -> None:
    deliver(root, line(nationality="Atlantis"), filler=0)
    contracts = load_contracts()
    assert land_pending(root, contracts, progress=lambda _line: None) == []
    column = contracts[CROSSINGS].columns["nationality"].model_copy(update={"codes": {"Atlantis": "GRC"}})
    changed = contracts[CROSSINGS].model_copy(update={"columns": {**contracts[CROSSINGS].columns, "nationality": column}})
    before = landed_rows(root, "border_crossing", "_landing_id")
    land_pending(root, {**contracts, CROSSINGS: changed}, progress=lambda _line: None)
    assert landed_rows(root, "border_crossing", "nationality") == [("GRC",)]
    assert landed_rows(root, "border_crossing", "_landing_id") != before


def test_the_receipt_of_a_file_with_too_many_wrong_rows_lists_them(root: DataRoot) -> None:
    (refused,) = deliver(root, line(time="never"), line(time="soon", number="SYN໑໒໓໔໕໖໗"), filler=2)
    assert (refused.outcome, refused.rows_read, refused.rows_rejected, refused.landing_id) == ("refused", 4, 2, None)
    (receipt,) = [json.loads(path.read_text()) for path in root.receipts.rglob("*.json")]
    assert [row["row"] for row in receipt["rejected_rows"]] == [2, 3]
    assert receipt["rows"]["rejected"] == 2 and "Mend the rows listed" in receipt["remedy"]


def test_each_delivery_keeps_its_own_receipt_and_folders_are_closed_to_others(root: DataRoot) -> None:
    for name in ("a", "b"):
        deliver(root, name=f"{name}_2026-03.csv", filler=3)
    outcomes = [json.loads(path.read_text())["outcome"] for path in sorted(root.receipts.rglob("*.json"))]
    assert outcomes == ["landed", "duplicate"]
    assert {folder.stat().st_mode & 0o077 for folder in (root.archive, root.raw, root.quarantine, root.receipts)} == {0}


def test_a_refused_delivery_can_be_read_again_once_its_contract_is_mended(root: DataRoot) -> None:
    drop(root, CROSSINGS, "renamed_2026-03.csv", crossings_csv([line()]).replace("Direction", "Way", 1))
    (refused,), _ = receive(root)
    assert refused.outcome == "refused"
    contracts = load_contracts()
    column = contracts[CROSSINGS].columns["direction"].model_copy(update={"header": ["Direction", "Way"]})
    mended = contracts[CROSSINGS].model_copy(update={"columns": {**contracts[CROSSINGS].columns, "direction": column}})
    (done,) = land_pending(root, {CROSSINGS: mended}, progress=lambda _line: None, only={(CROSSINGS, "2026-03")}, again=True)
    assert (done.outcome, done.reason) == ("landed", "")
    assert len(landed_rows(root, "border_crossing")) == 1


def test_a_delivery_that_its_judge_refuses_replaces_nothing(root: DataRoot) -> None:
    deliver(root, filler=10)
    drop(root, CROSSINGS, "half_2026-03.csv", crossings_csv([line()]))
    ((entry,), _) = receive(root, judge=lambda _record, profiles: {profiles["sha256"][0]: "too few rows"})
    assert entry.outcome == "refused" and "too few rows" in entry.reason
    assert len(landed_rows(root, "border_crossing")) == 10


messy = st.text(alphabet="0123456789/-: SYNabcລາວ໒໕.,\"'=+\u00a0", max_size=14)


@settings(
    max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.dictionaries(st.sampled_from(FIELDS), messy), min_size=1, max_size=12))
def test_accepted_plus_rejected_is_rows_sent_whatever_the_cells_hold(
    rows: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    import csv
    import io

    made = DataRoot(tmp_path_factory.mktemp("root"))
    made.synthetic_marker.touch()
    contracts = load_contracts()
    lenient = {
        CROSSINGS: contracts[CROSSINGS].model_copy(
            update={"max_rejected_pct": 100, "tables": [contracts[CROSSINGS].tables[0].model_copy(update={"ends_at": None})]}
        )
    }
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    for row in rows:
        writer.writerow([{**GOOD, **row}[name] for name in FIELDS])
    drop(made, CROSSINGS, "x_2026-03.csv", crossings_csv([]) + written.getvalue())
    ((entry,), _) = receive(made, lenient)
    assert entry.outcome == "landed"
    assert entry.rows_read == len(rows) == entry.rows_accepted + entry.rows_rejected
    assert len(landed_rows(made, "border_crossing")) == entry.rows_accepted
    assert len(quarantined(made, CROSSINGS)) == entry.rows_rejected
    assert len(json.loads(next(Path(made.receipts).rglob("*.json")).read_text())["rejected_rows"]) == entry.rows_rejected
