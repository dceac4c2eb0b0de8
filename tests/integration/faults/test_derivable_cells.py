"""A suppressed cell that could be derived: whoever made the public part so, it is not published, and the gate names the figure."""

from __future__ import annotations

import json
import shutil

import duckdb
import pytest

from ingestion.paths import DataRoot
from publishing import build, candidate, gate, release
from tests.integration.faults.trial import latest

DERIVABLE = """
    select cell_key, measure_code
    from intermediate.int_disclosure_cell as cells
    join intermediate.int_disclosure_pattern using (cell_key)
    join intermediate.int_disclosure_equation as terms using (cell_key)
    where is_withheld and not cells.is_primary and coefficient = ? and measure_code {measures}
        -- all else in the equation is shown but for one small count
        and equation_key in (
            select equation_key
            from intermediate.int_disclosure_equation
            join intermediate.int_disclosure_pattern using (cell_key)
            join intermediate.int_disclosure_cell using (cell_key)
            where is_withheld group by equation_key having count(*) = 2 and count(*) filter (where is_primary) = 1
        )
    order by counted, cell_key limit 1
"""
IN_ONE_TABLE = DERIVABLE.format(measures="in ('return_migrants_persons', 'remittance_transfers_paid_usd', 'recruited_workers_persons')")
RETURNS = """
    select cell_key, measure_code from intermediate.int_disclosure_cell join intermediate.int_disclosure_pattern using (cell_key)
    where is_withheld and not is_primary and measure_code = 'returns_events' order by cell_key limit 1
"""
SMALL = """
    select cell_key, measure_code from intermediate.int_disclosure_cell
    where is_primary and measure_code = 'returns_events' order by cell_key limit 1
"""
MEDIAN_OF_UNKNOWN_SEX = """
    select few.cell_key, few.measure_code
    from intermediate.int_disclosure_value as few
    join intermediate.int_disclosure_value as everybody using (
        measure_code, frequency_code, period_starts_on, area_code, counterpart_country_code, age_group_code, breakdown_name,
        breakdown_code, basis
    )
    where measure_code = 'stay_abroad_days_median' and few.sex_code = 'unknown' and few.is_small
        and everybody.sex_code = '_T' and not everybody.is_small
    order by few.cell_key limit 1
"""
FEW_OF_UNKNOWN_SEX = """
    select count(*) from published.pub_indicator_value
    where measure_code = 'border_crossings_events' and sex_code = 'unknown' and value < 5
"""
TOTAL_OF_WITHHELD = """
    select cell_key, measure_code
    from intermediate.int_disclosure_equation as terms
    join intermediate.int_disclosure_cell using (cell_key)
    join intermediate.int_disclosure_pattern using (cell_key)
    where coefficient = -1 and not is_withheld and measure_code = 'return_migrants_persons' and equation_key in (
        select equation_key from intermediate.int_disclosure_equation join intermediate.int_disclosure_pattern using (cell_key)
        where is_withheld and coefficient = 1
    )
    order by cell_key limit 1
"""
TELL = """
    update published.pub_indicator_value as public set value = held.value, obs_status = held.obs_status
    from marts.indicator_value as held
    where public.indicator_value_key = held.indicator_value_key and public.indicator_value_key = ?
"""
TELL_BESIDE = """
    update published.pub_return as public set returns = held.value, obs_status = held.obs_status
    from marts.indicator_value as held
    where held.indicator_value_key = ? and public.frequency_code = held.frequency_code and public.basis = held.basis
        and public.period_starts_on = held.period_starts_on and public.area_code = held.area_code
        and public.counterpart_country_code = held.counterpart_country_code and public.sex_code = held.sex_code
        and public.age_group_code = held.age_group_code and public.breakdown_name = held.breakdown_name
        and public.breakdown_code = held.breakdown_code
"""


def plant(root: DataRoot, found: str, parameters: list[object], *statements: str) -> str:
    """Tell what is withheld, in the build, as wrong models would: its tests and its record know nothing of it."""
    with duckdb.connect(str(root.build)) as con:
        key, measure = con.execute(found, parameters).fetchone()
        for statement in statements:
            assert con.execute(statement, [key]).fetchone() == (1,)
    record = build.read_record(root)
    root.build_record.write_text(json.dumps({**record, "database_sha256": build.bytes_sha256(root)}))
    return measure


def refused(root: DataRoot) -> list[str]:
    before = latest(root)
    gate.judge(root, candidate.freeze(root))
    with pytest.raises(release.GateRefused) as why:
        release.promote(root)
    assert latest(root) == before
    return why.value.unmet


@pytest.mark.usefixtures("no_workbooks")
@pytest.mark.parametrize("coefficient", [1, -1], ids=["a complement told", "a margin told"])
def test_a_suppressed_cell_that_could_be_derived(published: DataRoot, coefficient: int) -> None:
    measure = plant(published, IN_ONE_TABLE, [coefficient], TELL)
    (reason,) = refused(published)
    assert reason.startswith(f"no_withheld_value_can_be_worked_out (pub_indicator_value): {measure} 20")


@pytest.mark.usefixtures("no_workbooks")
def test_a_suppressed_cell_that_another_public_table_tells(published: DataRoot) -> None:
    plant(published, RETURNS, [], TELL_BESIDE)
    assert "what_one_table_withholds_no_other_tells" in {reason.split(" (")[0] for reason in refused(published)}


@pytest.mark.usefixtures("no_workbooks")
def test_a_small_count_that_is_told(published: DataRoot) -> None:
    plant(published, SMALL, [], TELL, TELL_BESIDE)
    assert "no_small_count_is_shown" in {reason.split(" (")[0] for reason in refused(published)}


@pytest.mark.usefixtures("no_workbooks")
def test_what_rests_on_a_few_of_unknown_sex(published: DataRoot) -> None:
    """That there are a few among many is told, but nothing that rests on them."""
    with duckdb.connect(str(published.build), read_only=True) as con:
        assert con.execute(FEW_OF_UNKNOWN_SEX).fetchone()[0]
    plant(published, MEDIAN_OF_UNKNOWN_SEX, [], TELL)
    assert "no_small_count_is_shown" in {reason.split(" (")[0] for reason in refused(published)}


@pytest.mark.usefixtures("no_workbooks")
def test_values_that_contradict_each_other(published: DataRoot) -> None:
    """Of a table whose parts cannot add up to its total nothing can be proved, so it is not safe either."""
    plant(published, TOTAL_OF_WITHHELD, [], "update published.pub_indicator_value set value = -1000 where indicator_value_key = ?")
    assert "public_values_agree_with_each_other" in {reason.split(" (")[0] for reason in refused(published)}


@pytest.mark.usefixtures("no_workbooks")
def test_a_public_part_that_nobody_audited(published: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidate, "audit", lambda *_: None)
    (reason,) = refused(published)
    assert reason.startswith("the_public_part_was_audited (pub_indicator_value)")


@pytest.mark.usefixtures("no_workbooks")
def test_public_values_that_are_wrong_unmarked_or_too_near(published: DataRoot) -> None:
    one = "select min(rowid) from published"
    plant(
        published,
        SMALL,
        [],
        f"update published.pub_return set returns = returns + 50 where ?::bigint > 0 and rowid = ({one}.pub_return where returns > 50)",
        f"update published.pub_indicator_value set obs_status = 'A' where ?::bigint > 0 and rowid = ({one}.pub_indicator_value "
        "where obs_status = 'Q' and measure_code = 'students_starting_abroad_persons')",
        f"update published.pub_indicator_value set area_code = 'LA0101' where ?::bigint > 0 and rowid = ({one}.pub_indicator_value "
        "where area_code = 'LA01' and measure_code = 'trafficking_victims_detected_persons')",
    )
    assert {reason.split(" (")[0] for reason in refused(published)} >= {
        "public_values_are_those_of_the_restricted_part",
        "withheld_values_say_so",
        "nothing_sensitive_is_below_the_province",
    }


def test_a_workbook_changed_before_it_is_judged(published: DataRoot) -> None:
    frozen = candidate.freeze(published)
    shutil.copyfile(frozen / "public" / "workbooks" / "returns.xlsx", frozen / "public" / "workbooks" / "borders.xlsx")
    before = latest(published)
    gate.judge(published, frozen)
    with pytest.raises(release.GateRefused) as why:
        release.promote(published)
    assert latest(published) == before
    assert [reason.split(" (")[0] for reason in why.value.unmet] == ["public_part_is_the_one_audited"]


@pytest.mark.usefixtures("no_workbooks")
def test_a_public_part_changed_after_its_audit(published: DataRoot) -> None:
    frozen = candidate.freeze(published)
    with duckdb.connect(str(frozen / "public" / "public.duckdb")) as con:
        con.execute("update published.pub_return set returns = 3, obs_status = 'A' where obs_status = 'Q'")
    with duckdb.connect(str(published.build), read_only=True) as con:
        con.execute(f"copy marts.fct_return to '{frozen / 'public' / 'parquet' / 'fct_return.parquet'}' (format parquet)")
    before = latest(published)
    gate.judge(published, frozen)
    with pytest.raises(release.GateRefused) as why:
        release.promote(published)
    assert latest(published) == before
    assert [reason.split(" (")[0] for reason in why.value.unmet] == [
        "public_part_holds_public_tables_alone",
        "public_part_is_the_one_audited",
    ]
    assert "fct_return" in why.value.unmet[0]
