"""What readers see: a view per table in a schema per part, each showing the current release and no other.

A view reads a partitioned table and filters on the row that says which release is current. Releases whose columns are the
same share that table, so usually nothing but the row changes. When columns changed, there is a table for each set of
columns; a view then reads all that are held, so that it is right before and after the switch, for every snapshot.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg

from ingestion.sql import identifier, quoted
from serving.postgres.copying import RELEASE_COLUMN, SCHEMA
from serving.postgres.source import PARTS, Source

Shape = Sequence[Sequence[str]]
READERS = {"public": ("bi_reader", "micro_reader"), "restricted": ("micro_reader",)}
CURRENT = "(select release_key from control.current_release)"
RELEASE_VIEW = "current_release"
"""Tells readers which release they see; its name is no table's."""


@dataclass(frozen=True)
class View:
    part: str
    name: str
    definition: str


def schema(part: str) -> str:
    return f"{part}_data"


def parent(part: str, table: str, shape: Shape) -> str:
    """The partitioned table of all releases in which a table has these columns."""
    mark = hashlib.sha256(json.dumps([list(column) for column in shape]).encode()).hexdigest()[:6]
    return f"{part}_{table}_{mark}"


def wanted_views(held: Mapping[tuple[str, str], Sequence[Shape]]) -> list[View]:
    """The views for these tables, (part, table) → its shapes: that of the release to be current first, then of others held."""
    views = [
        View(part, table, "\nunion all\n".join(_branch(part, table, shape, shapes[0]) for shape in shapes))
        for (part, table), shapes in sorted(held.items())
    ]
    return views + [View(part, RELEASE_VIEW, _release_definition()) for part in PARTS]


def _branch(part: str, table: str, shape: Shape, shown: Shape) -> str:
    found = {column[0]: column[1] for column in shape}
    cells = [
        f"cast(null as {kind}) as {identifier(name)}" if name not in found
        else identifier(name) if found[name] == kind
        else f"cast(cast({identifier(name)} as text) as {kind}) as {identifier(name)}"
        for name, kind in shown
    ]  # fmt: skip
    return f"select {', '.join(cells)} from {SCHEMA}.{identifier(parent(part, table, shape))} where {RELEASE_COLUMN} = {CURRENT}"


def _release_definition() -> str:
    return "select version, is_synthetic, published_at from control.current_release join control.release using (release_key)"


def mark(views: Sequence[View]) -> str:
    """A hash of what the views show: the same views need not be made again."""
    return hashlib.sha256(json.dumps([(view.part, view.name, view.definition) for view in views]).encode()).hexdigest()


def shown_mark(server: psycopg.Connection) -> str | None:
    """The mark of the views that are there."""
    row = server.execute("select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = %s", [schema(PARTS[0])]).fetchone()
    return row[0].rpartition(" ")[2] if row and row[0] else None


def replace_views(server: psycopg.Connection, views: Sequence[View], generation: int) -> None:
    """Make all views anew under another schema's name, then exchange the names.

    To alter or drop a view waits for every transaction that has read it. To rename a schema waits for nobody: whoever reads
    goes on with the old views, which show the same, and finds the new ones by its next statement.
    """
    with server.transaction():
        for part in PARTS:
            fresh, old = identifier(f"{schema(part)}_next"), identifier(f"{schema(part)}_before_{generation}")
            server.execute(f"create schema {fresh}")
            for view in (view for view in views if view.part == part):
                server.execute(f"create view {fresh}.{identifier(view.name)} as {view.definition}")
            listed = ", ".join(READERS[part])
            server.execute(f"grant usage on schema {fresh} to {listed}")
            server.execute(f"grant select on all tables in schema {fresh} to {listed}")
            server.execute(f"comment on schema {fresh} is {quoted(f'The {part} part of the current release. Views {mark(views)}')}")
            if server.execute("select to_regnamespace(%s)", [schema(part)]).fetchone()[0]:
                server.execute(f"alter schema {schema(part)} rename to {old}")
            server.execute(f"alter schema {fresh} rename to {schema(part)}")


def describe_views(server: psycopg.Connection, source: Source) -> None:
    """Comments on views and columns: the meaning in English, the Lao label before it. No reader waits for it."""
    with server.transaction():
        for table in source.tables:
            view = f"{schema(table.part)}.{identifier(table.name)}"
            server.execute(f"comment on view {view} is {quoted(table.comment)}")
            for column in table.columns:
                if column.description:
                    server.execute(f"comment on column {view}.{identifier(column.name)} is {quoted(column.description)}")
        for part in PARTS:
            server.execute(f"comment on view {schema(part)}.{RELEASE_VIEW} is 'One row: the release that all views show.'")
