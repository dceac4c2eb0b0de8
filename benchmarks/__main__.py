"""``python -m benchmarks [--size 1m] [--repeat 3] [--only land,workbook]``: measure and write RESULTS.md."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import report
from benchmarks.measure import busy_s, compare, own_cpu_s
from benchmarks.work import Bench, NotMeasurable, size
from benchmarks.works import WORKS

HERE = Path(__file__).resolve().parent


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    started = time.perf_counter()
    on = report.machine()
    machine_before, before = report.read(options.results)
    if machine_before != on:
        before = []
    found: list[report.Line] = []
    for name, rows in works_and_sizes(options):
        told = "" if WORKS[name].rows(rows) is None else f", {rows:,} rows"
        print(f"{WORKS[name].title}{told} …", flush=True)
        found += measure(name, rows, options)
    warnings = report.regressions(before, found)
    options.results.parent.mkdir(parents=True, exist_ok=True)
    options.results.write_text(report.render(report.merged(before, found), on, warnings), encoding="utf-8")
    for line in found:
        print(report.sentence(line))
    for warning in warnings:
        print(f"dearer than before: {warning}", file=sys.stderr)
    print(f"{len(found)} lines measured in {time.perf_counter() - started:.0f} s, written to {options.results}")
    return 0


def works_and_sizes(options: argparse.Namespace) -> Iterator[tuple[str, int]]:
    """Each work with each size; a work that has the same size whatever is asked for comes once."""
    for name in options.only:
        by_rows = {WORKS[name].rows(size): size for size in options.size}
        yield from ((name, size) for size in by_rows.values())


def measure(name: str, size: int, options: argparse.Namespace) -> list[report.Line]:
    """The lines of one work, with the share of the machine that other programs took meanwhile."""
    work = WORKS[name]
    rows = work.rows(size)
    bench = Bench(options.cache, options.cache / f"scratch-{os.getpid()}", size)
    started, busy, own = time.perf_counter(), busy_s(), own_cpu_s()
    try:
        samples = compare(name, len(work.ways), bench, options.repeat, lambda line: print(line, flush=True))
    except NotMeasurable as problem:
        return [report.not_measured(work.title, rows, str(problem))]
    others = None
    if busy is not None:
        elapsed = (time.perf_counter() - started) * (os.cpu_count() or 1)
        others = max(0.0, (busy_s() - busy) - (own_cpu_s() - own)) / elapsed
    return report.lines(work.title, rows, samples, work.bare, others, work.limits)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Our work beside the same work in bare DuckDB.")
    parser.add_argument("--size", type=sizes, default=sizes("1m"), help="rows of the deliveries and of the fact, such as 200k or 1m,10m")
    parser.add_argument("--repeat", type=int, default=3, help="how often each way is measured; the median is told")
    parser.add_argument("--only", type=works, default=list(WORKS), help=f"some of {','.join(WORKS)}")
    parser.add_argument("--results", type=Path, default=HERE / "RESULTS.md", help="the page to write")
    parser.add_argument("--cache", type=Path, default=HERE / ".cache", help="where inputs are kept from run to run")
    return parser.parse_args(arguments)


def sizes(told: str) -> list[int]:
    """``1m,10m`` as numbers of rows."""
    return [size(one) for one in told.split(",")]


def works(told: str) -> list[str]:
    """``land,publish`` as the works of those names."""
    chosen = told.split(",")
    if unknown := [name for name in chosen if name not in WORKS]:
        raise argparse.ArgumentTypeError(f"there is no work '{unknown[0]}', only {', '.join(WORKS)}")
    return chosen


if __name__ == "__main__":
    sys.exit(main())
