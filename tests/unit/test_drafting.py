"""``make contract``: a draft says what its sample tells, with the evidence, and leaves the rest to a person."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from ingestion.contract import load_contract, load_contracts
from ingestion.drafting import guesses
from ingestion.drafting.__main__ import main
from ingestion.drafting.draft import Draft, draft_contract
from ingestion.drafting.sample import read_sample
from ingestion.paths import DataRoot
from ingestion.record import load_records
from ingestion.yaml_model import DeclarationError
from tests.deliver import drop, landed_rows, receive

CHAMPASACK = """ບັນຊີແຮງງານໄປຕ່າງປະເທດ ແຂວງຈຳປາສັກ (SYNTHETIC)
ປະຈຳເດືອນ 10/2026
ລຳດັບ;ເລກທີໃບອະນຸຍາດ;ໜັງສືຜ່ານແດນ;ເພດ;ວັນເກີດ;ເມືອງ;ໄປປະເທດ;ວຽກ;ເລີ່ມສັນຍາ;ສິ້ນສຸດສັນຍາ;ເງິນເດືອນ;ສະກຸນເງິນ;ວັນເດີນທາງ
1;CP-26-0101;PA1000001;ຍ;14.03.1999;ປາກເຊ;ໄທ;ຄົນງານໂຮງງານ;15.10.2026;14.10.2028;12.500,00;THB;12.10.2026
2;CP-26-0102;PA1000002;ຊ;02.11.1994;ຊະນະສົມບູນ;ເກົາຫຼີໃຕ້;ກະສິກອນ;20.10.2026;19.10.2027;1.450.000;KRW;18.10.2026
3;CP-26-0103;PA1000003;ຍ;໓໐.໐໖.໒໐໐໑;ໂພນທອງ;ໄທ;ແມ່ບ້ານ;21.10.2026;20.10.2028;11.000;THB;20.10.2026
4;CP-26-0104;PA1000004;ຊ;19.01.1990;ປາກຊ່ອງ;ໄທ;ກໍ່ສ້າງ;22.10.2026;21.10.2027;-;THB;21.10.2026
ລວມ;4;;;;;;;;;;;
"""
DECIDED = {
    '"TODO what these deliveries are called"': "Workers of Champasack",
    '"TODO ຊື່ຊຸດຂໍ້ມູນ"': "ແຮງງານ ຈຳປາສັກ",
    '"TODO who sends it"': "Champasack Division",
    '"TODO ຜູ້ສົ່ງ"': "ພະແນກແຮງງານ",
    '"TODO an address that answers"': "labour@champasack.example",
    '"TODO what may be done with it"': "Confidential",
    '"TODO how it is cited"': "Champasack Division, list of deployments",
    '"TODO what the data do not show"': "Registered workers only",
    '"TODO monthly, quarterly, yearly or irregular"': "monthly",
    '"TODO days after the period by which it is due; leave out where irregular"': "20",
    '{source: "TODO file_name, text or column; row 2 above the header seems to tell a month"}': (
        "{source: text, pattern: 'ເດືອນ (?P<month>[0-9]+)/(?P<year>[0-9]+)'}"
    ),
    '"TODO ໜັງສືຜ່ານແດນ"': "ໜັງສືຜ່ານແດນ",
    '"TODO ໄປປະເທດ"': "ໄປປະເທດ",
    '"TODO ວຽກ"': "ວຽກ",
    '"TODO ວັນເດີນທາງ"': "ວັນເດີນທາງ",
    '"TODO a column, a constant or captured; perhaps the column ສະກຸນເງິນ; or leave it out"]}  # Currency of the wage.': "ສະກຸນເງິນ]}",
    '  fee_currency: {header: ["TODO a column, a constant or captured; perhaps the column ສະກຸນເງິນ; or leave it out"]}': "",
    '"TODO ລຳດັບ"': "ລຳດັບ",
    '"TODO ວັນເກີດ"': "ວັນເກີດ",
    '  - "TODO ສະກຸນເງິນ"': "",
    '"TODO 1 cells: nil, M, Q or L"': "M",
}


def draft_of(path: Path, **said: str) -> Draft:
    return draft_contract(read_sample(path), load_contracts(), load_records(), **said)


def column_of(draft: Draft, field: str) -> str:
    return next(line.strip() for line in draft.text.splitlines() if line.startswith(f"  {field}:"))


def test_a_draft_that_a_person_has_finished_lands_the_sample(root: DataRoot, tmp_path: Path) -> None:
    sample = tmp_path / "deployments.csv"
    sample.write_text(CHAMPASACK)
    draft = draft_of(sample, extract="champasack__deployments")
    path = tmp_path / "champasack__deployments.yml"
    path.write_text(draft.text)
    with pytest.raises(DeclarationError) as refused:
        load_contract(path)
    assert str(refused.value).count("still to be decided") == draft.text.count('"TODO') > 15
    text = draft.text
    for open_one, decided in DECIDED.items():
        assert open_one in text
        text = text.replace(open_one, decided)
    path.write_text(text)
    contract = load_contract(path)
    drop(root, contract.extract, "deployments.csv", CHAMPASACK)
    ((landed,), _) = receive(root, {contract.extract: contract})
    assert (landed.outcome, landed.period, landed.rows_accepted, landed.rows_rejected) == ("landed", "2026-10", 4, 0)
    assert landed_rows(root, "labour_deployment", "wage::int, destination, contract_start")[1] == (1450000, "KOR", dt.date(2026, 10, 20))


def test_a_draft_names_its_evidence_and_quotes_no_cell_of_a_person(tmp_path: Path) -> None:
    sample = tmp_path / "deployments PA1000001.csv"
    sample.write_text(CHAMPASACK)
    draft = draft_of(sample)
    assert 'file: {kind: csv, delimiter: ";"}' in draft.text and "header_rows: [3]" in draft.text
    assert 'ends_at: "^ລວມ"  # row 8 begins' in draft.text and 'decimal: ",", thousands: "."' in draft.text
    assert column_of(draft, "contract_start").endswith("# so headed in molsw__overseas_deployments; fits all 4 cells")
    assert column_of(draft, "departure_date").startswith('departure_date: {header: ["TODO ວັນເດີນທາງ"], format: ["%d.%m.%Y"]}')
    told = draft.text + "".join(draft.open)
    assert not [word for word in ("PA1000001", "CP-26", "14.03.1999", "ປາກເຊ") if word in told]


def test_a_workbook_with_the_data_on_another_sheet(tmp_path: Path) -> None:
    """Known headings choose the sheet and the header row; Buddhist years and a code that no list knows are seen."""
    contract = load_contracts()["molsw__overseas_deployments"]
    heads = {name: column.header[0] for name, column in contract.columns.items()}
    made = openpyxl.Workbook()
    made.active.append(["ໜ້າປົກ"])
    sheet = made.create_sheet("ຂໍ້ມູນ 10")
    for row in ([], ["ລາຍງານ ເດືອນ 2026-10"], [], list(heads.values())):
        sheet.append(row)
    for number in range(30):
        row = dict.fromkeys(heads, None) | {
            "sex": "ກຂຄ" if number % 2 else "ຍິງ",
            "destination": "ໄທ",
            "birth_date": f"{number % 28 + 1:02d}/05/2533",
        }
        sheet.append([(row | {"permit_no": f"P{number:06d}", "contract_start": "01/02/2026"})[name] for name in heads])
    path = tmp_path / "list_2026-10.xlsx"
    made.save(path)
    draft = draft_of(path, extract="molsw__new_list")
    assert 'sheet: "ຂໍ້ມູນ 10"  # the other sheets: Sheet' in draft.text and "header_rows: [4]" in draft.text
    assert "record: labour_deployment" in draft.text and "period: {source: file_name}" in draft.text
    assert "Ministry of Labour and Social Welfare" in draft.text
    assert column_of(draft, "sex").startswith('sex: {header: ["ເພດ"], codes: {"ກຂຄ": "TODO its code in the list sex"}}')
    assert column_of(draft, "birth_date").startswith('birth_date: {header: ["ວັນເດືອນປີເກີດ"], format: ["%d/%m/%Y"], calendar: buddhist}')
    assert "no cell of the sample tells which: %d/%m/%Y or %m/%d/%Y" in column_of(draft, "contract_start")


def test_what_a_sample_does_not_tell_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "unheard_of.csv"
    path.write_text("alpha|beta|2019|2020|2021\nx|-|1.234|2|3\n")
    draft = draft_of(path)
    assert 'record: "TODO' in draft.text and "unpivot:" in draft.text and "3 columns are headed by years or quarters" in draft.text
    assert "no contract knows its headings" in "".join(draft.open) and 'delimiter: "|"' in draft.text
    assert [line for line in draft.open if line.startswith("period")]
    thai = tmp_path / "thai.csv"
    thai.write_bytes("ชื่อ,เพศ\nก,หญิง\n".encode("cp874"))
    assert 'encoding: "TODO the text is not UTF-8; cp874' in draft_of(thai).text


@pytest.mark.parametrize(
    ("cells", "formats", "words", "buddhist"),
    [
        (["31/12/2026", "01/02/2026"], ["%d/%m/%Y"], "", False),
        (["01/02/2026"], ["%d/%m/%Y", "%m/%d/%Y"], "no cell of the sample tells which", False),
        (["໓໑/໑໒/໒໕໖໙"], ["%d/%m/%Y"], "", True),
        (["46387", "46388.5"], ["excel"], "", False),
        (["2026Q1", "2026Q4"], ["quarter"], "", False),
        (["31/12/2026"] * 9 + ["31/02/2026"], ["%d/%m/%Y"], "fits 9 of 10 cells", False),
        (["Tuesday"], [], "of the form AAAAAAA", False),
        ([], [], "no date here", False),
    ],
)
def test_date_forms_are_taken_from_the_cells_or_asked(cells: list[str], formats: list[str], words: str, buddhist: bool) -> None:
    found, doubt, is_buddhist = guesses.date_formats(cells)
    assert (found, is_buddhist) == (formats, buddhist) and (words in doubt if words else not doubt)


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["12.500,00"], (",", ".")),
        (["1,234,567.5"], (".", ",")),
        (["1.450.000"], (None, ".")),
        (["12,5"], (",", None)),
        (["1.234"], (None, None)),
        (["12.5", "12,5"], (None, None)),
        (["7"], (None, None)),
    ],
)
def test_number_notation_is_told_only_where_a_cell_shows_it(cells: list[str], found: tuple) -> None:
    decimal, thousands, doubt = guesses.number_notation(cells)
    assert (decimal, thousands) == found and bool(doubt) == (cells in (["1.234"], ["12.5", "12,5"]))


def test_the_command_writes_over_nothing_and_says_what_is_open(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    sample, out = tmp_path / "deployments.csv", tmp_path / "champasack__deployments.yml"
    sample.write_text(CHAMPASACK)
    assert main([str(sample), "--extract", "champasack__deployments", "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert said.out == "" and "To be decided before it is a contract (" in said.err and "owner: an address that answers" in said.err
    assert main([str(sample), "--out", str(out)]) == 1 and "never writes over a contract" in capsys.readouterr().err
    assert main([str(sample), "--extract", "Champasack"]) == 1 and main([str(sample), "--record", "workers"]) == 1
    assert main([str(tmp_path)]) == 1 and main([str(sample)]) == 0
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7\0\1\2")
    assert main([str(tmp_path / "x.pdf")]) == 1 and "it is neither" in capsys.readouterr().err
