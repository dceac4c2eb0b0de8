"""``sdmx/data.csv.gz`` (SDMX-CSV 2.0) and ``sdmx/data.xml.gz`` (SDMX-ML 2.1, structure-specific): the public values.

DuckDB writes the rows. pysdmx makes the message of no rows around those in XML; its own writer would make a Python object of each.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
from pysdmx.io.format import Format
from pysdmx.io.pd import PandasDataset
from pysdmx.io.writer import write_sdmx
from pysdmx.model import Components, Schema

from ingestion.sql import identifier, quoted
from publishing.about import About
from publishing.exchange.declared import Declared
from publishing.exchange.structures import header, structure_component

CSV, XML = "data.csv.gz", "data.xml.gz"
TIME = "TIME_PERIOD"


def write_observations(con: duckdb.DuckDBPyConnection, folder: Path, declared: Declared, about: About) -> None:
    """Write both files from the table ``observation`` of ``con``, whose columns are the components."""
    _write_csv(con, folder / CSV, declared)
    _write_xml(con, folder / XML, declared, about)


def columns(declared: Declared, *roles: str) -> list[str]:
    """The components of these roles, in the order of the data."""
    return [component.id for component in declared.components if component.role in roles]


def _write_csv(con: duckdb.DuckDBPyConnection, path: Path, declared: Declared) -> None:
    key = ", ".join(map(identifier, columns(declared, "dimension", "time")))
    con.execute(
        f"""
        copy (
            select 'dataflow' as "STRUCTURE", {quoted(declared.flow_reference)} as "STRUCTURE_ID", 'I' as "ACTION", *
            from observation order by {key}
        ) to {quoted(str(path))} (format csv, header, compression gzip)
        """
    )


def _write_xml(con: duckdb.DuckDBPyConnection, path: Path, declared: Declared, about: About) -> None:
    """Write one element per series and one per value below it. No code has a character that XML would have to escape."""
    of_series = columns(declared, "dimension", "series")
    series = ", ".join(map(identifier, of_series))
    head, tail = _message(declared, about)
    # With a separator that never occurs and no quote, DuckDB's CSV is plain lines.
    con.execute(
        f"""
        copy (
            with series as (
                select
                    '<Series{_attributes(of_series)}>' || string_agg(
                        '<Obs{_attributes(columns(declared, "time", "measure", "observation"))}/>', '' order by {TIME}
                    ) || '</Series>' as line
                from observation group by {series} order by {series}
            )
            select {quoted(head)} as line union all select line from series union all select {quoted(tail)}
        ) to {quoted(str(path))} (format csv, header false, quote '', escape '', delim '\x1f', compression gzip)
        """
    )


def _attributes(names: list[str]) -> str:
    """Attributes of an XML element, in SQL inside a string; one whose value is null is left out."""
    return "".join(f"' || coalesce(' {name}=\"' || {identifier(name)} || '\"', '') || '" for name in names)


def _message(declared: Declared, about: About) -> tuple[str, str]:
    """What stands before and behind the series."""
    components = Components([structure_component(component, declared) for component in declared.components])
    schema = Schema("dataflow", declared.agency.id, declared.flow.id, components, declared.version)
    empty = pd.DataFrame({component.id: pd.Series([], dtype=str) for component in declared.components})
    message = write_sdmx(
        PandasDataset(structure=schema, data=empty),
        Format.DATA_SDMX_ML_2_1_STR,
        header=header(declared, about),
        dimension_at_observation=TIME,
    )
    # The scope is one of the words of the standard; pysdmx writes the name of the flow.
    told = message.replace(f'ss:dataScope="{declared.flow.id}"', 'ss:dataScope="DataStructure"')
    head, closing, tail = told.partition("</mes:DataSet>")
    return head.rstrip(), closing + tail
