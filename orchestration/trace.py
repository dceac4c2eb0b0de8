"""From a published figure back to what it is made of: ``python -m orchestration.trace MEASURE PERIOD [--area …]``.

Reads one release and nothing else: its tables, and its gate record. What belongs here: finding the figure that was asked
for and telling its path in lines. What does not: any number, which are all rows of the release.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from ingestion.paths import DataRoot
from ingestion.sql import rows
from publishing import catalogue
from publishing.catalogue import LATEST, ReleaseError

DIMENSIONS = {
    "area": ("area_code", "LAO"),
    "sex": ("sex_code", "_T"),
    "age": ("age_group_code", "_T"),
    "counterpart": ("counterpart_country_code", "_T"),
    "breakdown": ("breakdown_name || '=' || breakdown_code", "_Z=_T"),
}
"""What may be asked for: the column, and its value for all together."""
SERIES = {"basis": "basis", "vintage": "vintage", "method": "estimation_method"}
"""What tells one source from another; asked for only where there are several."""
SHOWN = 40

MEASURES = """
    select measure_code from marts.dim_indicator
    where indicator_key <> -1 and (measure_code = lower($1) or indicator_code = upper($1)) order by measure_code
"""
FIGURE = """
    select v.*, d.measure_en, d.measure_lo, d.indicator_en, d.formula_en, d.unit_en, d.records, d.model,
        v.period_starts_on + to_months(case v.frequency_code when 'A' then 12 when 'S' then 6 when 'Q' then 3 else 1 end) as ends_before
    from marts.indicator_value as v join marts.dim_indicator as d using (indicator_key)
"""
PATH = """
    select layer || '.' || model as model,
        string_agg(read_layer || '.' || read_model, ', ' order by read_layer, read_model)
            filter (where read_layer <> 'codes' and read_model not like 'dim_%') as reads,
        string_agg(read_model, ', ' order by read_model) filter (where read_layer = 'codes' or read_model like 'dim_%') as names
    from marts.indicator_lineage
    where indicator_code = ? and model not like 'dim_%'
    group by layer, model order by min(distance), layer, model
"""
DELIVERY = """
    s.extract, s.period, s.sender, s.file_name, s.submission_sha256, s.received_at, s.rows_read, s.rows_accepted, s.rows_rejected
"""
COUNTED = f"""
    select s.record, {DELIVERY}, b.rows
    from marts.bridge_indicator_submission as b join marts.dim_submission as s using (submission_key)
    where b.indicator_value_key = ? order by s.extract, s.period
"""
DATED = f"""
    select s.record, {DELIVERY}, cast(sum(m.rows) as bigint) as rows
    from marts.agg_submission_month as m join marts.dim_submission as s using (submission_key)
    where m.month_on >= $starts_on and m.month_on < $ends_before
        and ($records = 'every record' or m.record in (select unnest(string_split($records, '; '))))
        and m.record not in (select unnest($counted::varchar[]))
    group by all order by s.extract, s.period
"""
HISTORY = """
    select release_version, change_code, value_before, value, change_pct, explanation, approved_by, approval_reason
    from marts.indicator_revision where indicator_value_key = ? order by revision_number
"""
FACTS = "select distinct record, fact from marts.agg_submission_month"


class NotFound(ValueError):
    """There is no such figure, or more than one; the message lists what there is."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    try:
        release = find_release(DataRoot.from_env(), options.release)
        with duckdb.connect(str(release / "warehouse.duckdb"), read_only=True) as con:
            asked = {name: getattr(options, name) for name in (*DIMENSIONS, *SERIES)}
            print("\n\n".join("\n".join(lines(con, release, figure)) for figure in find(con, options.indicator, options.period, **asked)))
    except NotFound as wrong:
        print(wrong, file=sys.stderr)
        return 1
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m orchestration.trace", description="Say where a published figure comes from.")
    parser.add_argument("indicator", help="a measure, such as labour_deployments_contracts, or an indicator: then all its measures")
    parser.add_argument("period", help="as SDMX writes it: 2025, 2025-S1, 2025-Q3, 2025-06")
    for name, (column, total) in DIMENSIONS.items():
        parser.add_argument(f"--{name}", default="", help=f"{column}; {total} when not given")
    for name, column in SERIES.items():
        parser.add_argument(f"--{name}", default="", help=f"{column}; needed where there are several")
    parser.add_argument(
        "--release", default="", help="version or tag of a release, or the path of a copy of one; the latest when not given"
    )
    return parser.parse_args(arguments)


def find_release(root: DataRoot, named: str) -> Path:
    """The folder of a release, by version, tag or path.

    Raises:
        NotFound: with the releases there are.
    """
    try:
        folder = catalogue.find(root, named or LATEST)
    except ReleaseError as absent:
        raise NotFound(str(absent)) from None
    if not (folder / "warehouse.duckdb").exists():
        raise NotFound(f"{folder} is no release: it has no warehouse.duckdb (RELEASE=…)")
    return folder


def find(con: duckdb.DuckDBPyConnection, indicator: str, period: str, **asked: str) -> list[dict[str, Any]]:
    """The figures that were asked for: one, or of a whole indicator one per measure that has it.

    Raises:
        NotFound: when there is none, or several sources have it; with what there is.
    """
    measures = con.execute(MEASURES, [indicator]).fetchall()
    if not measures:
        codes = con.execute("select measure_code from marts.dim_indicator union select indicator_code from marts.dim_indicator").fetchall()
        known = sorted(code for (code,) in codes if code != "_U")
        near = [code for code in known if indicator.lower() in code.lower()] or difflib.get_close_matches(indicator, known) or known
        raise NotFound(f"no measure or indicator is named '{indicator}' (INDICATOR=…); there are: {_listed(near, len(known))}")
    found, wrong = [], []
    for (measure,) in measures:
        try:
            found.append(_one(con, measure, period, asked))
        except NotFound as absent:
            wrong.append(str(absent))
    if not found:
        raise NotFound("\n".join(wrong))
    return found


def _one(con: duckdb.DuckDBPyConnection, measure: str, period: str, asked: dict[str, str]) -> dict[str, Any]:
    conditions, values = ["measure_code = ?"], [measure]
    wanted = [("period", "time_period", period)]
    wanted += [(name, column, asked.get(name) or total) for name, (column, total) in DIMENSIONS.items()]
    wanted += [(name, column, asked[name]) for name, column in SERIES.items() if asked.get(name)]
    for name, column, value in wanted:
        order = "desc" if name == "period" else "asc"
        held = f"select distinct {column} from marts.indicator_value where {' and '.join(conditions)} order by 1 {order}"
        there = [code for (code,) in con.execute(held, values).fetchall()]
        if value not in there:
            raise NotFound(f"{measure}: no value for {name.upper()}={value}; there are: {_listed(there) or 'none'}")
        conditions, values = [*conditions, f"{column} = ?"], [*values, value]
    figures = rows(con.execute(f"select * from ({FIGURE}) where {' and '.join(conditions)} order by basis, vintage", values))
    if len(figures) > 1:
        series = "; ".join(" ".join(f"{name.upper()}='{figure[column]}'" for name, column in SERIES.items()) for figure in figures)
        raise NotFound(f"{measure}: {len(figures)} sources have a value for {period}, say which one; there are: {series}")
    return figures[0]


def lines(con: duckdb.DuckDBPyConnection, release: Path, figure: dict[str, Any]) -> Iterator[str]:
    """The path from a figure to its deliveries and checks, in plain lines."""
    parts = [figure[column] for column, total in DIMENSIONS.values() if column in figure and figure[column] != total]
    parts += [f"{figure['breakdown_name']}={figure['breakdown_code']}"] if figure["breakdown_name"] != "_Z" else []
    value = "missing" if figure["value"] is None else f"{figure['value']:,.10g} {figure['unit_en']}"
    yield f"{figure['measure_code']} {figure['time_period']} {' '.join(parts) or 'total'}: {value}"
    yield f"  {figure['measure_en']} · {figure['measure_lo']}"
    yield f"  formula: {figure['formula_en']}"
    yield f"  release {release.name}; from {figure['basis']}" + (f", vintage {figure['vintage']}" if figure["vintage"] != "_Z" else "")
    yield f"  status {figure['obs_status']}, {figure['estimation_method']}, {figure['periods_covered']} months covered; rests on " + (
        f"{figure['observations']:,} observations"
    )
    steps = rows(con.execute(PATH, [figure["indicator_code"]]))
    yield "Path"
    yield f"  marts.indicator_value ← indicators.{figure['model']}"
    for step in steps:
        if step["reads"]:
            yield f"  {step['model']} ← {step['reads']}" + (f" (names and codes: {step['names']})" if step["names"] else "")
    facts = dict(con.execute(FACTS).fetchall())
    counted = rows(con.execute(COUNTED, [figure["indicator_value_key"]]))
    if counted:
        yield "Rows counted, by the delivery they came with"
        yield from _deliveries(counted, facts)
    held = {
        "starts_on": figure["period_starts_on"],
        "ends_before": figure["ends_before"],
        "records": figure["records"],
        "counted": sorted({row["record"] for row in counted}),
    }
    if dated := rows(con.execute(DATED, held)):
        yield "Also computed from" if counted else "Computed from (its rows cannot be told one by one)"
        yield "  rows dated in the period, of all areas, sexes and countries together"
        yield from _deliveries(dated, facts)
    yield "Checks"
    yield from _checks(release, {"indicator_value", figure["model"], *(step["model"].split(".")[-1] for step in steps)})
    yield "History"
    for change in rows(con.execute(HISTORY, [figure["indicator_value_key"]])):
        before = f"{change['value_before']:,.10g} → " if change["value_before"] is not None else ""
        now = "nothing" if change["value"] is None else f"{change['value']:,.10g}"
        by = f" ({change['change_pct']:+.1f} %)" if change["change_pct"] is not None else ""
        approved = f"; approved by {change['approved_by']}: {change['approval_reason']}" if change["approved_by"] else ""
        yield f"  {change['release_version']} {change['change_code']}: {before}{now}{by}; {change['explanation']}{approved}"


def _deliveries(rows: list[dict[str, Any]], facts: dict[str, str]) -> Iterator[str]:
    for fact, total in sorted(_sums(rows, facts).items()):
        yield f"  {fact}: {total:,} rows"
    for row in rows:
        yield f"    {row['extract']} {row['period']}: {row['rows']:,} rows; {row['file_name']}, sender {row['sender']}, received " + (
            f"{row['received_at']:%Y-%m-%d %H:%M}"
        )
        read, accepted, rejected = (row[name] or 0 for name in ("rows_read", "rows_accepted", "rows_rejected"))
        yield f"      sha256 {row['submission_sha256']}; {read:,} rows read, {accepted:,} accepted, {rejected:,} rejected"


def _sums(rows: list[dict[str, Any]], facts: dict[str, str]) -> Counter[str]:
    sums = Counter[str]()
    for row in rows:
        sums[facts[row["record"]]] += row["rows"]
    return sums


def _checks(release: Path, tables: set[str]) -> Iterator[str]:
    verdicts = [entry for entry in json.loads((release / "gate.json").read_text(encoding="utf-8"))["verdicts"] if entry["table"] in tables]
    met = Counter(entry["table"] for entry in verdicts if entry["passed"])
    yield "  met: " + ", ".join(f"{table} {count}" for table, count in sorted(met.items()))
    for entry in verdicts:
        if not entry["passed"]:
            yield f"  disclosed: {entry['check']} ({entry['table']}): {entry['detail']}"


def _listed(names: Sequence[str], known: int = 0) -> str:
    more = max(known, len(names)) - len(names[:SHOWN])
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more else "")


if __name__ == "__main__":
    sys.exit(main())
