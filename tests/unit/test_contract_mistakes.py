"""A wrong contract: every mistake at once, each with its file and key, and with what may have been meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingestion.contract import load_contract, load_contracts
from ingestion.paths import CONTRACTS
from ingestion.yaml_model import DeclarationError

SOUND = (CONTRACTS / "molsw__overseas_deployments.yml").read_text(encoding="utf-8")


def mistakes(folder: Path, text: str, name: str = "x__deployments.yml") -> list[str]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DeclarationError) as caught:
        load_contracts(folder)
    lines = str(caught.value).splitlines()
    assert all(line.startswith(f"{name}: ") for line in lines)
    return [line.removeprefix(f"{name}: ") for line in lines]


def test_every_mistake_is_told_in_one_go(tmp_path: Path) -> None:
    """Of the shape, of the fit with the record, of codes, patterns and formats: none hides behind another."""
    text = (
        SOUND.replace("\nlicence:", "\nlicense:")
        .replace("destination: {header", "destinatoin: {header")
        .replace("ຍິງ: female", "ຍິງ: femal")
        .replace("ends_at: '^(ລວມ|ໝາຍເຫດ)'", "ends_at: '^(ລວມ'")
        .replace("format: ['%d/%m/%Y']", "format: [DD/MM/YYYY]", 1)
        .replace("due_day: 15", "due_day: soon")
        .replace("header_rows: [4]", "header_rows: [4, 3]")
        .replace("agency_licence: {header: [", "agency_licence: {position: 3, header: [")
        .replace("missing_marks: {'-': M}", "missing_marks: {'-': X}\nscope: {fields: [origin], code: LAO}")
    )
    told = mistakes(tmp_path, text)
    assert {line.split(": ")[0] for line in told} == {
        "license", "licence", "columns.destinatoin", "tables.0", "columns.sex.codes.ຍິງ", "tables.0.ends_at", "columns.birth_date.format",
        "due_day", "tables.0.header_rows", "columns.agency_licence", "missing_marks.-", "scope.fields.0",
    }  # fmt: skip
    said = "\n".join(told)
    for words in (
        "'destinatoin' is not a field of record labour_deployment (perhaps 'destination'?)",
        "tables.0: required field 'destination' of record labour_deployment comes from nowhere",
        "'femal' is not in the code list sex (perhaps 'female'?)",
        "'DD/MM/YYYY' is no date format; write '%d/%m/%Y' for 31/12/2026",
        "not a regular expression",
    ):
        assert words in said
    # What is only a consequence of a mistake told already is not told: the field with two places counts as there.
    assert "'agency_licence'" not in said and len(told) == len(set(told))


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("labour_deployment", "labour_deployments", "record: 'labour_deployments' is unknown (perhaps 'labour_deployment'?)"),
        ("kind: excel", "kind: csv, encoding: utf9", "file.encoding: 'utf9' is unknown; for instance utf-8, utf-16, cp874"),
        ("kind: excel", "kind: csv", "tables.0.sheet: a CSV has no sheets"),
        ("due_day: 15\n", "", "due_day: needed unless cadence is irregular, and only then absent"),
        ("missing_marks: {'-': M}", "numbers: {decimal: ',', thousands: ','}", "numbers: decimal and thousands are the same mark"),
        ("[ຂະແໜງການ, Sector]", "[ຂະແໜງການ, Sex]", "columns.employer_sector.header: 'sex' is a heading of columns.sex too"),
        ("wage: {", "wage: {format: ['%d'], ", "columns.wage.format: only for dates; the field is of type decimal"),
        ("header: [ເມືອງ, District]", "captured: 'of'", "columns.district.captured: put the part to be used into (parentheses)"),
        ("header: [ແຂວງ, Province]", "constant: LA99", "columns.province.constant: 'LA99' is not in the code list province"),
        ("owner: employment", "owner: TODO employment", "owner: still to be decided (TODO employment.statistics@molsw.example)"),
        ("missing_marks: {'-': M}", "owner: somebody", "not readable as YAML: 'owner' is given twice, in line 4 and in line 48"),
    ],
)  # fmt: skip
def test_each_kind_of_mistake_names_its_key(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    assert right in SOUND
    assert any(line.startswith(told) for line in mistakes(tmp_path, SOUND.replace(right, wrong)))


def test_the_parts_of_headers_laid_across_are_checked(tmp_path: Path) -> None:
    text = (CONTRACTS / "thai_doe__work_permits.yml").read_text(encoding="utf-8").replace("permit_status: status", "permit_statu: state")
    told = mistakes(tmp_path, text)
    assert "tables.0.unpivot.into.permit_statu: 'permit_statu' is not a field of record migrant_stock (perhaps 'permit_status'?)" in told
    assert "tables.0.unpivot.into.permit_statu: 'headers' has no group named 'state'" in told


def test_mistakes_of_several_files_are_told_together(tmp_path: Path) -> None:
    (tmp_path / "a__one.yml").write_text(SOUND.replace("cadence: monthly", "cadence: weekly"), encoding="utf-8")
    (tmp_path / "Wrong Name.yml").write_text(SOUND, encoding="utf-8")
    (tmp_path / "b__two.yml").write_text("- a list\n", encoding="utf-8")
    with pytest.raises(DeclarationError) as caught:
        load_contracts(tmp_path)
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == ["Wrong Name.yml", "a__one.yml", "b__two.yml"]


def test_a_sound_contract_has_none(tmp_path: Path) -> None:
    path = tmp_path / "x__deployments.yml"
    path.write_text(SOUND, encoding="utf-8")
    assert load_contract(path).record == "labour_deployment"
