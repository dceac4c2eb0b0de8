"""One place for labels: every code list speaks English and Lao, and every alias leads to one of its codes."""

from __future__ import annotations

import duckdb
import pytest

from ingestion.fold import load_fold
from ingestion.paths import ALIASES, CODE_LISTS
from ingestion.record import load_records

LISTS = sorted(path.stem for path in CODE_LISTS.glob("*.csv") if path.read_text(encoding="utf-8").startswith("code,label_en,label_lo"))
NESTED = {field.codes for record in load_records().values() for field in record.fields.values() if field.within}
# Districts of two provinces share names; occupations below sub-major groups repeat their group's Lao title.
NAMED_TWICE = {"district", "occupation"}


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    load_fold(con)
    for name in LISTS:
        con.execute(f"create table {name} as from read_csv('{CODE_LISTS / name}.csv', all_varchar = true, header = true)")
    return con


def test_every_code_of_a_record_comes_from_a_list() -> None:
    used = {field.codes for record in load_records().values() for field in record.fields.values() if field.codes}
    assert used <= set(LISTS)


@pytest.mark.parametrize("name", LISTS)
def test_every_code_has_an_english_and_a_lao_label(con: duckdb.DuckDBPyConnection, name: str) -> None:
    incomplete = f"select code from {name} where code is null or trim(label_en) = '' or label_en is null or label_lo is null"
    assert con.sql(incomplete).fetchall() == []
    assert con.sql(rf"select code, label_lo from {name} where not regexp_matches(label_lo, '[\x{{0E80}}-\x{{0EFF}}]')").fetchall() == []
    once = ["code"] if name in NAMED_TWICE else ["code", "label_en", "label_lo"]
    for column in once:
        assert con.sql(f"select {column} from {name} group by all having count(*) > 1").fetchall() == []


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_at_most_one_unknown_member(con: duckdb.DuckDBPyConnection, name: str) -> None:
    columns = [row[0] for row in con.sql(f"describe {name}").fetchall()]
    if "is_unknown" in columns:
        told = con.sql(f"select is_unknown, count(*) from {name} group by all order by all").fetchall()
        assert [value for value, _ in told] == ["false", "true"] and told[1] == ("true", 1)


@pytest.mark.parametrize("name", sorted(path.stem for path in ALIASES.glob("*.csv")))
def test_every_alias_leads_to_one_known_code(con: duckdb.DuckDBPyConnection, name: str) -> None:
    aliases = f"read_csv('{ALIASES / name}.csv', all_varchar = true, header = true)"
    assert con.sql(f"select alias, code from {aliases} where code not in (select code from {name})").fetchall() == []
    # Two provinces may each have a district of one name: such a list is read within its parent.
    parent = "left(code, 4)" if name in NESTED else "''"
    assert con.sql(f"select fold(alias), {parent} from {aliases} group by all having count(distinct code) > 1").fetchall() == []
