"""The SDMX files of a candidate, read as a receiver would read them and compared with the public table: the gate asks for it.

pysdmx validates the XML against the schemas of the standard and reads structures and CSV. Data in XML it reads too (tests/integration/
test_exchange.py), but with an object for each value, in 500 MB: here DuckDB takes them out of the lines.
"""

from __future__ import annotations

import gzip
from io import BytesIO
from pathlib import Path

import duckdb
from lxml.etree import LxmlError
from pysdmx.errors import PysdmxError
from pysdmx.io import get_datasets, read_sdmx
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
    except (PysdmxError, LxmlError, OSError, EOFError, ValueError, duckdb.Error) as error:
        return [f"{FOLDER} cannot be read: {str(error).splitlines()[0]}"]


def _read_lists(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    lists = read_sdmx(str(path), validate=True).get_codelists()
    con.execute("create temp table listed (list_id varchar, code varchar)")
    con.executemany("insert into listed values (?, ?)", [(codes.id, code.id) for codes in lists for code in codes])


def _read_csv(con: duckdb.DuckDBPyConnection, folder: Path, told: Declared) -> None:
    (dataset,) = get_datasets(BytesIO(gzip.decompress((folder / observations.CSV).read_bytes())), str(folder / structures.FILE))
    con.register("received", dataset.data)
    values = [_typed(f"cast({identifier(component.id)} as varchar)", component) for component in told.components]
    con.execute(f"create temp table from_csv as select {', '.join(values)} from received")
    con.unregister("received")


def _read_xml(con: duckdb.DuckDBPyConnection, folder: Path, told: Declared) -> None:
    path = folder / observations.XML
    validate_doc(gzip.decompress(path.read_bytes()).decode())
    values = [
        _typed(
            f"""regexp_extract({"series" if component.role in ("dimension", "series") else "observed"}, ' {component.id}="([^"]*)"', 1)""",
            component,
        )
        for component in told.components
    ]
    con.execute(
        f"""
        create temp table from_xml as
        with lines as (
            select column0 as line
            from read_csv({quoted(str(path))}, header = false, columns = {{'column0': 'varchar'}}, quote = '', escape = '', delim = '\x1f')
            where starts_with(column0, '<Series ')
        ),
        told as (
            select regexp_extract(line, '^<Series [^>]*>') as series, unnest(regexp_extract_all(line, '<Obs [^>]*/>')) as observed
            from lines
        )
        select {", ".join(values)} from told
        """
    )


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
    names = ", ".join(identifier(component.id) for component in told.components)
    problems = []
    for one, other, said in (("observation", table, "lacking"), (table, "observation", "other than in the database")):
        (count,) = con.execute(f"select count(*) from (select {names} from {one} except all select {names} from {other})").fetchone()
        if count:
            problems.append(f"{count:,} values are {said}")
    key = ", ".join(map(identifier, observations.columns(told, "dimension", "time")))
    (repeated,) = con.execute(f"select count(*) from (select {key} from {table} group by all having count(*) > 1)").fetchone()
    return [*problems, *([f"{repeated:,} keys occur more than once"] if repeated else [])]
