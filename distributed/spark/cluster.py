"""A standalone cluster of Spark on this machine: one master and its workers, from the wheel of pyspark alone.

``with cluster(workers=2) as running: … running.master …`` starts it on loopback and ends every process of it. A real cluster is the
same programs on several machines; a build is pointed to it by ``SPARK_MASTER`` (docs/spark.md).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
STARTS_WITHIN_SECONDS = 60
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Cluster:
    master: str
    """Address of the master, as ``spark://host:port``."""
    workers: list[subprocess.Popen]


@contextlib.contextmanager
def cluster(folder: Path, *, workers: int = 2, cores: int = 1, memory: str = "2g") -> Iterator[Cluster]:
    """Start a master and workers with so many cores and so much memory each; logs and scratch files lie in ``folder``.

    Raises:
        TimeoutError: when one of them does not come up.
    """
    folder.mkdir(parents=True, exist_ok=True)
    processes: list[subprocess.Popen] = []
    try:
        processes.append(_start(folder, "master", "org.apache.spark.deploy.master.Master", "--port", "0"))
        address = _told(folder / "master.log", r"Starting Spark master at (spark://\S+)")
        for number in range(workers):
            name = f"worker-{number}"
            limits = ("--cores", str(cores), "--memory", memory, "--work-dir", os.fspath(folder / name))
            processes.append(_start(folder, name, "org.apache.spark.deploy.worker.Worker", *limits, address))
        for number in range(workers):
            _told(folder / f"worker-{number}.log", r"(Successfully registered with master)")
        yield Cluster(address, processes[1:])
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait()


def ends_with_parent() -> None:
    """Ask Linux to end this process when the one that started it is no more: a cluster would hold its ports and memory for ever."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _start(folder: Path, name: str, program: str, *arguments: str) -> subprocess.Popen:
    import pyspark

    home = Path(pyspark.__file__).parent
    command = [home / "bin" / "spark-class", program, "--host", LOOPBACK, "--webui-port", "0", *arguments]
    settings = {"SPARK_HOME": home, "SPARK_LOCAL_IP": LOOPBACK, "SPARK_LOCAL_DIRS": folder / "scratch"}
    environment = {**os.environ, **{key: os.fspath(value) for key, value in settings.items()}}
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, preexec_fn=ends_with_parent)


def _told(log: Path, pattern: str) -> str:
    """What a process says in its log, once it does."""
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until:
        if found := re.search(pattern, log.read_text(encoding="utf-8", errors="replace")):
            return found[1]
        time.sleep(0.1)
    raise TimeoutError(f"no answer within {STARTS_WITHIN_SECONDS} s: {log}")
