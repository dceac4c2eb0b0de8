"""Builds a data root on a cluster of which one worker is killed when the first fact is there: run by the Python of ``.venv-spark``."""

from __future__ import annotations

import sys
import time

from distributed.spark.__main__ import BUILD, build
from distributed.spark.cluster import cluster
from ingestion.paths import DataRoot

FIRST_FACT = "marts/fct_border_crossing/_SUCCESS"


def main() -> int:
    root = DataRoot.from_env()
    with cluster(root.spark_home) as running:
        building = build(root, running.master, BUILD)
        while building.poll() is None and not (root.spark / FIRST_FACT).exists():
            time.sleep(0.2)
        lost = running.workers[0]
        lost.kill()
        lost.wait()
        print(f"killed one of two workers, {'with' if building.poll() is None else 'WITHOUT'} a build to go on")
        code = building.wait()
        master = (root.spark_home / "master.log").read_text(encoding="utf-8")
        print(f"the master {'removed it' if 'Removing worker' in master else 'noticed nothing'}")
        return code


if __name__ == "__main__":
    sys.exit(main())
