"""Accepted + rejected + out of scope + totals = rows sent, on generated files; and each rejected row has every reason there is.

The reasons are worked out a second time here, by a list of cells of which it is known what is wrong with them.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping

import duckdb
import pytest
import xlsxwriter
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingestion import code_cells
from ingestion.archive import Submission
from ingestion.contract import Contract, load_contracts
from ingestion.paths import DataRoot
from tests.deliver import CROSSINGS, drop, landed_rows, quarantined, receive

LAND = "mops__crossings_land"


def generated(examples: int) -> settings:
    """Every run looks at other files; a failing one prints how to see it again."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )


ROOTS = iter(range(10**9))

Cells = dict[str, tuple[str, set[str]]]
"""Field → what may stand in its cell and the reasons that this alone gives."""

OK: set[str] = set()
CELLS: dict[str, list[tuple[str, set[str]]]] = {
    "crossed_at": [
        ("2026-03-05 10:15:00", OK),
        ("2026-03-31 23:59:59", OK),
        (" ໒໐໒໖-໐໓-໐໕ 10:15:00 ", OK),
        ("", {"crossed_at:missing_value"}),
        ("soon", {"crossed_at:not_a_date"}),
        ("2026-02-30 10:00:00", {"crossed_at:not_a_date"}),
        ("2026-04-01 00:00:00", {"crossed_at:outside_period"}),
        ("2026-02-28 23:59:59", {"crossed_at:outside_period"}),
    ],
    "direction": [
        ("Departure", OK),
        ("Arrival", OK),
        ("", {"direction:missing_value"}),
        ("sideways", {"direction:unrecognised_code"}),
        ("=Departure", {"direction:unrecognised_code"}),
    ],
    "document_no": [
        ("SYN1000001", OK),
        ("syn 1000-001", OK),
        ("SYN1000002", OK),
        ("", {"document_no:missing_value"}),
        ("-/-", {"document_no:missing_value"}),
    ],
    "nationality": [("Lao", OK), ("Atlantis", OK), ("", OK)],
    "birth_date": [("1990-05-01", OK), ("", OK), ("1990-13-01", {"birth_date:not_a_date"}), ("2026-03-15", OK), ("2026-12-24", OK)],
    "intended_days": [
        ("30", OK),
        ("", OK),
        ("໓໐", OK),
        ("1,000", OK),
        ("many", {"intended_days:not_a_number"}),
        ("1.5", {"intended_days:not_a_number"}),
        ("-1", {"intended_days:below_minimum"}),
        ("3651", {"intended_days:above_maximum"}),
    ],
}  # fmt: skip
FIXED = {"point_of_entry": "Wattay International Airport", "document_type": "Passport", "sex": "F", "counterpart_country": "Thailand"}
SAME_PERSON = {"SYN1000001": 1, "syn 1000-001": 1, "SYN1000002": 2}
EXIT = {"Departure": "exit", "Arrival": "entry"}

GOOD_CELLS = {name: [cell for cell in cells if not cell[1]] for name, cells in CELLS.items()}
crossing, good_crossing = (
    st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in among.items()}) for among in (CELLS, GOOD_CELLS)
)
mostly_good = st.one_of(crossing, good_crossing)


def expected_reasons(rows: list[Cells]) -> list[set[str]]:
    """What is wrong with each row: its cells, its cells together, and rows that stand higher up."""
    found, seen = [], set()
    for row in rows:
        reasons = set().union(*(wrong for _, wrong in row.values()))
        crossed, born = moment(row["crossed_at"][0]), moment(row["birth_date"][0])
        if crossed and born and born.date() > crossed.date():
            reasons.add("birth_date:birth_after_crossing")
        if not reasons:
            key = (crossed, EXIT[row["direction"][0]], SAME_PERSON[row["document_no"][0]])
            if key in seen:
                reasons.add("crossed_at:duplicate_key")
            seen.add(key)
        found.append(reasons)
    return found


def moment(cell: str) -> dt.datetime | None:
    try:
        return dt.datetime.fromisoformat(cell.strip().translate(str.maketrans("໐໑໒໓໔໕໖໗໘໙", "0123456789")))
    except ValueError:
        return None


def fresh_root(factory: pytest.TempPathFactory) -> DataRoot:
    root = DataRoot(factory.mktemp(f"root{next(ROOTS)}"))
    root.synthetic_marker.touch()
    return root


def lenient(extract: str, **changes: object) -> dict[str, Contract]:
    """The contract alone, so that no share of rejects refuses the file."""
    return {extract: load_contracts()[extract].model_copy(update={"max_rejected_pct": 100, **changes})}


def assert_all_rows_are_told_of(root: DataRoot, entry: Submission, record: str, sent: int) -> None:
    counted = entry.rows_accepted + entry.rows_rejected + entry.rows_out_of_scope + entry.rows_totals
    assert (entry.outcome, counted) == ("landed", sent)
    assert entry.rows_read + entry.rows_totals == sent
    assert len(landed_rows(root, record)) == entry.rows_accepted
    assert len(quarantined(root, entry.extract)) == entry.rows_rejected
    with duckdb.connect() as con:
        told = con.execute(
            f"select rows_accepted + rows_rejected + rows_out_of_scope + rows_totals from '{root.submissions_meta}'"
        ).fetchone()[0]
    assert told == sent


def as_csv(extract: str, rows: list[Cells]) -> bytes:
    columns = {name: column.header[0] for name, column in load_contracts()[extract].columns.items() if column.header}
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(columns.values())
    writer.writerows([row[name][0] if name in row else FIXED.get(name, "") for name in columns] for row in rows)
    return written.getvalue().encode()


@pytest.mark.parametrize("few_rows", [0, code_cells.FEW_ROWS], ids=["as a large file", "as a small file"])
@generated(15)
@given(rows=st.lists(mostly_good, min_size=1, max_size=15))
def test_crossings_in_a_csv(
    few_rows: int, rows: list[Cells], tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(code_cells, "FEW_ROWS", few_rows)
    root, expected = fresh_root(tmp_path_factory), expected_reasons(rows)
    drop(root, CROSSINGS, "x_2026-03.csv", as_csv(CROSSINGS, rows))
    ((entry,), _) = receive(root, lenient(CROSSINGS))
    assert_all_rows_are_told_of(root, entry, "border_crossing", len(rows))
    found = {row: set(reasons) for row, reasons, _ in quarantined(root, CROSSINGS)}
    assert found == {number: reasons for number, reasons in enumerate(expected, start=2) if reasons}
    assert {row for (row,) in landed_rows(root, "border_crossing", "_row")} == {
        number for number, reasons in enumerate(expected, start=2) if not reasons
    }


def as_workbook(rows: list[Cells], header_row: int, spacers: set[int]) -> tuple[bytes, list[int]]:
    """The rows as text below a title, some after an empty row; and the number of each on the sheet."""
    columns = {name: column.header[0] for name, column in load_contracts()[LAND].columns.items() if column.header}
    written, at, places = io.BytesIO(), header_row, []
    with xlsxwriter.Workbook(written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("ມີນາ")
        sheet.write_string(0, 0, "ບັນຊີ")
        sheet.write_row(header_row - 1, 0, list(columns.values()))
        for number, row in enumerate(rows):
            at += 1 + (number in spacers)
            places.append(at)
            for place, name in enumerate(columns):
                if text := row[name][0] if name in row else FIXED.get(name, ""):
                    sheet.write_string(at - 1, place, text)
    return written.getvalue(), places


@generated(8)
@given(rows=st.lists(mostly_good, min_size=1, max_size=10), spacers=st.sets(st.integers(0, 9)))
def test_crossings_in_a_workbook(rows: list[Cells], spacers: set[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    root, expected = fresh_root(tmp_path_factory), expected_reasons(rows)
    contract = load_contracts()[LAND]
    written = {"format": ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d"], "codes": {}}
    columns = {name: column.model_copy(update=written) for name, column in contract.columns.items()}
    columns["direction"] = columns["direction"].model_copy(update={"codes": {"Departure": "exit", "Arrival": "entry"}})
    content, places = as_workbook(rows, contract.tables[0].header_rows[-1], spacers)
    drop(root, LAND, "crossings_land_2026-03.xlsx", content)
    ((entry,), _) = receive(root, lenient(LAND, columns=columns))
    assert_all_rows_are_told_of(root, entry, "border_crossing", len(rows))
    found = {row: set(reasons) for row, reasons, _ in quarantined(root, LAND)}
    assert found == {place: reasons for place, reasons in zip(places, expected, strict=True) if reasons}


STOCKS = Contract.model_validate(
    {
        "extract": "test__stocks",
        "record": "migrant_stock",
        "title": {"en": "Stocks", "lo": "x"},
        "ministry": {"en": "Test", "lo": "x"},
        "owner": "nobody@test.example",
        "licence": "none",
        "cadence": "irregular",
        "coverage": "history",
        "file": {"kind": "csv"},
        "period": {"source": "file_name"},
        "columns": {
            **{name: {"header": [name]} for name in ("reference_year", "origin", "destination", "sex", "persons")},
            **{"age_group": {"constant": "_T"}, "permit_status": {"constant": "_T"}, "person_basis": {"constant": "birth"}},
            **{"estimation_method": {"constant": "reported"}, "vintage": {"constant": "1"}},
        },
        "missing_marks": {"..": "M", "-": "nil"},
        "totals": {"field": "origin", "labels": ["Total", "ລວມ"]},
        "scope": {"fields": ["origin", "destination"]},
        "max_rejected_pct": 100,
    }
)
PLACES = st.sampled_from(["Lao PDR", "Thailand", "Viet Nam", "Atlantis", ""])
STOCK = {
    "reference_year": st.sampled_from(["2015", "2020", "", "1949", "year"]),
    "origin": st.one_of(PLACES, st.sampled_from(["Total", " ລວມ", "TOTAL "])),
    "destination": PLACES,
    "sex": st.sampled_from(["female", "male", "?"]),
    "persons": st.sampled_from(["12", "1,200.5", "..", "-", "", "few"]),
}
YEARS = {"2015": OK, "2020": OK, "": {"missing_value"}, "1949": {"below_minimum"}, "year": {"not_a_number"}}
COUNTRIES = {"Lao PDR": "LAO", "Thailand": "THA", "Viet Nam": "VNM"}


def kind_of_stock(row: Mapping[str, str]) -> tuple[str, set[str]]:
    """total, out of scope, rejected or accepted; and why rejected."""
    if row["origin"].strip().lower() in ("total", "ລວມ"):
        return "totals", OK
    if "Lao PDR" not in (row["origin"], row["destination"]):
        return "out_of_scope", OK
    reasons = {f"reference_year:{slug}" for slug in YEARS[row["reference_year"]]}
    for name in ("origin", "destination"):
        if row[name] not in COUNTRIES:
            reasons.add(f"{name}:{'missing_value' if row[name] == '' else 'unrecognised_code'}")
    if row["persons"] == "few":
        reasons.add("persons:not_a_number")
    return ("rejected" if reasons else "accepted"), reasons


@generated(25)
@given(rows=st.lists(st.fixed_dictionaries(STOCK), min_size=1, max_size=20))
def test_stocks_with_totals_and_rows_that_do_not_concern_us(rows: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    root = fresh_root(tmp_path_factory)
    written = io.StringIO()
    writer = csv.DictWriter(written, list(STOCK), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    drop(root, STOCKS.extract, "x_2026-03.csv", written.getvalue())
    ((entry,), _) = receive(root, {STOCKS.extract: STOCKS})
    kinds = [kind_of_stock(row) for row in rows]
    if all(kind == "totals" for kind, _ in kinds):
        assert (entry.outcome, entry.reason) == ("refused", "no data row was found below the header")
        return
    assert_all_rows_are_told_of(root, entry, "migrant_stock", len(rows))
    duplicates = entry.rejected_by_reason.get("reference_year:duplicate_key", 0)
    counted = {kind: sum(found == kind for found, _ in kinds) for kind in ("totals", "out_of_scope", "rejected", "accepted")}
    assert (entry.rows_totals, entry.rows_out_of_scope) == (counted["totals"], counted["out_of_scope"])
    assert (entry.rows_accepted, entry.rows_rejected) == (counted["accepted"] - duplicates, counted["rejected"] + duplicates)
    found = {row: set(reasons) for row, reasons, _ in quarantined(root, STOCKS.extract)}
    assert {row: why for row, why in found.items() if why != {"reference_year:duplicate_key"}} == {
        number: reasons for number, (kind, reasons) in enumerate(kinds, start=2) if kind == "rejected"
    }
