"""Measurements: each in a fresh process, the ways of one work by turns, the median of the repeats.

``python -m benchmarks.measure <work> <way> <cache> <scratch> <rows>`` is one such process.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from benchmarks.work import Answers, Bench, NotMeasurable
from ingestion.paths import PROJECT

PREPARE = -1


@dataclass(frozen=True)
class Sample:
    """What one call cost. ``result`` is what it returned: ways that count other rows have not done the same work."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    result: object = None


def measured(call: Callable[[], object]) -> Sample:
    """Call once; CPU of this process and of its children, peak memory of the whole process with its imports."""
    cpu, wall = own_cpu_s(), time.perf_counter()
    result = call()
    took, used = time.perf_counter() - wall, own_cpu_s() - cpu
    if isinstance(result, Answers):
        return Sample(result.p95_s, used / result.count, _peak_mb())
    return Sample(took, used, _peak_mb(), result)


def compare(name: str, ways: int, bench: Bench, repeat: int, progress: Callable[[str], None] = print) -> list[Sample]:
    """The median sample of each way of one work, ours first.

    Raises:
        NotMeasurable: when inputs cannot be made, a process fails, or the ways do not count the same.
    """
    _in_a_process(name, PREPARE, bench)
    samples: list[list[Sample]] = [[] for _ in range(ways)]
    for turn in range(repeat):
        for way in range(ways):
            samples[way].append(Sample(**_in_a_process(name, way, bench)))
            progress(f"  {name} {turn + 1}/{repeat}, {'ours' if way == 0 else f'bare {way}'}: {samples[way][-1].cpu_s:.2f} CPU s")
    results = {json.dumps(sample.result) for each in samples for sample in each}
    if len(results) > 1:
        raise NotMeasurable(f"the ways of doing it do not agree: {', '.join(sorted(results))}")
    return [middle(each) for each in samples]


def middle(samples: Sequence[Sample]) -> Sample:
    """The median of each figure by itself."""
    figures = {name: median(getattr(sample, name) for sample in samples) for name in ("wall_s", "cpu_s", "peak_mb")}
    return Sample(**figures, result=samples[0].result)


def busy_s() -> float | None:
    """CPU seconds that all processes of the machine have used since it started; None where that is not told."""
    try:
        user, nice, system, *_rest = Path("/proc/stat").read_text(encoding="ascii").split()[1:9]
    except (OSError, ValueError):
        return None
    return (int(user) + int(nice) + int(system)) / os.sysconf("SC_CLK_TCK")


def own_cpu_s() -> float:
    """CPU seconds of this process and of its children, ended and (on Linux) living."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    living = sum(sum(map(int, told.rpartition(")")[2].split()[11:13])) for told in _living_children("stat"))
    return sum(usage.ru_utime + usage.ru_stime for usage in used) + living / os.sysconf("SC_CLK_TCK")


def _living_children(about: str) -> list[str]:
    """One file of ``/proc`` for each child; none where the machine does not tell."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    return [Path(f"/proc/{child}/{about}").read_text() for child in listed.read_text().split()] if listed.exists() else []


def _in_a_process(name: str, way: int, bench: Bench) -> dict[str, object]:
    shutil.rmtree(bench.scratch, ignore_errors=True)
    bench.scratch.mkdir(parents=True)
    command = [sys.executable, "-m", "benchmarks.measure", name, str(way), str(bench.cache), str(bench.scratch), str(bench.rows)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    shutil.rmtree(bench.scratch, ignore_errors=True)
    if done.returncode:
        raise NotMeasurable(_problem(done.stderr) or f"exit code {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])


def _problem(traceback: str) -> str:
    """The line of a traceback that names the error; more lines may follow it."""
    told = [line for line in traceback.splitlines() if re.match(r"[\w.]+: ", line)]
    return told[-1].removeprefix(f"{NotMeasurable.__module__}.{NotMeasurable.__name__}: ") if told else ""


def _peak_mb() -> float:
    """Of this process or the largest of its children. ``ru_maxrss`` of a process starts at its parent's, so Linux is asked itself."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    status = Path("/proc/self/status")
    if status.exists() and (told := re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))):
        own = int(told[1])
    children = [int(told[1]) for text in _living_children("status") if (told := re.search(r"VmHWM:\s+(\d+) kB", text))]
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, *children) / 1024


def main(name: str, way: int, bench: Bench) -> None:
    from benchmarks.works import WORKS

    work = WORKS[name]
    if way == PREPARE:
        work.prepare(bench)
        print(json.dumps({}))
    else:
        print(json.dumps(asdict(measured(work.ways[way](bench)))))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Bench(Path(sys.argv[3]), Path(sys.argv[4]), int(sys.argv[5])))
