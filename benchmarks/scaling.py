"""``python -m benchmarks.scaling [--size 1m 10m]``: what the same history costs to build on each engine.

Prints a table for docs/scaling.md. Both engines get the same landed files and the same arguments of dbt: everything anew, then what a new
month changes; nothing is tested, judged or published. Spark's cluster are many processes, of which some outlive those that started them,
so CPU is that of the whole machine: it must have nothing else to do. Memory is that of all processes of a build at the same moment.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import history
from benchmarks.generate import once
from benchmarks.measure import Sample, busy_s
from benchmarks.roots import code, copied, deliver, environment, land, run
from benchmarks.work import Bench, NotMeasurable, size
from ingestion.paths import PROJECT, DataRoot

HERE = Path(__file__).resolve().parent
ENGINES = ("duckdb", "spark")
BUILD = ["build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
SPARK = PROJECT / ".venv-spark" / "bin" / "python"
LOOKS_EVERY_SECONDS = 1.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
HEADING = "| rows landed | engine | what | CPU s | wall s | memory at most, MB | tables, MB |\n|---|---|---|---|---|---|---|"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling")
    parser.add_argument("--size", type=size, nargs="+", default=[1_000_000, 10_000_000], help="rows of the history, such as 1m")
    parser.add_argument("--cache", type=Path, default=HERE / ".cache", help="where landed roots are kept from run to run")
    options = parser.parse_args(arguments)
    if not SPARK.exists():
        parser.error("Spark is not here: make .venv-spark/.ready")
    print(HEADING, flush=True)
    for rows in options.size:
        bench = Bench(options.cache, options.cache / f"scratch-{os.getpid()}", rows)
        try:
            for line in steps(bench):
                print(line, flush=True)
        finally:
            shutil.rmtree(bench.scratch, ignore_errors=True)
    return 0


def steps(bench: Bench) -> Iterator[str]:
    """The lines of one size: a hundred months anew on each engine, then one more; and whether both hold the same."""
    root = copied(landed(bench), bench)
    yield from (_line(root, bench.rows, engine, "everything anew") for engine in ENGINES)
    deliver(bench, root, [history.newest()])
    land(root)
    yield from (_line(root, bench.rows, engine, "one new month") for engine in ENGINES)
    # ways that hold something else at the end have not done the same work
    yield run(root, "distributed.spark.parity").splitlines()[-1]


def landed(bench: Bench) -> DataRoot:
    """A root that has landed the whole history and built nothing; kept until the code changes."""

    def write(path: Path) -> None:
        shutil.rmtree(path, ignore_errors=True)
        root = DataRoot(path)
        deliver(bench, root, history.months())
        cpu, began = busy_s(), time.perf_counter()
        land(root)
        print(f"landed {bench.rows:,} rows: {busy_s() - cpu:.0f} CPU s, {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)

    return DataRoot(once(bench.cache, f"landed_{bench.rows}_{code()}", write))


def built(root: DataRoot, engine: str) -> Sample:
    """Let dbt build what is landed.

    Raises:
        NotMeasurable: with its last words, when it fails.
    """
    scratch = root.path.with_name(f"{root.path.name}.dbt")
    folders = ["--project-dir", "dbt_project", "--profiles-dir", "dbt_project", "--target-path", scratch, "--log-path", scratch]
    by_duckdb = [sys.executable, "-P", PROJECT / "orchestration" / "dbt_process.py", *BUILD, *folders]
    command = by_duckdb if engine == "duckdb" else [SPARK, "-m", "distributed.spark", *BUILD]
    cpu, began = busy_s(), time.perf_counter()
    done = subprocess.Popen(
        command, cwd=PROJECT, env=os.environ | environment(root), stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    watch = Watch(done.pid)
    told, _ = done.communicate()
    cost = Sample(time.perf_counter() - began, busy_s() - cpu, watch.peak_mb())
    if done.returncode:
        raise NotMeasurable(f"{engine} built nothing: {told[-1_000:]}")
    return cost


class Watch(threading.Thread):
    """Looks at the memory of all processes of a session, once a second."""

    def __init__(self, session: int):
        super().__init__(daemon=True)
        self.session, self.most = session, 0
        self.ended = threading.Event()
        self.start()

    def run(self) -> None:
        while not self.ended.wait(LOOKS_EVERY_SECONDS):
            self.most = max(self.most, sum(_resident(self.session)))

    def peak_mb(self) -> float:
        """The largest sum that was seen, once the session has ended."""
        self.ended.set()
        self.join()
        return self.most / 1e6


def _resident(session: int) -> Iterator[int]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(told[3]) == session:
            yield int(told[21]) * PAGE_BYTES


def _line(root: DataRoot, rows: int, engine: str, what: str) -> str:
    cost = built(root, engine)
    tables = [root.build] if engine == "duckdb" else root.spark.rglob("*.parquet")
    held = sum(file.stat().st_size for file in tables) / 1e6
    return f"| {rows:,} | {engine} | {what} | {cost.cpu_s:,.0f} | {cost.wall_s:,.0f} | {cost.peak_mb:,.0f} | {held:,.0f} |"


if __name__ == "__main__":
    sys.exit(main())
