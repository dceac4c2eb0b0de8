"""MetricFlow beside one release: the project that it expects to find, made for the time of the question."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import yaml

from ingestion.paths import PROJECT

MF = PROJECT / ".venv-metrics" / "bin" / "mf"
"""``make metrics`` installs it."""
DEFINITIONS = Path("docs") / "semantic_manifest.json"
DATABASE = "warehouse.duckdb"
NAME = "migration_warehouse"


class CannotAsk(RuntimeError):
    """There is no answer; the message says what to do."""


def query(metrics: str, by: str, where: str = "", order: str = "", csv: Path | None = None) -> list[str]:
    """The arguments of a question: metrics and what to take them apart by, each joined by commas; all metrics are listed without any."""
    if not metrics:
        return ["list", "metrics", "--show-all-dimensions"]
    shown = {"--csv": str(csv.resolve())} if csv else {"--decimals": "2"}
    options = {"--group-by": by, "--where": where, "--order": order, **shown}
    return ["query", "--quiet", "--metrics", metrics, *(word for name, told in options.items() if told for word in (name, told))]


def ask(release: Path, arguments: Sequence[str]) -> None:
    """Run ``mf`` on a release, which is opened for reading only; its answer goes to standard output.

    Raises:
        CannotAsk: where MetricFlow is not installed, the release has no definitions, or the question cannot be answered.
    """
    if not MF.exists():
        raise CannotAsk(f"{MF} is not there: MetricFlow has an environment of its own, which 'make metrics' installs")
    if not (release / DEFINITIONS).exists():
        raise CannotAsk(f"release {release.name} is older than its metrics: it has no {DEFINITIONS}")
    with tempfile.TemporaryDirectory() as folder:
        _lay_out(Path(folder), release)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DBT_") and name != "PYTHONPATH"},
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        done = subprocess.run([os.fspath(MF), *arguments], cwd=folder, env=environment, check=False)
    if done.returncode:
        raise CannotAsk("MetricFlow could not answer; it says why above")


def _lay_out(folder: Path, release: Path) -> None:
    """A dbt project of no models: the definitions stand in the release, as dbt has read them."""
    (folder / "target").mkdir()
    shutil.copyfile(release / DEFINITIONS, folder / "target" / "semantic_manifest.json")
    project = {"name": NAME, "version": "1.0.0", "config-version": 2, "profile": NAME}
    opened = {
        "type": "duckdb",
        "path": os.fspath(release / DATABASE),
        "schema": "main",
        "threads": 1,
        "config_options": {"access_mode": "READ_ONLY", "autoinstall_known_extensions": "false"},
    }
    profile = {NAME: {"target": "release", "outputs": {"release": opened}}}
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(project), encoding="utf-8")
    (folder / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")
