"""dbt in a process that ends when the one that started it does; run as a program, with dbt's own arguments.

A night that is killed (by a person, or by the kernel for its memory) takes its locks with it. dbt left to itself would go
on for minutes, writing a build that nobody judges while the next night lands files under its feet. Imports nothing of
the project, because it starts by its path.
"""

from __future__ import annotations

import os
import sys
import threading
import time

from dbt.cli.main import cli

LOOKS_EVERY_SECONDS = 0.2


def end_with(parent: int) -> None:
    """Leave at once, as the parent did, when it is no more; what is half written is discarded by the next build."""
    while os.getppid() == parent:
        time.sleep(LOOKS_EVERY_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=end_with, args=[os.getppid()], daemon=True).start()
    sys.exit(cli())
