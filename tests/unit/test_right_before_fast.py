"""Where a fast way of landing was once wrong: each compared with the slow, plain answer, for small and for large files."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
from itertools import product

import pytest

from ingestion import code_cells
from ingestion.identifiers import DEMO_KEY
from ingestion.paths import PROJECT, DataRoot
from tests.deliver import CROSSINGS, crossings_csv, drop, landed_rows, quarantined, receive
from tests.unit.test_every_row_counts import lenient

GOOD = [
    "2026-03-05 10:15:00",
    "Departure",
    "LA_VTE_APT",
    "Passport",
    "SYN1",
    "Lao",
    "F",
    "1990-05-01",
    "tourism",
    "Thailand",
    "exempt",
    "30",
]


@pytest.fixture(params=[0, code_cells.FEW_ROWS], ids=["as a large file", "as a small file"], autouse=True)
def few_rows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large file is decoded by dictionaries and by a map of its identifiers, a small one by joins."""
    monkeypatch.setattr(code_cells, "FEW_ROWS", request.param)


def land(root: DataRoot, lines: list[str]) -> None:
    drop(root, CROSSINGS, "crossings_2026-03.csv", crossings_csv(lines))
    ((entry,), _) = receive(root, lenient(CROSSINGS))
    assert (entry.outcome, entry.rows_read) == ("landed", len(lines))


def test_rows_that_a_strict_reader_throws_away_are_recovered_or_told_of(root: DataRoot) -> None:
    """Reading into types with ``store_rejects`` loses whole rows of which a cell is dirty, and those too long or too short."""
    days = ["30", " 30 ", "໓໐", "30.0", "3,0", "\u00a030", "many", ""]
    rows = [[*GOOD[:4], f"SYN{number}", *GOOD[5:11], cell] for number, cell in enumerate(days)]
    moments = ["2026-03-05 10:15", "໒໐໒໖-໐໓-໐໕ 10:15:00", "2026-03-05T10:15:00 "]
    rows += [[moment, *GOOD[1:4], f"SYN1{number}", *GOOD[5:]] for number, moment in enumerate(moments)]
    rows += [[*GOOD[:4], "SYN20", *GOOD[5:7]], [*GOOD[:4], "SYN21", *GOOD[5:], "slipped"], [*GOOD[:4], "SYN22", *GOOD[5:], ""]]
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    lines = written.getvalue().splitlines()
    lines += [",".join([*GOOD[:4], "SYN23", '"La"o', *GOOD[6:]]), ",".join([*GOOD[:4], "SYN24", *GOOD[5:], "", ""])]
    land(root, lines)
    read = dict(landed_rows(root, "border_crossing", "_row, intended_days"))
    told = {row: reasons for row, reasons, _sent in quarantined(root, CROSSINGS)}
    numbers = [30, 30, 30, 30, None, 30, None, None, 30, 30, 30, None, None, 30, 30, 30]
    wrong = {6: ["intended_days:not_a_number"], 8: ["intended_days:not_a_number"], 14: ["crossed_at:too_many_cells"]}
    assert told == wrong
    assert read == {row: number for row, number in enumerate(numbers, start=2) if row not in wrong}


def test_blank_and_unknown_codes_keep_their_rows(root: DataRoot) -> None:
    """An all-text read makes blanks null, and an inner join with a code list then drops the row."""
    nationalities = {
        "Lao": "LAO",
        " ຄົນລາວ ": "LAO",
        "": "XXX",
        '""': "XXX",
        " ": "XXX",
        "\u00a0": "XXX",
        "Atlantis": "XXX",
        "lao-kf": "XXX",
    }
    sexes = {"F": "female", "ຊາຍ": "male", "": "unknown", "?": "unknown"}
    visas = {"exempt": "exempt", "": "unknown"}
    sent = list(product(nationalities, sexes, visas))
    land(root, [",".join([*GOOD[:4], f"SYN{n}", a, b, *GOOD[7:10], c, "30"]) for n, (a, b, c) in enumerate(sent)])
    plain = {row: (nationalities[a], sexes[b], visas[c]) for row, (a, b, c) in enumerate(sent, start=2)}
    assert {row: tuple(codes) for row, *codes in landed_rows(root, "border_crossing", "_row, nationality, sex, visa_class")} == plain


def test_a_column_with_nothing_in_it_keeps_its_rows(root: DataRoot) -> None:
    land(root, [",".join([*GOOD[:4], f"SYN{n}", *["", ""], GOOD[7], "", "", "", ""]) for n in range(3)])
    codes = "nationality, sex, purpose, counterpart_country, visa_class, intended_days"
    assert landed_rows(root, "border_crossing", codes) == [("XXX", "unknown", "unknown", "XXX", "unknown", None)] * 3


def test_a_legacy_font_or_an_unknown_required_code_is_told_of(root: DataRoot) -> None:
    words = {
        "Departure": [],
        "sideways": ["direction:unrecognised_code"],
        "": ["direction:missing_value"],
        " ": ["direction:missing_value"],
    }
    cells = [(word, "Lao", wrong) for word, wrong in words.items()] + [("Departure", "ì¾¸ì¾¸", ["nationality:legacy_font"])]
    land(root, [",".join([GOOD[0], word, *GOOD[2:4], f"SYN{n}", nationality, *GOOD[6:]]) for n, (word, nationality, _) in enumerate(cells)])
    expected = {row: wrong for row, (_word, _nationality, wrong) in enumerate(cells, start=2) if wrong}
    assert {row: reasons for row, reasons, _sent in quarantined(root, CROSSINGS)} == expected


def test_only_the_first_row_of_a_key_stays(root: DataRoot) -> None:
    """Found by a hash or a sort in any order, one of the equal rows would stay, but not always the first."""
    people = ["SYN1", "SYN2", "syn 1", "SYN3", "SYN-2", "SYN1"]
    land(root, [",".join([*GOOD[:4], person, *GOOD[5:]]) for person in people])
    assert [row for (row,) in landed_rows(root, "border_crossing", "_row")] == [2, 3, 5]
    assert [(row, *reasons) for row, reasons, _sent in quarantined(root, CROSSINGS)] == [
        (row, "crossed_at:duplicate_key") for row in (4, 6, 7)
    ]


def test_pseudonyms_are_those_of_a_keyed_hash_row_by_row(root: DataRoot) -> None:
    bare = {"SYN1": "SYN1", "syn 1": "SYN1", "SYN2": "SYN2", " syn-2": "SYN2", "ກຂ໑໒": "ກຂ12"}
    people = [*bare] * 4  # each often enough for the hash of a cell to be kept
    land(root, [",".join([f"2026-03-05 10:15:{n:02d}", *GOOD[1:4], person, *GOOD[5:]]) for n, person in enumerate(people)])
    plain = [int(hmac.new(DEMO_KEY.encode(), bare[person].encode(), hashlib.sha256).hexdigest()[:15], 16) for person in people]
    assert [key for (key,) in landed_rows(root, "border_crossing", "person_key")] == plain


def test_no_python_is_called_row_by_row() -> None:
    """A Python function inside a statement takes four times as long as the statement without it."""
    calls = ("create_function(", "map_batches(", "iterrows(", "itertuples(")
    sources = [path for folder in ("ingestion", "publishing", "expectations") for path in (PROJECT / folder).rglob("*.py")]
    assert [path.name for path in sources if any(call in path.read_text(encoding="utf-8") for call in calls)] == []
