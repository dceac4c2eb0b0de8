"""Resources: the data root with all that is declared about it, and dbt on its build database.

What belongs here: what assets need to do their work and tests want to replace. What does not: the work.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliResource
from dagster_dbt.asset_utils import DAGSTER_DBT_UNIQUE_ID_METADATA_KEY
from packaging.version import Version

from ingestion.archive import write_atomically
from ingestion.contract import Contract, load_contracts
from ingestion.paths import DataRoot
from ingestion.progress import TimeLeft
from orchestration.console import teller
from orchestration.dbt_tests import run_tests
from orchestration.manifest import DBT_PROJECT, MANIFEST, dbt_environment, dbt_executable, fresh_manifest

DBT_PROCESS = Path(__file__).with_name("dbt_process.py")
KEPT_DBT_RUNS = 5
DURATION = "Execution Duration"
MESSAGE_LINES = 4
SEMANTIC_MANIFEST = "semantic_manifest.json"

DbtEvent = dg.Output | dg.AssetMaterialization | dg.AssetObservation | dg.AssetCheckResult | dg.AssetCheckEvaluation


class Warehouse(dg.ConfigurableResource):
    """The data root that ``WAREHOUSE_DATA`` names, read when a step runs and not before."""

    @property
    def root(self) -> DataRoot:
        return DataRoot.from_env()

    @property
    def contracts(self) -> dict[str, Contract]:
        return load_contracts()


class Dbt(dg.ConfigurableResource):
    """dbt beside this Python, on the project beside this package."""

    def invocation(self, context: dg.AssetExecutionContext, root: DataRoot) -> DbtInvocation:
        """A dbt invocation with a target folder of its own below the data root; only the last few are kept."""
        folder = root.path / ".dbt" / "runs"
        folder.mkdir(parents=True, exist_ok=True)
        for old in sorted(folder.iterdir(), key=os.path.getmtime)[: -KEPT_DBT_RUNS + 1]:
            shutil.rmtree(old)
        os.environ.update(dbt_environment(root))
        return DbtInvocation(context, folder / context.run.run_id)


class _TiedDbt(DbtCliResource):
    """dbt started by a program of ours, of which dagster-dbt need not ask the version.

    Nor need it hold a connection of its own to the build, for which it would read all of dbt's macros.
    """

    @cached_property
    def _cli_version(self) -> Version:
        return Version(version("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> None:
        return None


@dataclass
class DbtInvocation:
    context: dg.AssetExecutionContext
    target: Path
    results: list[dict[str, Any]] = field(default_factory=list)
    """What became of each model, seed and test, as in ``run_results.json``; empty when dbt did not get that far."""

    def build(self, *, full_refresh: bool, seeds: bool) -> list[DbtEvent]:
        """Run ``dbt build`` for the selected assets to its end; return what it tells Dagster, failures included.

        Without ``seeds`` the code lists stay as they are in the build, which must be of these very files.

        The events are held back until dbt has closed the database: only then can rows be counted, and a
        check has to follow the materialisation it speaks of. Meanwhile each finished node is logged.
        """
        cli = _TiedDbt(
            project_dir=os.fspath(DBT_PROJECT),
            profiles_dir=os.fspath(DBT_PROJECT),
            dbt_executable=sys.executable,
            # -P: the folder of the program holds modules named like those of Python.
            global_config_flags=["-P", os.fspath(DBT_PROCESS), "--log-level-file", "info"],
        )
        # Unit tests speak of code, not of data: they run when the code changes (make test), not every night.
        without = ["unit_test", "test", *([] if seeds else ["seed"])]
        excluded = [argument for kind in without for argument in ("--exclude-resource-type", kind)]
        arguments = ["build", *excluded, *(["--full-refresh"] if full_refresh else [])]
        with contextlib.redirect_stdout(io.StringIO()):
            invocation = cli.cli(arguments, context=self.context, target_path=self.target, raise_on_error=False)
            try:
                left = TimeLeft(self._seconds_before())
                told = [self._logged(event, left) for event in invocation.stream()]
            finally:
                # An error on this side must not leave dbt writing to a database that is read next.
                if invocation.process.poll() is None:
                    invocation.process.terminate()
                    invocation.process.wait()
                self.results = _results(self.target)
        return told if seeds else [*self._kept_seeds(), *told]

    def _kept_seeds(self) -> list[DbtEvent]:
        specs = {spec.metadata[DAGSTER_DBT_UNIQUE_ID_METADATA_KEY]: spec for spec in self.context.assets_def.specs}
        kept = [name for name in specs if name.startswith("seed.")]
        if self.results:
            self.results += [{"unique_id": name, "status": "success"} for name in kept]
        return [dg.Output(None, specs[name].key.to_python_identifier()) for name in kept]

    def test(self, root: DataRoot) -> list[dg.AssetCheckResult]:
        """Ask the closed build the selected tests, but for those of tables that could not be built; return what they tell Dagster.

        The query of one that did not pass is left beside dbt's log, for whoever looks for the rows.
        """
        nodes = json.loads(fresh_manifest(root).read_bytes())["nodes"]
        not_built = {entry["unique_id"] for entry in self.results if entry["status"] != "success"}
        selected = {check.metadata[DAGSTER_DBT_UNIQUE_ID_METADATA_KEY]: check for check in self._selected_checks()}
        asked = [nodes[name] for name in selected if not not_built & {*nodes[name]["depends_on"]["nodes"]}]
        told = []
        for outcome in run_tests(root, asked):
            self.results.append(outcome)
            if outcome["status"] != "pass":
                query = nodes[outcome["unique_id"]]
                write_atomically(self.target / "not_passed" / f"{query['name']}.sql", query["compiled_code"].encode())
            told.append(self._logged(_check_result(selected[outcome["unique_id"]], outcome)))
        return told

    def _selected_checks(self) -> list[dg.AssetCheckSpec]:
        chosen = self.context.selected_asset_check_keys
        return [check for check in self.context.assets_def.check_specs if check.key in chosen]

    def write_docs(self, target: Path) -> None:
        """Write dbt's documentation of the built tables as one page that opens by itself and knows no other address.

        Raises:
            dg.Failure: a release without its documentation is not complete.
        """
        said = subprocess.run(
            [
                *(dbt_executable(), "--quiet", "docs", "generate", "--static", "--no-compile"),
                *("--project-dir", DBT_PROJECT, "--target-path", self.target, "--log-path", self.target),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if said.returncode:
            raise dg.Failure(f"dbt could not write its documentation: {_first_lines(said.stdout + said.stderr)}", allow_retries=False)
        target.mkdir(parents=True, exist_ok=True)
        page = (self.target / "static_index.html").read_bytes()
        # dbt's page can load a tracker; ours is told not to, and has not even its address.
        write_atomically(target / "index.html", re.sub(rb'\.src="//[^"]*"', b'.src="about:blank"', page))
        # The definitions of the metrics, so that whoever has the release can ask for them (serving/metrics).
        shutil.copyfile(self.target / SEMANTIC_MANIFEST, target / SEMANTIC_MANIFEST)

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest that dbt worked from, or the one the assets were read from when it wrote none."""
        path = self.target / "manifest.json"
        return json.loads((path if path.exists() else MANIFEST).read_bytes())

    def failures(self) -> list[str]:
        """One line per node that did not succeed, those merely skipped for it left out."""
        if not self.results:
            return ["dbt stopped before it built anything; its log is " + os.fspath(self.target / "dbt.log")]
        return [
            f"{entry['unique_id'].split('.')[2]}: {entry['status']}: {_first_lines(entry.get('message') or '')}"
            for entry in self.results
            if entry["status"] in ("error", "fail", "runtime error")
        ]

    def _seconds_before(self) -> dict[str, float]:
        """What each selected table took the last time; 0 for all of them the first time. One that was not built then weighs nothing."""
        runs = [path for path in self.target.parent.glob("*/run_results.json") if path.parent != self.target]
        results = _results(max(runs, key=os.path.getmtime).parent) if runs else []
        took = {entry["unique_id"].rpartition(".")[2]: entry["execution_time"] for entry in results}
        selected = [key.path[-1] for key in self.context.selected_asset_keys]
        return {name: took[name] for name in selected if name in took} if took else dict.fromkeys(selected, 0.0)

    def _logged(self, event: DbtEvent, left: TimeLeft | None = None) -> DbtEvent:
        tell = teller(self.context.log)
        if isinstance(event, dg.Output):
            key = self.context.asset_key_for_output(event.output_name)
            seconds = event.metadata[DURATION].value if DURATION in event.metadata else 0
            tell(f"built {key.to_user_string()} ({seconds:.1f} s{left.after(key.path[-1]) if left else ''})")
        elif isinstance(event, dg.AssetCheckResult) and not event.passed:
            tell(f"test not passed: {event.check_name}")
        return event


def _results(target: Path) -> list[dict[str, Any]]:
    path = target / "run_results.json"
    return json.loads(path.read_bytes())["results"] if path.exists() else []


def _check_result(check: dg.AssetCheckSpec, outcome: dict[str, Any]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=check.asset_key,
        check_name=check.name,
        passed=outcome["status"] == "pass",
        severity=dg.AssetCheckSeverity.WARN if outcome["status"] == "warn" else dg.AssetCheckSeverity.ERROR,
        description=outcome["message"],
        metadata={} if outcome["failures"] is None else {"dagster_dbt/failed_row_count": outcome["failures"]},
    )


def _first_lines(message: str) -> str:
    """DuckDB may list every function it knows after the line that matters."""
    return "\n".join(message.strip().splitlines()[:MESSAGE_LINES])
