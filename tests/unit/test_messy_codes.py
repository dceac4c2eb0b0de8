"""Codes as senders write them: what resolves, what stays unknown or is rejected, what is suggested and never applied."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator

import duckdb
import pytest

from ingestion.codelists import load_code_list, spellings
from ingestion.contract import load_contracts
from ingestion.fold import load_fold
from ingestion.likeness import suggestions
from ingestion.paths import ALIASES, DataRoot
from tests.deliver import landed_rows
from tests.messy import crossings, population, send

HEADER = "time,direction,number,nationality,sex,birth,days"
ROW = "05/03/2026,exit,SYN{},{},{},01/05/1990,30"


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        load_fold(made)
        yield made


def decoded(con: duckdb.DuckDBPyConnection, code_list: str, written: str) -> str | None:
    return con.execute(f"select any_value(code) from {load_code_list(con, code_list)} where key = fold(?)", [written]).fetchone()[0]


PROVINCES = {
    "LA02": "ຜົ້ງສາລີ Phongsaly Phongsali",
    "LA03": "ຫຼວງນ້ຳທາ ຫລວງນໍ້າທາ Louangnamtha Luangnamtha Luang_Namtha Louang_Namtha",
    "LA04": "ອຸດົມໄຊ Oudomxay Oudomxai Udomxai Oudomsay",
    "LA05": "ບໍ່ແກ້ວ Bokeo Bo_Keo",
    "LA06": "ຫຼວງພະບາງ ຫລວງພະບາງ Louangphabang Luang_Prabang Louang_Prabang Luangprabang Luang_Phabang",
    "LA07": "ຫົວພັນ Houaphan Huaphanh Houaphanh Hua_Phan",
    "LA08": "ໄຊຍະບູລີ ໄຊຍະບຸລີ Xaignabouly Sayabouly Xayabury Xayaboury Sainyabuli Xayabuli",
    "LA09": "ຊຽງຂວາງ Xiengkhouang Xiangkhouang Xieng_Khouang Xiangkhoang",
    "LA11": "ບໍລິຄຳໄຊ ບໍລິຄໍາໄຊ Bolikhamxay Borikhamxay Bolikhamsai",
    "LA12": "ຄຳມ່ວນ ຄໍາມ່ວນ Khammouane Khammuan Khammouan",
    "LA13": "ສະຫວັນນະເຂດ ສວັນນະເຂດ Savannakhet Savanakhet",
    "LA14": "ສາລະວັນ Salavan Saravane Saravan",
    "LA15": "ເຊກອງ Sekong Xekong",
    "LA16": "ຈຳປາສັກ ຈໍາປາສັກ Champasack Champasak Champassak",
    "LA17": "ອັດຕະປື Attapeu Attapu Attopeu",
    "LA18": "ໄຊສົມບູນ Xaisomboun Xaysomboun Saysomboun",
}
CAPITAL = [
    "ນະຄອນຫຼວງວຽງຈັນ", "ນະຄອນຫລວງວຽງຈັນ", "ນະຄອນຫຼວງ", "ນະຄອນຫຼວງ ວຽງຈັນ", "ແຂວງນະຄອນຫຼວງວຽງຈັນ", "ກຳແພງນະຄອນ", "ກໍາແພງນະຄອນວຽງຈັນ",
    "Vientiane Capital", "VIENTIANE CAPITAL", "Vientiane Prefecture", "Vientiane Municipality", "Vientiane City", "Vientiane (capital)",
    "Vientiane [prefecture]", "Vte Capital", "Nakhon Luang", "นครหลวงเวียงจันทน์", "LA01", "LA-VT", "01", "໐໑",
]  # fmt: skip
PROVINCE = [
    "ແຂວງວຽງຈັນ", "ແຂວງ ວຽງຈັນ", "ແຂວງ  ວຽງຈັນ", "ຂ. ວຽງຈັນ", "ວຽງຈັນ (ແຂວງ)", "Vientiane Province", "VIENTIANE  PROVINCE",
    "Vientiane (province)", "Vientiane [province]", "Vientiane Prov.", "Province of Vientiane", "แขวงเวียงจันทน์", "LA10", "LA-VI", "10", "໑໐",
]  # fmt: skip
EITHER = ["Vientiane", "vientiane", "VIENTIANE", "ວຽງຈັນ", "Viangchan", "Vientian", "เวียงจันทน์"]


@pytest.mark.parametrize(("code", "written"), PROVINCES.items())
def test_each_province_in_its_romanisations_and_with_and_without_its_kind(con: duckdb.DuckDBPyConnection, code: str, written: str) -> None:
    for spelling in written.replace("_", "\u00a0").split(" "):
        told = spelling.replace("\u00a0", " ")
        kinds = [f"ແຂວງ{told}", f"ແຂວງ {told}"] if told[0] > "\u0e80" else [f"{told} Province", told.upper()]
        assert {form: decoded(con, "province", form) for form in (told, *kinds)} == dict.fromkeys((told, *kinds), code)


def test_vientiane_capital_and_province_are_never_confused(con: duckdb.DuckDBPyConnection) -> None:
    """Each spelling of either decodes to it; what could mean both decodes to neither; no listed spelling means both."""
    assert {decoded(con, "province", spelling) for spelling in CAPITAL} == {"LA01"}
    assert {decoded(con, "province", spelling) for spelling in PROVINCE} == {"LA10"}
    assert {decoded(con, "province", spelling) for spelling in EITHER} == {None}
    with (ALIASES / "province.csv").open(encoding="utf-8", newline="") as rows:
        listed = [row for row in csv.DictReader(rows) if row["code"] in ("LA01", "LA10")]
    assert len(listed) > 50
    assert [row for row in listed if decoded(con, "province", row["alias"]) != row["code"]] == []


@pytest.mark.parametrize("spelling", EITHER)
def test_bare_vientiane_is_rejected_and_both_are_suggested(root: DataRoot, spelling: str) -> None:
    done = send(root, population(), f"year,province,sex,age,persons\n2025,{spelling},F,0-4,5\n2025,LA10,F,0-4,5\n", "p_2025.csv")
    assert done.rejected_by_reason == {"province:unrecognised_code": 1}
    assert landed_rows(root, "population", "province") == [("LA10",)]
    (receipt,) = [json.loads(path.read_text()) for path in root.receipts.rglob("*.json")]
    (told,) = receipt["unrecognised_spellings"]
    assert told["text"] == spelling and told["rows"] == 1
    if spelling not in ("Viangchan", "เวียงจันทน์"):
        assert {near["code"] for near in told["suggestions"]} >= {"LA01", "LA10"}


def test_a_sender_whose_vientiane_is_clear_says_so_in_the_contract(root: DataRoot) -> None:
    agreed = population({"province": {"header": ["province"], "codes": {"Vientiane": "LA10"}}})
    send(root, agreed, "year,province,sex,age,persons\n2025, VIENTIANE ,F,0-4,5\n", "p_2025.csv")
    assert landed_rows(root, "population", "province") == [("LA10",)]


@pytest.mark.parametrize(
    ("code_list", "written", "code"),
    [
        ("country", "ສປປ ລາວ", "LAO"), ("country", "ປະເທດໄທ", "THA"), ("country", "ไทย", "THA"), ("country", "อเมริกัน", "USA"),
        ("country", "ອາເມລິກັນ", "USA"), ("country", "Vietnamese", "VNM"), ("country", "ຫວຽດນາມ", "VNM"), ("country", "ວຽດນາມ", "VNM"),
        ("country", "ສປ ຈີນ", "CHN"), ("country", "เบลเย่ียม", "BEL"), ("country", "Tailand", "THA"), ("country", "ກໍາປູເຈຍ", "KHM"),
        ("country", "ຝຣັ່ງ", "FRA"), ("country", "Korea", None), ("country", "ເກົາຫຼີ", None), ("country", "Asia", None),
        ("country", "ລາວລຸ່ມ", "XXX"), ("country", "ມົ້ງ", "XXX"), ("country", "Hmong", "XXX"), ("country", "ຂະມຸ", "XXX"),
        ("country", "ไทยใหญ่", "XXX"), ("sex", "ຊາຍ", "male"), ("sex", "ຍິງ", "female"), ("sex", "ຊ", "male"), ("sex", "ຍ.", "female"), 
        ("sex", "M", "male"),
        ("sex", "f", "female"),
        ("sex", "1", "male"), ("sex", "໒", "female"), ("sex", "ชาย", "male"), ("sex", "หญิง", "female"), ("sex", "ທ້າວ", "male"),
        ("sex", "ນາງ", "female"),
        ("sex", "ຊາຍ/ຍິງ", None), ("sex", "3", None),
        ("age_group", "  15-19", "Y15T19"), ("age_group", "0--4", "Y0T4"), ("age_group", "0 – 4", "Y0T4"),
        ("age_group", "໖໐ - ໖໔", "Y60T64"),
        ("age_group", "75+", "Y_GE75"), ("age_group", "15-18", None),
        ("currency", "ກີບ", "LAK"), ("currency", "฿", "THB"), ("currency", "US$", "USD"), ("currency", "₭", "LAK"), ("currency", "$", None),
        ("currency", "ໂດລາ", None),
    ],
)  # fmt: skip
def test_words_of_three_languages_adjectives_misspellings_and_what_stays_unknown(
    con: duckdb.DuckDBPyConnection, code_list: str, written: str, code: str | None
) -> None:
    assert decoded(con, code_list, written) == code


def test_an_ethnic_group_is_no_nationality_unless_the_contract_says_so(root: DataRoot) -> None:
    rows = f"{HEADER}\n{ROW.format(1, 'ລາວລຸ່ມ', 'F')}\n{ROW.format(2, 'ມົ້ງ', 'F')}\n"
    done = send(root, crossings(), rows)
    assert landed_rows(root, "border_crossing", "nationality") == [("XXX",), ("XXX",)] and done.rows_rejected == 0
    agreed = crossings({"nationality": {"header": ["nationality"], "codes": {"ລາວລຸ່ມ": "LAO"}}}, extract="test__declared")
    send(root, agreed, rows)
    assert sorted(landed_rows(root, "border_crossing", "nationality")) == [("LAO",), ("XXX",), ("XXX",), ("XXX",)]


def test_no_two_members_of_a_list_fold_to_one_spelling(con: duckdb.DuckDBPyConnection) -> None:
    """Else the likeness of two words, not the list, would decide. Districts are unique inside a province only."""
    clashes = {}
    for path in ALIASES.glob("*.csv"):
        listed = f"select fold(spelling) as key, code from ({spellings(path.stem)}) where spelling is not null"
        query = f"select key from ({listed}) group by key having count(distinct code) > 1"
        if path.stem != "district" and (found := con.execute(query).fetchall()):
            clashes[path.stem] = found
    assert clashes == {}


@pytest.mark.parametrize(
    ("code_list", "written", "nearest"),
    [
        ("province", "Savanakhettt", "LA13"), ("province", "ສະຫວັນນະເຂດດ", "LA13"), ("province", "Luangprabng", "LA06"),
        ("country", "Thailnad", "THA"), ("country", "Vietnm", "VNM"), ("country", "ໄທແລນດ", "THA"), ("country", "ຫວຽດນຳ", "VNM"),
        ("sex", "Femal", "female"), ("sex", "ຍີງ", "female"), ("currency", "US $", "USD"), ("point_of_entry", "Watay airport", "LA_VTE_APT"),
    ],
)  # fmt: skip
def test_a_near_miss_is_suggested(con: duckdb.DuckDBPyConnection, code_list: str, written: str, nearest: str) -> None:
    assert decoded(con, code_list, written) is None
    near = suggestions(con, code_list, [written])[written]
    assert near[0].code == nearest and len(near) <= 3 and near[0].label_en and near[0].label_lo and near[0].score <= 1


@pytest.mark.parametrize("written", ["Atlantis", "SYN0012345", "P1234567", "-", "x", "", "ບໍ່ມີຂໍ້ມູນຫຍັງເລີຍ"])
def test_nothing_is_suggested_for_what_is_like_nothing(con: duckdb.DuckDBPyConnection, written: str) -> None:
    assert suggestions(con, "country", [written]) == {written: []}


def test_any_two_lao_words_are_not_alike_just_because_their_bytes_are(con: duckdb.DuckDBPyConnection) -> None:
    assert suggestions(con, "country", ["ກະສິກຳ"])["ກະສິກຳ"] == []


def test_a_suggestion_is_never_applied(root: DataRoot) -> None:
    agreed = crossings()
    rows = [ROW.format(number, "Thailnad" if number < 3 else "Thailand", "ຍີງ" if number == 4 else "F") for number in range(1, 6)]
    done = send(root, agreed, "\n".join([HEADER, *rows]) + "\n")
    assert done.unrecognised == {"nationality": 2, "sex": 1}
    assert landed_rows(root, "border_crossing", "nationality, sex") == [
        ("XXX", "female"), ("XXX", "female"), ("THA", "female"), ("THA", "unknown"), ("THA", "female"),
    ]  # fmt: skip
    (receipt,) = [json.loads(path.read_text()) for path in root.receipts.rglob("*.json")]
    told = {
        word["field"]: (word["text"], word["rows"], word["first_row"], word["suggestions"][0]["code"])
        for word in receipt["unrecognised_spellings"]
    }
    assert told == {"nationality": ("Thailnad", 2, 2, "THA"), "sex": ("ຍີງ", 1, 5, "female")}


def test_districts_of_one_name_are_told_apart_by_their_province_only() -> None:
    """Xaysetha is in the capital and in Attapeu: the record says that a district is looked for within its province."""
    from ingestion.record import load_records

    assert load_records()["labour_deployment"].fields["district"].within == "province"
    assert load_contracts()["molsw__overseas_deployments"].columns["district"].codes == {}


def test_codes_that_public_packages_get_wrong(con: duckdb.DuckDBPyConnection) -> None:
    """geoBoundaries says LA-XN for Xaisomboun, which is no ISO code; another public list gives Meun district 1012."""
    assert (decoded(con, "province", "LA-XS"), decoded(con, "district", "ເມືອງໝື່ນ")) == ("LA18", "LA1011")
    assert decoded(con, "province", "LA-XN") in (None, "LA18")
