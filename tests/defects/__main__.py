"""``python -m tests.defects --work FOLDER``: try every seeded defect on clean months and write docs/defects.md."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from ingestion.paths import PROJECT
from orchestration.markdown import table
from tests.defects.seeded import DEFECTS, Defect
from tests.defects.trial import Outcome, World

PAGE = PROJECT / "docs" / "defects.md"
MONTHS, SCALE, NIGHTS = 25, 0.3, 5
THROUGH_THE_NIGHT = ("month_of_the_year_before", "every_transfer_in_kip", "wages_of_a_year")
"""Tried by a whole night as well, so that the short trial is seen to say what the gate says."""
CONTROLS = ("bol__bank_transfers", "mops__crossings_land", "lsb__population")
"""Extracts whose clean delivery is tried like a defective one: it must not be stopped."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=options.work) as folder:
        world = World(Path(folder))
        alarms = [*clean_months(world, options), *controls(world)]
        outcomes = []
        for defect in [defect for defect in DEFECTS if not options.only or defect.name in options.only]:
            outcomes.append(world.try_out(defect))
            print(told(outcomes[-1]), flush=True)
        nights = [through_the_night(world, defect) for defect in DEFECTS if defect.name in THROUGH_THE_NIGHT and not options.only]
    for line in [*alarms, *nights]:
        print(line)
    let_through = [outcome.name for outcome in outcomes if not outcome.stopped_at]
    if not options.only:
        PAGE.write_text(page(outcomes, alarms, nights, options, time.perf_counter() - started), encoding="utf-8")
    print(f"stopped {len(outcomes) - len(let_through)} of {len(outcomes)}; let through: {', '.join(let_through) or 'none'}")
    return 1 if let_through or any("false alarm" in line for line in alarms) else 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.defects", description=__doc__)
    parser.add_argument("--work", type=Path, default=None, help="where the scratch folder is made (default: the system's)")
    parser.add_argument("--only", nargs="*", default=[], help="names of defects; the page is then left alone")
    parser.add_argument("--months", type=int, default=MONTHS)
    parser.add_argument("--scale", type=float, default=SCALE)
    parser.add_argument("--seed", type=int, default=2026)
    return parser.parse_args(arguments)


def clean_months(world: World, options: argparse.Namespace) -> list[str]:
    """Publish the clean months night by night and prepare the newest; every stop is a false alarm."""
    world.generate(months=options.months, scale=options.scale, seed=options.seed)
    told = []
    for number, night in enumerate(world.publish(1 if options.only else NIGHTS), start=1):
        told += [f"false alarm in night {number}: {line.strip()}" for line in night.said.splitlines() if line.startswith("  - ")]
        told += [f"false alarm in night {number}: a refused file"] if "Refused: 0 deliveries" not in night.said else []
        print(f"night {number} over clean deliveries: exit code {night.code}", flush=True)
        if night.code:
            raise SystemExit(f"clean months were not published:\n{night.said}")
    unmet, warned = world.prepare()
    told += [f"false alarm in the newest month: {name}" for name in unmet]
    return [*told, f"warnings on the clean months: {', '.join(warned) or 'none'}"]


def controls(world: World) -> list[str]:
    """Clean deliveries in trials of their own; every stop is a false alarm."""
    outcomes = [world.try_out(Defect("clean", extract, "nothing", lambda _sent: None, "gate", "nothing")) for extract in CONTROLS]
    return [f"false alarm in the trial of a clean delivery: {told(outcome)}" for outcome in outcomes if outcome.stopped_at]


def through_the_night(world: World, defect: Defect) -> str:
    """One defect by a whole real night: what it says, and whether the release stayed."""
    night = world.night_with(defect)
    held = world.trial.latest.resolve().name == world.published.latest.resolve().name
    shutil.rmtree(world.trial.path)
    named = f"{defect.by.partition('.')[2]} (" in night.said
    return f"{defect.name}: exit code {night.code}, latest {'stayed' if held else 'MOVED'}, {'named' if named else 'NOT NAMED'} {defect.by}"


def told(outcome: Outcome) -> str:
    return f"{outcome.name}: {outcome.stopped_at or 'NOT STOPPED'} ({'; '.join(outcome.by)}), {outcome.seconds:.0f} s"


def page(outcomes: Sequence[Outcome], alarms: Sequence[str], nights: Sequence[str], options: argparse.Namespace, seconds: float) -> str:
    """The page of results."""
    stories = {defect.name: defect.story for defect in DEFECTS}
    stopped = [outcome for outcome in outcomes if outcome.stopped_at]
    at = {place: sum(outcome.stopped_at == place for outcome in outcomes) for place in ("file", "gate")}
    false = [line for line in alarms if line.startswith("false alarm")]
    rows = (
        [outcome.name, outcome.extract, stories[outcome.name], outcome.stopped_at or "**not stopped**", by(outcome)] for outcome in outcomes
    )
    return "\n".join(
        [
            "# Seeded defects",
            "",
            "Made by `make defects`; how is in [expectations](expectations.md#seeded-defects). Each defect was done to the newest",
            f"delivery of its extract, alone, after {options.months - 1} clean months (`--scale {options.scale}`, seed {options.seed}).",
            "",
            f"**Stopped {len(stopped)} of {len(outcomes)}**: {at['file']} refused as a file, {at['gate']} by the gate.",
            f"**False alarms on the clean months: {len(false)}**, published in {NIGHTS} nights and judged month by month.",
            f"The whole took {seconds / 60:.0f} minutes.",
            "",
            table(["defect", "extract", "what the office did", "stopped at", "by"], rows),
            "",
            "Clean months:",
            "",
            *(f"- {line}" for line in alarms),
            "",
            "By a whole night, with all other deliveries of the month:",
            "",
            *(f"- {line}" for line in nights),
            "",
        ]
    )


def by(outcome: Outcome) -> str:
    """What stopped it, without the reasons that stand beside each threshold."""
    return "; ".join(reason.split(";")[0] for reason in outcome.by)


if __name__ == "__main__":
    sys.exit(main())
