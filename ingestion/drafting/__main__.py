"""``python -m ingestion.drafting FILE``: print a draft contract, and on the other channel what it could not tell."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from ingestion.contract import load_contracts
from ingestion.drafting.draft import draft_contract
from ingestion.drafting.sample import read_sample
from ingestion.record import load_records
from ingestion.refusal import Refusal
from ingestion.yaml_model import DeclarationError


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    try:
        if not options.file.is_file():
            raise DeclarationError(f"{options.file}: no such file (FILE=…)")
        if options.extract and not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*__[a-z0-9_]+", options.extract):
            raise DeclarationError(f"{options.extract}: an extract is named sender__name, in lower case")
        if options.record and options.record not in load_records():
            raise DeclarationError(f"{options.record}: no such record; there are: {', '.join(load_records())}")
        if options.out and options.out.exists():
            raise DeclarationError(f"{options.out} is there already; a draft never writes over a contract")
        draft = draft_contract(read_sample(options.file), load_contracts(), load_records(), options.extract, options.record)
    except (Refusal, DeclarationError, OSError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    if options.out:
        options.out.write_text(draft.text, encoding="utf-8")
        print(f"Draft written to {options.out}", file=sys.stderr)
    else:
        print(draft.text, end="")
    print(f"\nTo be decided before it is a contract ({len(draft.open)}):", file=sys.stderr)
    print("\n".join(f"  {number}. {line}" for number, line in enumerate(draft.open, start=1)), file=sys.stderr)
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ingestion.drafting", description="Draft a contract from a sample file.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--extract", default="", help="its name to be, sender__name")
    parser.add_argument("--record", default="", help="the record, where the headings do not tell it")
    parser.add_argument("--out", type=Path, help="file to write; the terminal unless said")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
