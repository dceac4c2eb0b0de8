"""``make check``: the receipt of a file that is neither landed nor archived."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from ingestion.identifiers import KEY_VARIABLE
from ingestion.paths import CONTRACTS, DataRoot
from orchestration import check
from tests.deliver import CROSSINGS, crossings_csv, drop, everything_below, receive
from tests.unit.test_landing import line


def a_file(folder: Path, *lines: str, name: str = "crossings_2026-03.csv", filler: int = 60) -> Path:
    path = folder / "sent" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(crossings_csv([*lines, *(line(number=f"SYN9{number:06d}") for number in range(filler))]))
    return path


@pytest.fixture
def away(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is not below the data root."""
    return tmp_path_factory.mktemp("away")


def untouched(root: DataRoot) -> tuple[dict, list]:
    return everything_below(root.path), sorted((str(path), path.stat().st_mtime_ns) for path in root.path.rglob("*"))


def test_nothing_below_the_data_root_changes(root: DataRoot, away: Path, capsys: pytest.CaptureFixture) -> None:
    earlier = [line(time="2026-02-05 10:00:00", number=f"SYN9{number:06d}") for number in range(60)]
    drop(root, CROSSINGS, "crossings_2026-02.csv", crossings_csv(earlier))
    receive(root)
    drop(root, CROSSINGS, "waiting_2026-03.csv", crossings_csv([line()]))
    before = untouched(root)
    sent = a_file(away, line(time="never", number="SYN0077001"), line(nationality="Laoo"))
    bytes_before = sent.read_bytes()
    assert check.main([str(sent), CROSSINGS]) == 0
    said = capsys.readouterr().out
    for words in ("would be ACCEPTED", "62 read, 61 accepted, 1 rejected", "row 2: crossed_at:not_a_date", "perhaps Lao PDR", "ບໍ່ແມ່ນວັນທີ"):
        assert words in said
    assert "00770" not in said
    assert untouched(root) == before and sent.read_bytes() == bytes_before


def test_a_data_root_that_is_not_there_is_not_made(tmp_path: Path, away: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAREHOUSE_DATA", str(tmp_path / "none"))
    assert check.main([str(a_file(away)), CROSSINGS]) == 0
    assert not (tmp_path / "none").exists()


def test_no_key_is_needed_and_the_one_there_is_stays(tmp_path: Path, away: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    monkeypatch.setenv("WAREHOUSE_DATA", str(tmp_path))
    for key in ("", "the-key-of-this-very-site"):
        monkeypatch.setenv(KEY_VARIABLE, key)
        assert check.main([str(a_file(away)), CROSSINGS]) == 0
        assert os.environ[KEY_VARIABLE] == key


def test_a_file_that_would_be_refused_says_so_with_the_remedy(root: DataRoot, away: Path, capsys: pytest.CaptureFixture) -> None:
    assert check.main([str(a_file(away, name="march.csv")), CROSSINGS]) == 1
    said = capsys.readouterr().out
    assert (
        "would be REFUSED: the period cannot be told (agreed: file name *YYYY-MM*)" in said
        and "sub-folder" in said
        and "ບໍ່ຮູ້ວ່າແມ່ນຂອງເດືອນໃດ" in said
    )
    assert check.main([str(a_file(away, name="march.csv")), CROSSINGS, "--period", "2026-03"]) == 0
    assert check.main([str(a_file(away, line(time="x"), filler=0)), CROSSINGS]) == 1
    assert "100.0 % of the rows are rejected" in capsys.readouterr().out


def test_a_file_is_judged_beside_what_is_held(root: DataRoot, away: Path, capsys: pytest.CaptureFixture) -> None:
    """The same cells, a part of a month, and the landing suite, which looks at the month before."""
    full = a_file(away)
    drop(root, CROSSINGS, "crossings_2026-03.csv", full.read_bytes())
    receive(root)
    assert check.main([str(full), CROSSINGS]) == 0
    assert "would be a DUPLICATE: the same cells as crossings_2026-03.csv" in capsys.readouterr().out
    assert check.main([str(a_file(away, line(), filler=0)), CROSSINGS]) == 1
    assert "would be REFUSED" in capsys.readouterr().out
    many = [line(time="2026-04-05 10:15:00", number=f"SYN{number:07d}") for number in range(3000)]
    assert check.main([str(a_file(away, *many, name="crossings_2026-04.csv", filler=0)), CROSSINGS]) == 1
    assert "rows_ratio_to_previous = 50" in capsys.readouterr().out


def test_the_receipt_can_be_kept_to_look_at(root: DataRoot, away: Path) -> None:
    assert check.main([str(a_file(away, line(time="never"))), CROSSINGS, "--receipt", str(away / "receipt")]) == 0
    kept = {path.name: path for path in (away / "receipt").iterdir()}
    assert {"receipt.xlsx", "crossings_2026-03.csv"} < set(kept) and len(kept) == 3
    assert openpyxl.load_workbook(kept["receipt.xlsx"]).sheetnames[0] == "ສະຫຼຸບ · Summary"


def test_a_contract_can_be_tried_before_it_is_in_its_folder(root: DataRoot, away: Path, capsys: pytest.CaptureFixture) -> None:
    draft = away / "mops__other.yml"
    draft.write_text((CONTRACTS / f"{CROSSINGS}.yml").read_text(encoding="utf-8"), encoding="utf-8")
    assert check.main([str(a_file(away)), str(draft)]) == 0
    draft.write_text(draft.read_text(encoding="utf-8").replace("licence:", "license:"), encoding="utf-8")
    assert check.main([str(a_file(away)), str(draft)]) == 1
    assert "mops__other.yml: licence: Field required" in capsys.readouterr().err


def test_a_wrong_name_is_answered_with_the_right_ones(root: DataRoot, away: Path, capsys: pytest.CaptureFixture) -> None:
    assert check.main([str(a_file(away)), "mops__crossing_airports"]) == 1
    assert CROSSINGS in capsys.readouterr().err
    assert check.main([str(away / "nothing.csv"), CROSSINGS]) == 1
    assert check.main([str(a_file(away, name=".hidden_2026-03.csv")), CROSSINGS]) == 1
    assert "not taken" in capsys.readouterr().err
