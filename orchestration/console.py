"""What a person at a terminal sees of a run: what the steps say, without Dagster's and dbt's own talk."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

import dagster as dg

PLAIN = "for_people"


def teller(log: dg.DagsterLogManager) -> Callable[[str], None]:
    """A function that logs a line as progress worth a person's attention."""
    return lambda line: log.info(line, extra={PLAIN: True})


@dg.logger(description="Plain progress lines for a run from the command line.")
def plain(_context: dg.InitLoggerContext) -> logging.Logger:
    logger = logging.Logger("warehouse", level=logging.INFO)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Sentence())
    handler.addFilter(lambda record: hasattr(record, PLAIN))
    logger.addHandler(handler)
    return logger


class _Sentence(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return f"  {record.dagster_meta['orig_message']}"
