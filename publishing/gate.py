"""The gate: every verdict on one candidate's exact bytes, in one record; all that is unmet at once."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from expectations.data_docs import write_data_docs
from expectations.suite import MARTS, Finding, Suite, load_suites, run_suite
from ingestion.archive import write_atomically
from ingestion.paths import DataRoot
from ingestion.sql import identifier
from publishing import approval, fingerprint, public_part
from publishing.about import About
from publishing.exchange.reading import what_is_unreadable
from publishing.pages.front import write_release_front
from publishing.verdict import Verdict

RECORD = "gate.json"
PORTABLE = ("VARCHAR", "BIGINT", "INTEGER", "DOUBLE", "DATE", "TIMESTAMP", "BOOLEAN", "DECIMAL")


@dataclass(frozen=True)
class Gate:
    """The gate record of a candidate, as written to ``gate.json``."""

    version: str
    judged_at: str
    build_id: str
    inputs: str
    rules: str
    files: dict[str, dict[str, object]]
    verdicts: list[Verdict]

    @property
    def unmet(self) -> list[str]:
        """What stands in the way of publication, every item of it."""
        return [verdict.sentence() for verdict in self.verdicts if verdict.blocks]

    @property
    def eligible(self) -> bool:
        return bool(self.verdicts) and not self.unmet


def judge(root: DataRoot, candidate: Path) -> Gate:
    """Judge a candidate by dbt's verdicts on its build, by the suites on its evidence and by its own integrity.

    Writes the pages ``docs/quality/``, the front page ``index.html``, and then ``gate.json``, which holds the hash of every
    other file, into the candidate, and returns the record, whatever the verdict.
    """
    build = json.loads((candidate / "build.json").read_text(encoding="utf-8"))
    with duckdb.connect(str(candidate / "warehouse.duckdb"), read_only=True) as con:
        judged = [(suite, _of_a_suite(con, suite)) for suite in load_suites(MARTS).values()]
        verdicts = [
            *_of_the_build(build),
            *_of_the_copy(con, build),
            *_of_the_public_part(candidate, build),
            approval.verdict(con, root, build["version"]),
            *(_verdict(suite, finding) for suite, findings in judged for finding in findings),
        ]
    write_data_docs(candidate / "docs" / "quality", judged, build["version"])
    package, comparison = (json.loads((candidate / name).read_text(encoding="utf-8")) for name in ("datapackage.json", "comparison.json"))
    write_release_front(candidate, About(build["version"], package["synthetic"]), build["tables"], comparison, verdicts)
    gate = Gate(
        version=build["version"],
        judged_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        build_id=build["build_id"],
        inputs=build["inputs"],
        rules=fingerprint.rules(),
        files=fingerprint.folder_hashes(candidate, without={RECORD}),
        verdicts=verdicts,
    )
    record = {**asdict(gate), "eligible": gate.eligible, "unmet": gate.unmet}
    write_atomically(candidate / RECORD, json.dumps(record, indent=1, ensure_ascii=False).encode())
    return gate


def read_gate(folder: Path) -> Gate | None:
    """The gate record of a candidate or release; None where there is none.

    Eligibility is derived from the verdicts again, never taken from the file's own word.
    """
    path = folder / RECORD
    if not path.exists():
        return None
    told = json.loads(path.read_text(encoding="utf-8"))
    verdicts = [Verdict(**verdict) for verdict in told.pop("verdicts")]
    return Gate(**{name: told[name] for name in ("version", "judged_at", "build_id", "inputs", "rules", "files")}, verdicts=verdicts)


def _of_the_build(build: dict[str, Any]) -> list[Verdict]:
    """dbt's tests, and whether they were all run on the very build that was frozen."""
    verdicts = [Verdict(**verdict) for verdict in build["verdicts"]]
    missing = sorted(set(build["required"]) - {verdict.check for verdict in verdicts})
    verdicts += [Verdict(name, "build", False, "error", "it has no verdict: the build was made without it") for name in missing]
    changed = build["database_sha256_seen"] != build["database_sha256"]
    return [
        *verdicts,
        Verdict("every_model_was_built", "build", not build["not_built"], detail=f"not built: {', '.join(build['not_built'])}"),
        Verdict(
            "build_is_unchanged_since_its_tests",
            "build",
            not changed,
            detail="a table was changed after dbt's tests ran (by hand or outside dbt); run the warehouse step again",
        ),
        Verdict(
            "rules_are_those_of_the_build",
            "build",
            build["rules"] == fingerprint.rules(),
            detail="models, tests or expectations changed since the build; run the warehouse step again",
        ),
    ]


def _of_the_copy(con: duckdb.DuckDBPyConnection, build: dict[str, Any]) -> list[Verdict]:
    """That the frozen copy is whole, and of types that every client reads."""
    frozen = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
    absent = sorted(set(build["tables"]) - frozen)
    odd = [
        f"{table}.{column} {kind}"
        for table, column, kind in con.execute(
            "select table_name, column_name, data_type from duckdb_columns() where not internal"
        ).fetchall()
        if not kind.startswith(PORTABLE)
    ]
    uncovered = [
        f"{name}: {evidence:,} rows of evidence for {rows:,} rows"
        for name in sorted(frozen)
        if (evidence := _evidence_rows(con, name, frozen)) is not None
        and evidence != (rows := con.execute(f"select count(*) from marts.{identifier(name)}").fetchone()[0])
    ]
    return [
        Verdict("every_published_table_is_there", "candidate", not absent, detail=f"absent: {', '.join(absent)}"),
        Verdict("column_types_are_portable", "candidate", not odd, detail=", ".join(odd)),
        Verdict("evidence_covers_every_row", "candidate", not uncovered, detail="; ".join(uncovered)),
    ]


def _of_the_public_part(candidate: Path, build: dict[str, Any]) -> list[Verdict]:
    """That the public part holds the public tables alone, is the one that the evidence of its audit speaks of, and can be read as SDMX."""
    wanted = {name for name, about in build["tables"].items() if public_part.is_public(about)}
    with duckdb.connect(str(candidate / public_part.DATABASE), read_only=True) as con:
        held = {name for (name,) in con.execute("select table_name from duckdb_tables()").fetchall()}
    held |= {path.stem for path in (candidate / public_part.PARQUET).iterdir()}
    others = public_part.hashes(candidate) != build["audited"]
    unreadable = what_is_unreadable(candidate / public_part.FOLDER, candidate / public_part.DATABASE)
    return [
        Verdict("public_part_holds_public_tables_alone", "public", held == wanted, detail=f"differing: {', '.join(sorted(held ^ wanted))}"),
        Verdict("public_part_is_the_one_audited", "public", not others, detail="it was changed after its audit; freeze a new candidate"),
        Verdict("exchange_files_say_what_the_database_says", "public", not unreadable, detail="; ".join(unreadable)),
    ]


def _evidence_rows(con: duckdb.DuckDBPyConnection, fact: str, frozen: set[str]) -> int | None:
    evidence = fact.replace("fct_", "qa_", 1)
    if not fact.startswith("fct_") or evidence not in frozen:
        return None
    return con.execute(f"select coalesce(sum(rows), 0)::bigint from quality.{identifier(evidence)}").fetchone()[0]


def _of_a_suite(con: duckdb.DuckDBPyConnection, suite: Suite) -> list[Finding]:
    try:
        evidence = con.execute(f"from quality.{identifier(suite.name)}").df()
    except duckdb.CatalogException:
        problem = f"evidence table quality.{suite.name} is not in the candidate"
        return [Finding(entry, False, [], problem) for entry in suite.expectations]
    return run_suite(suite, evidence)


def _verdict(suite: Suite, finding: Finding) -> Verdict:
    return Verdict(finding.expectation.check, suite.table, finding.passed, finding.expectation.severity, finding.detail)
