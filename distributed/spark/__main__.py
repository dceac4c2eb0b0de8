"""Build what is landed on a cluster of this machine: ``python -m distributed.spark [dbt's arguments]``, ``make spark``.

Starts a master and two workers on loopback, lets dbt build there and says where the tables lie. With ``SPARK_MASTER`` set it starts no
cluster and builds on that one. Nothing is judged or published: a release comes of a night on one machine.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Sequence

from distributed.spark.cluster import cluster, ends_with_parent
from distributed.spark.session import MASTER, executor_memory
from ingestion.paths import PROJECT, DataRoot

BUILD = ["build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]


def main(arguments: Sequence[str]) -> int:
    root = DataRoot.from_env()
    if not root.raw.exists():
        print(f"Nothing has landed at {root.path}: run a night first (make demo, make nightly)", file=sys.stderr)
        return 1
    with contextlib.ExitStack() as stack:
        master = os.environ.get(MASTER) or stack.enter_context(cluster(root.spark_home, memory=executor_memory())).master
        print(f"Building {root.path} on {master}", flush=True)
        began = time.monotonic()
        code = build(root, master, arguments or BUILD).wait()
        built = "Built" if code == 0 else "NOT BUILT"
        print(f"{built} in {time.monotonic() - began:,.0f} s; tables: {root.spark}; what Spark was asked: {_target(root)}")
    return code


def build(root: DataRoot, master: str, arguments: Sequence[str]) -> subprocess.Popen:
    """dbt on the cluster, as a process of its own."""
    project = PROJECT / "dbt_project"
    folders = ["--project-dir", project, "--profiles-dir", project, "--target-path", _target(root), "--log-path", _target(root)]
    command = [sys.executable, "-m", "distributed.spark.dbt_process", *arguments, "--target", "spark", *folders]
    told = {"WAREHOUSE_DATA": str(root.path), MASTER: master, "PYTHONPATH": str(PROJECT), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    return subprocess.Popen(command, env={**os.environ, **told}, preexec_fn=ends_with_parent)


def _target(root: DataRoot) -> str:
    return os.fspath(root.spark_home / "dbt")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
