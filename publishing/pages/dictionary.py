"""The data dictionary of a release, as one page and as a workbook: tables, columns, measures and codes, from the build record."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from ingestion.sql import identifier, quoted, rows
from publishing.about import About
from publishing.pages.render import write_page
from publishing.workbooks.sheet_rows import Column, Table
from publishing.workbooks.sheets import Sheet, write_sheets

LAYOUT = Path(__file__).with_suffix(".sql")
PUBLIC = {"en": "The public tables.", "lo": "ຕາຕະລາງສາທາລະນະ."}
WHOLE = {"en": "All tables, restricted and public. The restricted part is confidential.", "lo": "ທຸກຕາຕະລາງ. ພາກທີ່ຈຳກັດເປັນຄວາມລັບ."}
SHEETS = {
    "dictionary_table": ("Tables · ຕາຕະລາງ", {
        "schema": ("Schema · ກຸ່ມ", 14), "name": ("Table · ຕາຕະລາງ", 34), "label_lo": ("In Lao · ພາສາລາວ", 40),
        "description": ("Meaning · ຄວາມໝາຍ", 90), "key": ("Known by · ຮູ້ຈັກດ້ວຍ", 40), "part": ("Part · ພາກ", 12), "rows": ("Rows · ແຖວ", 12),
    }),
    "dictionary_column": ("Columns · ຖັນ", {
        "table_name": ("Table · ຕາຕະລາງ", 34), "name": ("Column · ຖັນ", 30), "type": ("Type · ປະເພດ", 14),
        "label_lo": ("In Lao · ພາສາລາວ", 36), "description": ("Meaning · ຄວາມໝາຍ", 90), "codes": ("Code list · ລາຍການລະຫັດ", 22),
    }),
    "dictionary_measure": ("Measures · ຕົວວັດ", {
        "measure_code": ("Measure · ຕົວວັດ", 40), "measure_en": ("English · ອັງກິດ", 44), "measure_lo": ("Lao · ລາວ", 44),
        "formula_en": ("Formula · ສູດ", 70), "formula_lo": ("Formula in Lao · ສູດ (ລາວ)", 70), "unit_en": ("Unit · ຫົວໜ່ວຍ", 18),
        "unit_lo": ("Unit in Lao · ຫົວໜ່ວຍ (ລາວ)", 18),
    }),
    "dictionary_code": ("Codes · ລະຫັດ", {
        "dimension_code": ("Code list · ລາຍການລະຫັດ", 24), "code": ("Code · ລະຫັດ", 30), "label_en": ("English · ອັງກິດ", 60),
        "label_lo": ("Lao · ລາວ", 60),
    }),
}  # fmt: skip


def write_dictionary(folder: Path, database: Path, tables: dict[str, Any], about: About, scope: dict[str, str], home: str) -> None:
    """Write ``dictionary.html`` and ``dictionary.xlsx`` of a finished database into ``folder``.

    Args:
        tables: those of the build record that the dictionary is to list.
        home: where the page's way back leads.
    """
    with duckdb.connect() as con:
        _lay_out(con, database, tables)
        columns = {name: list(held) for name, held in groupby(_told(con, "dictionary_column"), key=lambda row: row["table_name"])}
        codes = {name: list(held) for name, held in groupby(_told(con, "dictionary_code"), key=lambda row: row["dimension_code"])}
        listed = [{**table, "columns": columns[table["name"]]} for table in _told(con, "dictionary_table")]
        write_page(
            folder / "dictionary.html",
            "dictionary.j2",
            about=about,
            scope=scope,
            home=home,
            mixed=len({table["part"] for table in listed}) > 1,
            tables=listed,
            measures=_told(con, "dictionary_measure"),
            code_lists=codes,
        )
        properties = {"title": "Data dictionary · ວັດຈະນານຸກົມຂໍ້ມູນ", "subject": f"Release {about.version}", "created": about.frozen_at}
        sheets = [
            Sheet(
                tab,
                ("", ""),
                Table(
                    name,
                    [
                        Column(heading, width, identifier(column), "whole" if column == "rows" else "wrapped", is_number=column == "rows")
                        for column, (heading, width) in shown.items()
                    ],
                    f"from {name}",
                    con.execute(f"select count(*) from {name}").fetchone()[0],
                ),
            )
            for name, (tab, shown) in SHEETS.items()
        ]
        write_sheets(con, folder / "dictionary.xlsx", properties, sheets)


def _lay_out(con: duckdb.DuckDBPyConnection, database: Path, tables: dict[str, Any]) -> None:
    described = [
        {
            "name": name,
            **{field: about[field] for field in ("schema", "label_lo", "description", "part")},
            "key": ", ".join(about["key"] or []),
        }
        for name, about in tables.items()
    ]
    columns = [
        {"table_name": table, "name": name, "label_lo": about["labels_lo"].get(name, ""), "description": description}
        for table, about in tables.items()
        for name, description in about["columns"].items()
    ]
    for name, listed in (("described", described), ("described_column", columns)):
        shape = dict.fromkeys(listed[0], "VARCHAR")
        con.execute(
            f"create temp table {name} as select unnest(from_json(?::json, {quoted(json.dumps([shape]))}), recursive := true)",
            [json.dumps(listed, ensure_ascii=False)],
        )
    con.execute(f"attach {quoted(str(database))} as told_of (read_only)")
    con.execute(LAYOUT.read_text(encoding="utf-8"))


def _told(con: duckdb.DuckDBPyConnection, relation: str) -> list[dict[str, Any]]:
    return rows(con.execute(f"from {relation} order by place"))
