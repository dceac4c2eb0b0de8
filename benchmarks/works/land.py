"""Landing one delivered month, against a plain read of the same CSV and against our own SQL without our Python."""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks.generate import AIRPORTS, PERIOD, crossings_csv, headings
from benchmarks.work import Bare, Bench, Work
from ingestion import landing
from ingestion.archive import fetch, register
from ingestion.contract import load_contracts
from ingestion.paths import DataRoot
from ingestion.record import TEMPORAL, load_records
from ingestion.stage import open_scratch

LANDING_TARGET = 2.0
PYTHON_TARGET = 1.15
ROOT = "{root}"


class Recorder:
    """A connection that writes down what it executed (a statement that fails is a question whether a table is there)."""

    def __init__(self, con: duckdb.DuckDBPyConnection):
        self.con = con
        self.statements: list[tuple[object, ...]] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self.con, name)

    def execute(self, *arguments: object) -> duckdb.DuckDBPyConnection:
        done = self.con.execute(*arguments)
        self.statements.append(arguments)
        return done

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_error: object) -> None:
        self.con.close()


def prepare(bench: Bench) -> None:
    """Make the delivery, and write down the SQL by which today's code lands it."""
    crossings_csv(bench.cache, bench.rows)
    recorders: list[Recorder] = []

    def recording(root: DataRoot) -> Recorder:
        recorders.append(Recorder(open_scratch(root)))
        return recorders[-1]

    landing.open_scratch = recording
    ours(bench)()
    told = [(_placed(sql, str(bench.scratch), ROOT), *rest) for sql, *rest in recorders[0].statements]
    _statements(bench).write_bytes(pickle.dumps([(sql, _placed(rest, str(bench.scratch), ROOT)) for sql, *rest in told]))


def ours(bench: Bench) -> Callable[[], int]:
    """``land_pending`` on one registered delivery: read, decode, judge, write, commit, receipt."""
    root = _root_with(bench)
    contracts = {AIRPORTS: load_contracts()[AIRPORTS]}
    load_records()

    def land() -> int:
        (entry,) = landing.land_pending(root, contracts, progress=lambda _line: None)
        return entry.rows_read

    return land


def typed_table(bench: Bench) -> Callable[[], int]:
    """``read_csv`` into a table with the same columns typed and nothing else done."""
    source, fields = crossings_csv(bench.cache, bench.rows), load_records()["border_crossing"].fields
    columns = load_contracts()[AIRPORTS].columns
    con = open_scratch(DataRoot(bench.scratch))

    def cast(field: str, heading: str) -> str:
        if fields[field].type in TEMPORAL:
            kind = "date" if fields[field].type == "date" else "timestamp"
            return f'try_strptime("{heading}", {columns[field].format})::{kind} as {field}'
        return f'try_cast("{heading}" as bigint) as {field}' if fields[field].type == "integer" else f'"{heading}" as {field}'

    listed = ", ".join(cast(field, heading) for field, heading in headings(AIRPORTS).items())
    return lambda: con.execute(
        f"create temp table typed as select {listed} from read_csv('{source}', all_varchar = true, header = true)"
    ).fetchone()[0]


def same_sql(bench: Bench) -> Callable[[], int]:
    """Every statement that landing sends, one after another, with no Python between them."""
    _root_with(bench)
    (bench.scratch / ".staging" / f"{AIRPORTS}.{PERIOD}").mkdir(parents=True)
    statements = [_placed(entry, ROOT, str(bench.scratch)) for entry in pickle.loads(_statements(bench).read_bytes())]
    con = open_scratch(DataRoot(bench.scratch))

    def replay() -> int:
        for sql, rest in statements:
            con.execute(sql, *rest).fetchall()
        return con.execute("select count(*) from judged").fetchone()[0]

    return replay


def _root_with(bench: Bench) -> DataRoot:
    """A data root in which the delivery is registered and not yet landed."""
    root = DataRoot(bench.scratch)
    root.synthetic_marker.touch()
    source = crossings_csv(bench.cache, bench.rows)
    delivered = root.inbox / AIRPORTS / source.name
    delivered.parent.mkdir(parents=True)
    shutil.copyfile(source, delivered)
    register(root, fetch(root, delivered), AIRPORTS, PERIOD)
    return root


def _statements(bench: Bench) -> Path:
    return bench.cache / f"landing_sql_{bench.rows}.pickle"


def _placed(told: object, old: str, new: str) -> object:
    """The same with one folder's name in place of another's, in texts however deep."""
    if isinstance(told, str):
        return told.replace(old, new)
    return type(told)(_placed(part, old, new) for part in told) if isinstance(told, list | tuple) else told


WORK = Work(
    title="land one month of crossings (CSV)",
    prepare=prepare,
    ours=ours,
    bare=(
        Bare("plain `read_csv` → typed table", typed_table, LANDING_TARGET),
        Bare("the same SQL without our Python", same_sql, PYTHON_TARGET),
    ),
)
