"""A province office's own extract, added at run time by one contract that is not in the repository.

Contract and file are those that docs/adding-an-extract.md shows, so the page cannot promise what does not work.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import pytest

from ingestion.contract import load_contracts
from ingestion.paths import CONTRACTS_VARIABLE, PROJECT, DataRoot
from ingestion.yaml_model import DeclarationError
from tests.integration.conftest import run_night

EXTRACT = "champasack__deployments"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def example() -> dict[str, str]:
    """The page's contract (``yaml``) and the office's file (no language)."""
    page = (PROJECT / "docs" / "adding-an-extract.md").read_text(encoding="utf-8")
    blocks: dict[str, str] = {}
    for language, text in BLOCK.findall(page):
        blocks.setdefault(language, text)
    return blocks


@pytest.fixture
def contracts(example: dict[str, str], tmp_path: Path) -> Path:
    folder = tmp_path / "contracts"
    folder.mkdir()
    (folder / f"{EXTRACT}.yml").write_text(example["yaml"], encoding="utf-8")
    return folder


def test_one_yaml_file_takes_a_province_offices_list_into_the_release(
    published: DataRoot, example: dict[str, str], contracts: Path
) -> None:
    assert EXTRACT not in load_contracts()
    before = published.latest.resolve().name
    inbox = published.inbox / EXTRACT
    inbox.mkdir()
    (inbox / "deployments.csv").write_text(example[""], encoding="utf-8")

    night = run_night(published.path, **{CONTRACTS_VARIABLE: str(contracts)})

    assert night.code == 0, night.said
    release = published.latest.resolve()
    assert release.name > before
    with duckdb.connect(str(release / "warehouse.duckdb"), read_only=True) as con:
        rows = con.execute(
            "select sex_code, provinces.province_code, district_code, country_code, occupation_code, "
            "departed_on::varchar, wage, currency_code, _row "
            "from marts.fct_labour_deployment join marts.dim_submission using (submission_key) join marts.dim_sex using (sex_key) "
            "join marts.dim_province as provinces using (province_key) join marts.dim_district using (district_key) "
            "join marts.dim_country on country_key = destination_country_key join marts.dim_occupation using (occupation_key) "
            "join marts.dim_currency on currency_key = wage_currency_key where extract = $1 order by _row",
            [EXTRACT],
        ).fetchall()
        judged = con.execute("select rows from quality.qa_labour_deployment where extract = $1", [EXTRACT]).fetchall()
        ministry = con.execute("select ministry_en from marts.dim_source where extract = $1", [EXTRACT]).fetchone()
    assert rows == [
        ("female", "LA16", "LA1601", "THA", "9329", "2026-10-12", 12500, "THB", 4),
        ("male", "LA16", "LA1602", "KOR", "6130", "2026-10-18", 1450000, "KRW", 5),
        ("female", "LA16", "LA1606", "THA", "9111", "2026-10-20", 11000, "THB", 6),
        ("male", "LA16", "LA1604", "THA", "9313", "2026-10-21", None, "THB", 7),
    ]
    assert judged == [(4,)] and ministry == ("Champasack Labour and Social Welfare Division",)
    receipt = json.loads(next((published.receipts / EXTRACT).rglob("*.json")).read_text())
    assert receipt["outcome"] == "landed" and (receipt["rows"]["accepted"], receipt["rows"]["rejected"]) == (4, 0)
    assert b"PA1000001" not in (release / "warehouse.duckdb").read_bytes()


def test_an_offices_folder_that_is_missing_or_repeats_a_contract_is_told(
    contracts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CONTRACTS_VARIABLE, str(contracts))
    assert load_contracts()[EXTRACT].ministry.lo.endswith("ແຂວງຈຳປາສັກ")
    (contracts / "bol__exchange_rates.yml").write_text("record: exchange_rate\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"bol__exchange_rates\.yml: another folder has a contract of this name"):
        load_contracts()
    monkeypatch.setenv(CONTRACTS_VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(DeclarationError, match="no such folder of contracts"):
        load_contracts()
