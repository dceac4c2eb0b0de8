"""The SDMX files of a candidate, read as a receiver would read them and compared with the public table: the gate asks for it.

pysdmx validates structures and message against the schemas of the standard and gives the code lists. It reads the data too
(tests/integration/test_exchange.py), but with Python objects for each value, which would double the memory of a night: here DuckDB does.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from xml.parsers import expat

import duckdb
from lxml.etree import LxmlError
from pysdmx.errors import PysdmxError
from pysdmx.io import read_sdmx
from pysdmx.io.xml.doc_validation import validate_doc

from ingestion.sql import identifier, quoted
from publishing.exchange import observations, structures
from publishing.exchange.declared import Component, Declared, declared
from publishing.exchange.writing import FOLDER, lay_out

SQL_TYPES = {"Double": "double", "Integer": "integer"}


def what_is_unreadable(public: Path, database: Path) -> list[str]:
    """Why a receiver of the SDMX files would not have what the public database says; empty when they would."""
    folder, told = public / FOLDER, declared()
    if missing := [name for name in (structures.FILE, observations.CSV, observations.XML) if not (folder / name).exists()]:
        return [f"{FOLDER}/{name} is not there" for name in missing]
    try:
        with duckdb.connect() as con:
            lay_out(con, database, told)
            _read_lists(con, folder / structures.FILE)
            _read_csv(con, folder, told)
            _read_xml(con, folder, told)
            return [
                f"{FOLDER}/{name}: {problem}"
                for name, table in ((observations.CSV, "from_csv"), (observations.XML, "from_xml"))
                for problem in [*_unlisted(con, table, told), *_differences(con, table, told)]
            ]
    except (PysdmxError, LxmlError, expat.ExpatError, OSError, EOFError, ValueError, duckdb.Error) as error:
        return [f"{FOLDER} cannot be read: {str(error).splitlines()[0]}"]


def _read_lists(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    lists = read_sdmx(str(path), validate=True).get_codelists()
    con.execute("create temp table listed (list_id varchar, code varchar)")
    con.executemany("insert into listed values (?, ?)", [(codes.id, code.id) for codes in lists for code in codes])


def _read_csv(con: duckdb.DuckDBPyConnection, folder: Path, told: Declared) -> None:
    values = [_typed(identifier(component.id), component) for component in told.components]
    con.execute(
        f"""
        create temp table from_csv as
        select {", ".join(values)} from read_csv({quoted(str(folder / observations.CSV))}, header = true, all_varchar = true)
        where "STRUCTURE" = 'dataflow' and "STRUCTURE_ID" = {quoted(told.flow_reference)} and "ACTION" = 'I'
        """
    )


def _read_xml(con: duckdb.DuckDBPyConnection, folder: Path, told: Declared) -> None:
    path = folder / observations.XML
    text = gzip.decompress(path.read_bytes())
    expat.ParserCreate().Parse(text, True)
    # Of structure-specific data the schemas of the standard know the message, not what stands in it.
    series, end = text.index(b"<Series "), text.index(b"</mes:DataSet>")
    validate_doc((text[:series] + text[end:]).decode())
    of_series = [component for component in told.components if component.role in ("dimension", "series")]
    of_value = [component for component in told.components if component not in of_series]
    con.execute(
        f"""
        create temp table from_xml as
        with series as (
            select {", ".join(_attribute("regexp_extract(line, '^<Series [^>]*>')", component) for component in of_series)},
                unnest(regexp_extract_all(line, '<Obs [^>]*/>')) as observed
            from read_csv({quoted(str(path))}, header = false, columns = {{'line': 'varchar'}}, quote = '', escape = '', delim = '\x1f')
            where starts_with(line, '<Series ')
        )
        select * exclude (observed), {", ".join(_attribute("observed", component) for component in of_value)} from series
        """
    )


def _attribute(element: str, component: Component) -> str:
    return _typed(f"""regexp_extract({element}, ' {component.id}="([^"]*)"', 1)""", component)


def _typed(text: str, component: Component) -> str:
    return f"try_cast(nullif({text}, '') as {SQL_TYPES.get(component.type or '', 'varchar')}) as {identifier(component.id)}"


def _unlisted(con: duckdb.DuckDBPyConnection, table: str, told: Declared) -> list[str]:
    problems = []
    for component in told.components:
        name, is_key = identifier(component.id), component.role in ("dimension", "time")
        listed = f"{name} not in (select code from listed where list_id = {quoted(component.list)})" if component.list else "false"
        wrong = con.execute(f"select distinct {name} from {table} where {listed} or ({is_key} and {name} is null) order by all limit 3")
        problems += [f"{component.id} '{code or ''}' is not in {component.list}" for (code,) in wrong.fetchall()]
    return problems


def _differences(con: duckdb.DuckDBPyConnection, table: str, told: Declared) -> list[str]:
    row = ", ".join(identifier(component.id) for component in told.components)
    key = ", ".join(map(identifier, observations.columns(told, "dimension", "time")))
    problems = []
    # By hashes of 64 bits: one column to compare instead of 21.
    for one, other, said in (("observation", table, "lacking"), (table, "observation", "other than in the database")):
        (count,) = con.execute(
            f"select count(*) from (select hash({row}) from {one} except all select hash({row}) from {other})"
        ).fetchone()
        if count:
            problems.append(f"{count:,} values are {said}")
    (repeated,) = con.execute(f"select count(*) - count(distinct hash({key})) from {table}").fetchone()
    return [*problems, *([f"{repeated:,} values have the key of another"] if repeated else [])]
