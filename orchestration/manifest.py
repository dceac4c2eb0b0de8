"""The dbt manifest that the asset graph and the queries of the tests are read from, made anew whenever the dbt project's files differ.

``python -m orchestration.manifest`` makes it ahead of time, so that the server has nothing to wait for.
Modification times are no guide (a checkout sets them all to now), so a hash of the files lies beside it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ingestion.paths import PROJECT, DataRoot
from publishing.fingerprint import warehouse_code

DBT_PROJECT = PROJECT / "dbt_project"
TARGET = DBT_PROJECT / "target"
MANIFEST = TARGET / "manifest.json"
PARSED_FROM = TARGET / "parsed_from.sha256"
KEPT = ["partial_parse.msgpack", "manifest.json"]


class DbtProjectBroken(RuntimeError):
    """dbt cannot read its project; the message is dbt's."""


def dbt_executable() -> str:
    """dbt of this very environment, also when it is not activated."""
    return str(Path(sys.executable).with_name("dbt"))


def dbt_environment(root: DataRoot) -> dict[str, str]:
    """What ``profiles.yml`` and ``sources.yml`` read from the environment, and where the model in Python finds its package."""
    return {"WAREHOUSE_DATA": str(root.path), "DBT_PROFILES_DIR": str(DBT_PROJECT), "PYTHONPATH": str(PROJECT)}


def fresh_manifest(root: DataRoot) -> Path:
    """The path of a manifest that is up to date with the dbt project.

    Raises:
        DbtProjectBroken: when dbt cannot parse the project.
    """
    code = warehouse_code()
    if not (MANIFEST.exists() and PARSED_FROM.exists() and PARSED_FROM.read_text() == code):
        _compile(root)
        PARSED_FROM.write_text(code)
    return MANIFEST


def _compile(root: DataRoot) -> None:
    """Compile beside the target and rename: the web server and the daemon both load this location at once.

    Of what is compiled only the tests: their queries speak of the project alone, so no database is opened.
    """
    TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TARGET) as scratch:
        compiled = subprocess.run(
            [
                *(dbt_executable(), "--quiet", "--no-populate-cache", "compile", "--no-introspect", "--select", "test_type:data"),
                *("--project-dir", DBT_PROJECT, "--target-path", scratch, "--log-path", scratch),
            ],
            env={**os.environ, **dbt_environment(root)},
            capture_output=True,
            text=True,
            check=False,
        )
        if compiled.returncode:
            raise DbtProjectBroken(f"dbt cannot read {DBT_PROJECT.name}:\n{compiled.stdout}{compiled.stderr}")
        for name in KEPT:
            shutil.move(Path(scratch) / name, TARGET / name)


if __name__ == "__main__":
    print(fresh_manifest(DataRoot.from_env()))
