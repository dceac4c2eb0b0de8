"""Workbooks are parsed in a process of their own, which hands back one sheet as Arrow; see ``sheet_process.py``.

The process is started with the first workbook and serves the next ones. One that dies, or takes too long, takes
only its file with it.
"""

from __future__ import annotations

import atexit
import json
import mmap
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pyarrow
from pyarrow import ipc

from ingestion.limits import Limits, workbook_memory_mb, workbook_seconds
from ingestion.refusal import Refusal

PROGRAM = Path(__file__).with_name("sheet_process.py")
ANSWER_BYTES = 1 << 16
START_SECONDS = 120.0
LARGE = 64 << 20
"""After a sheet larger than this the process is let go: its allocator may keep what it once had."""


class ReaderUnavailable(OSError):
    """Workbooks cannot be read on this machine, whatever is in them."""


class WorkbookError(Exception):
    """The parser could not read the workbook; the text is the parser's and may quote the file."""


@dataclass(frozen=True)
class LoadedSheet:
    """``table`` is None where the workbook has no sheet of the name asked for; ``names`` lists its first sheets."""

    table: pyarrow.Table | None
    name: str
    names: list[str]


def load_sheet(path: Path, sheet: str | int | None, limits: Limits, rows: int | None = None, mark_numbers: bool = False) -> LoadedSheet:
    """One sheet (by name or number, the first when None) with every cell as text; ``rows`` limits how many.

    Raises:
        Refusal: for what the limits or the kind of its cells forbid.
        WorkbookError: when it is not a workbook that can be parsed.
    """
    allowed = {"unpacked_mb": limits.unpacked_mb, "columns": limits.columns}
    told, held = _process().ask({"path": str(path), "sheet": sheet, "rows": rows, "limits": allowed, "mark_numbers": mark_numbers})
    if "refused" in told:
        raise Refusal(told["refused"], **told["words"], sheet=str(sheet or ""))
    if told.get("error") == "MemoryError":
        raise _too_much(f"more than {workbook_memory_mb():,} MB of memory")
    if "limit exceeded" in told.get("says", ""):
        raise _too_much("more cells than any sheet holds")
    if "error" in told:
        raise WorkbookError(told["says"])
    table = None if held is None else ipc.open_stream(held).read_all()
    return LoadedSheet(table, told["sheet"] or str(sheet or ""), told["names"])


def start() -> None:
    """Start the process now instead of with the first workbook."""
    _process()


def close() -> None:
    """End the process, if there is one."""
    global _running
    if _running is not None:
        _running.end()
        _running = None


class _SheetProcess:
    def __init__(self) -> None:
        self.owner = os.getpid()
        self.channel, far_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.channel.settimeout(START_SECONDS)
        # The key and other settings of the warehouse are none of a parser's business.
        settings = {name: value for name, value in os.environ.items() if not name.startswith(("WAREHOUSE_", "DAGSTER_"))}
        self.process = subprocess.Popen(
            [sys.executable, "-I", PROGRAM, str(far_end.fileno()), str(workbook_memory_mb())],
            pass_fds=[far_end.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**settings, "OPENBLAS_NUM_THREADS": "1"},
        )
        far_end.close()
        # Without this a broken installation would look like a workbook that ends its reader.
        if not self._received():
            self.end()
            raise ReaderUnavailable("the process that reads workbooks does not start; is fastexcel installed?")
        self.channel.settimeout(workbook_seconds())

    def ask(self, request: dict) -> tuple[dict, mmap.mmap | None]:
        """The answer, and the memory that holds the sheet where there is one."""
        sheet = os.memfd_create("sheet")
        try:
            socket.send_fds(self.channel, [json.dumps(request).encode()], [sheet])
            answer = self._received()
            size = os.fstat(sheet).st_size
            told = json.loads(answer) if answer else {"error": "MemoryError"}
            if size > LARGE or told.get("error") == "MemoryError":
                close()
            return told, mmap.mmap(sheet, size, prot=mmap.PROT_READ) if told.get("sheet") else None
        except TimeoutError:
            close()
            raise _too_much(f"more than {workbook_seconds():g} seconds") from None
        finally:
            os.close(sheet)

    def _received(self) -> bytes:
        """What the process says next; nothing when it has died."""
        try:
            return self.channel.recv(ANSWER_BYTES)
        except ConnectionError:
            return b""

    def end(self) -> None:
        self.channel.close()
        self.process.kill()
        self.process.wait()


_running: _SheetProcess | None = None


def _process() -> _SheetProcess:
    global _running
    if _running is None or _running.owner != os.getpid() or _running.process.poll() is not None:
        _running = _SheetProcess()
        atexit.register(close)
    return _running


def _too_much(needed: str) -> Refusal:
    return Refusal("needs_too_much", found=needed)
