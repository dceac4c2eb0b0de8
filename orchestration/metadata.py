"""How findings are shown in the UI: tables and lists, from plain rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import dagster as dg

from orchestration.markdown import table as markdown_table

Row = Mapping[str, object]


def table(columns: Sequence[str], rows: Iterable[Row]) -> dg.TableMetadataValue:
    """A table with declared columns, so that one without rows shows as such."""
    records = [dg.TableRecord({name: _plain(row.get(name)) for name in columns}) for row in rows]
    schema = dg.TableSchema(columns=[dg.TableColumn(name) for name in columns])
    return dg.MetadataValue.table(records=records, schema=schema)


def markdown(columns: Sequence[str], rows: Iterable[Row]) -> dg.MarkdownMetadataValue:
    return dg.MetadataValue.md(markdown_table(columns, ([row.get(name) for name in columns] for row in rows)))


def bullets(lines: Iterable[str]) -> dg.MarkdownMetadataValue:
    return dg.MetadataValue.md("\n".join(f"- {line}" for line in lines) or "nothing")


def _plain(value: object) -> str | int | float | bool:
    if value is None:
        return ""
    return value if isinstance(value, str | int | float | bool) else str(value)
