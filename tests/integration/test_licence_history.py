"""A new register of recruitment agencies: which deployments it loads again, and that it is as if it had always been there."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import duckdb
import openpyxl
import pytest

from ingestion.paths import DataRoot
from tests.deliver import receive
from tests.integration.warehouse import build, deliver_some

pytestmark = pytest.mark.own_warehouse

REGISTER = "molsw__recruitment_agencies"
DEPLOYMENTS = ("molsw__overseas_deployments", "molsw__agency_deployments")
TABLES = ("fct_labour_deployment", "dim_recruitment_agency", "agg_labour_deployment_month")
SUSPENDED = ("05/08/2026", "25/08/2026")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    made = DataRoot(tmp_path_factory.mktemp("licences"))
    deliver_some(made, (REGISTER, *DEPLOYMENTS, "bol__exchange_rates"), "--months", "3", "--scale", "0.3", "--end", "2026-09")
    receive(made)
    build(made, "agg_labour_deployment_month", "qa_labour_deployment")
    return made


def ask(root: DataRoot, question: str) -> list[tuple]:
    with duckdb.connect(str(root.build), read_only=True) as con:
        return con.execute(question).fetchall()


def test_a_departure_joins_the_licence_as_it_stood_on_its_day(root: DataRoot) -> None:
    rows = ask(
        root,
        """
        select count(*), count(*) filter (where facts.departed_on between agencies.valid_from and agencies.valid_to),
            count(*) filter (where agencies.licence_status_code in ('suspended', 'expired', 'revoked')),
            count(*) filter (where agencies.licence_status_code = 'not_registered')
        from marts.fct_labour_deployment as facts
        inner join marts.dim_recruitment_agency as agencies using (recruitment_agency_key)
        """,
    )
    ((facts, within, unlicensed, unregistered),) = rows
    assert facts == within == ask(root, "select count(*) from staging.stg_labour_deployment")[0][0]
    assert 0 < unlicensed < facts / 20 and 0 < unregistered < facts / 50
    evidence = ask(root, "select sum(agency_not_licensed_share * rows) from quality.qa_labour_deployment")
    assert round(evidence[0][0]) == unlicensed + unregistered


def test_a_new_register_reloads_the_months_it_changes_and_equals_a_full_rebuild(root: DataRoot, tmp_path: Path) -> None:
    root = DataRoot(Path(shutil.copytree(root.path, tmp_path / "data")))
    licence, used_in = _most_used(root)
    before = _load_keys(root)
    assert {("molsw__overseas_deployments", month) for month in ("2026-07", "2026-08", "2026-09")} <= set(before)

    _deliver_register(root, licence)
    receive(root)
    build(root, *TABLES)

    after = _load_keys(root)
    changed = {landing for landing in before if before[landing] != after[landing]}
    # September's departures join the version that the reinstatement began; July's are as they were.
    assert changed == {landing for landing in used_in if landing[1] >= "2026-08"} < set(before)
    ((suspended, wrong),) = ask(
        root,
        f"""
        select count(*) filter (where agencies.licence_status_code = 'suspended'),
            count(*) filter (where (facts.departed_on between date '2026-08-05' and date '2026-08-25')
                <> (agencies.licence_status_code = 'suspended'))
        from marts.fct_labour_deployment as facts
        inner join marts.dim_recruitment_agency as agencies using (recruitment_agency_key)
        where agencies.agency_licence = '{licence}'
        """,
    )
    assert suspended > 0 and wrong == 0

    incremental = [ask(root, f"select * from marts.{table} order by all") for table in TABLES]
    build(root, *TABLES, anew=True)
    assert incremental == [ask(root, f"select * from marts.{table} order by all") for table in TABLES]


def _most_used(root: DataRoot) -> tuple[str, set[tuple[str, str]]]:
    """The licence most named, and the landings (extract, month) that name it."""
    ((licence,),) = ask(root, "select mode(agency_licence) from staging.stg_labour_deployment")
    return licence, set(
        ask(root, f"select distinct _extract, _period from staging.stg_labour_deployment where agency_licence = '{licence}'")
    )


def _load_keys(root: DataRoot) -> dict[tuple[str, str], int]:
    rows = ask(root, "select extract, period, load_key from intermediate.int_load_units where record = 'labour_deployment'")
    return {(extract, period): key for extract, period, key in rows}


def _deliver_register(root: DataRoot, licence: str) -> None:
    """The register of the next quarter: one licence turns out to have been suspended for three weeks in August."""
    held = next((root.archive / REGISTER / "2026-09").glob("*.xlsx"))
    workbook = openpyxl.load_workbook(held)
    sheet = workbook[workbook.sheetnames[-1]]
    header = next(row for row in sheet.iter_rows() if "ເລກທີໃບອະນຸຍາດ" in [cell.value for cell in row])
    place = {cell.value: cell.column for cell in header}
    entry = next(
        row[0].row
        for row in sheet.iter_rows(min_row=header[0].row + 1)
        if row[place["ເລກທີໃບອະນຸຍາດ"] - 1].value == licence and _holds(row[place["ນັບແຕ່ວັນທີ"] - 1].value, row[place["ເຖິງວັນທີ"] - 1].value)
    )
    until = sheet.cell(entry, place["ເຖິງວັນທີ"]).value
    sheet.insert_rows(entry + 1, 2)
    for offset, (first, last, status) in enumerate([(*SUSPENDED, "ໂຈະ"), ("26/08/2026", until, None)], start=1):
        for cell in sheet[entry]:
            sheet.cell(entry + offset, cell.column).value = cell.value
        sheet.cell(entry + offset, place["ນັບແຕ່ວັນທີ"]).value = first
        sheet.cell(entry + offset, place["ເຖິງວັນທີ"]).value = last
        if status:
            sheet.cell(entry + offset, place["ສະຖານະ"]).value = status
    target = root.inbox / REGISTER / "recruitment_agencies_2026-Q4.xlsx"
    target.parent.mkdir(parents=True, exist_ok=True)
    workbook.save(target)


def _holds(first: str | None, last: str | None) -> bool:
    """Whether an entry covers the whole of the suspension."""
    days = [dt.datetime.strptime(text, "%d/%m/%Y") for text in (first, *SUSPENDED, last) if text]
    return len(days) == 4 and days == sorted(days)
