"""A dry run from the command line: what the warehouse would say of a file, without landing or archiving anything.

``python -m orchestration.check FILE EXTRACT`` prints the receipt. Exit code 1 means that the file would be refused or
not taken. What belongs here: arguments and lines of text. What does not: the trial itself (``ingestion/dry_run.py``).
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingestion.archive import UNPLACED
from ingestion.contract import Contract, load_contract
from ingestion.dry_run import NotTaken, Trial, try_file
from ingestion.names import listed
from ingestion.paths import CONTRACTS, DataRoot
from ingestion.yaml_model import DeclarationError

SHOWN_ROWS = 20


def main(arguments: Sequence[str] | None = None) -> int:
    from expectations.landing_judge import judge_deliveries

    options = parse(arguments)
    try:
        contract = find_contract(options.extract)
        if not options.file.is_file():
            raise NotTaken(f"{options.file}: no such file (FILE=…)")
        trial = try_file(DataRoot.from_env(), options.file, contract, judge_deliveries, options.period, options.receipt)
    except (DeclarationError, NotTaken) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print("\n".join(lines(trial)))
    if options.receipt:
        print(f"\nThe receipt as its sender would get it: {options.receipt}")
    return 1 if trial.submission.outcome == "refused" else 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m orchestration.check", description="Say what would become of a file.")
    parser.add_argument("file", type=Path)
    parser.add_argument("extract", help="name of a contract, or the path of one that is not in its folder yet")
    parser.add_argument("--period", default="", help="YYYY-MM, as an inbox sub-folder of that name would say")
    parser.add_argument("--receipt", type=Path, help="folder to put the receipt into, workbook and all")
    return parser.parse_args(arguments)


def find_contract(named: str) -> Contract:
    """A contract by its name, or by the path of a file that is named like one.

    Raises:
        DeclarationError: with every mistake of it, or with the names there are.
    """
    path = Path(named) if named.endswith((".yml", ".yaml")) else CONTRACTS / f"{named}.yml"
    if path.exists():
        return load_contract(path)
    known = [path.stem for path in sorted(CONTRACTS.glob("*.yml"))]
    near = difflib.get_close_matches(named, known, n=3) or known
    raise DeclarationError(f"no contract is named '{named}'; there are: {', '.join(near)}")


def lines(trial: Trial) -> Iterator[str]:
    """The receipt in plain lines; what would identify a person is masked in it."""
    receipt, done = trial.receipt, trial.submission
    period = "not told" if done.period == UNPLACED else done.period
    yield f"{receipt['file']} → {receipt['extract']}, {period}: DRY RUN, nothing was landed or archived"
    if done.outcome == "refused":
        yield f"would be REFUSED: {receipt['reason']}"
        yield f"  {receipt['remedy']}"
        yield from (f"  {said}" for said in (receipt["reason_lo"], receipt["remedy_lo"]) if said)
    elif trial.same_as:
        yield f"would be a DUPLICATE: the same cells as {trial.same_as.file_name}, received {trial.same_as.received_at[:10]}"
    else:
        yield "would be ACCEPTED"
    yield "  " + ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in receipt["rows"].items())
    for entry in receipt["rejected_by_reason"]:
        yield f"  {entry['reason']}: {entry['rows']:,} rows. {entry['en']} · {entry['lo']}"
    for word in receipt["unrecognised_spellings"]:
        meant = " / ".join(f"{near['label_en']} · {near['label_lo']} ({near['code']})" for near in word["suggestions"])
        yield f"  not recognised in {word['heading']}: '{word['text']}', {word['rows']:,} rows" + (f"; perhaps {meant}" if meant else "")
    if receipt["columns_not_used"]:
        yield f"  columns not used: {listed(receipt['columns_not_used'])}"
    for row in receipt["rejected_rows"][:SHOWN_ROWS]:
        place = f"sheet {row['sheet']}, row {row['row']}" if row["sheet"] else f"row {row['row']}"
        yield f"  {place}: {', '.join(row['reasons'])}"
    if (more := receipt["rows"]["rejected"] - SHOWN_ROWS) > 0:
        yield f"  and {more:,} more rejected rows"


if __name__ == "__main__":
    sys.exit(main())
