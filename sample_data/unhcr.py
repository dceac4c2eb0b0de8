"""The two UNHCR extracts in the layout of the data package: years as decimals, population types across, UNHCR's codes beside ISO's."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sample_data.calibration import calibration
from sample_data.codes import code_list
from sample_data.deliveries import Outcome
from sample_data.window import Window
from sample_data.writers import write_csv

REFUGEES, APPLICATIONS = "unhcr__refugees", "unhcr__asylum_applications"
ENDS = ["coo_name", "coo", "coo_iso", "coa_name", "coa", "coa_iso"]
TYPES = ["refugees", "asylum_seekers", "returned_refugees", "idps", "returned_idps", "stateless", "ooc", "oip", "hst"]
NOT_COLLECTED = "oip"
STEPS = ["procedure_type", "app_type", "dec_level", "app_pc", "applied"]
UNITED_STATES = ("USA", "G", "N", "IN")


def deliver_unhcr(inbox: Path, window: Window) -> dict[str, Outcome]:
    """One file each, with the whole history."""
    tables = {
        REFUGEES: ("unhcr_population_LAO", population_rows()),
        APPLICATIONS: ("unhcr_asylum_applications_LAO", application_rows(window)),
    }
    outcomes = {}
    for extract, (stem, table) in tables.items():
        path = inbox / extract / f"{stem}_SYNTHETIC.csv"
        write_csv(path, table)
        outcomes[extract] = Outcome(files=1, rows=len(table), bytes=path.stat().st_size)
    return outcomes


def population_rows() -> pd.DataFrame:
    """Refugees and asylum-seekers from Lao PDR, and the few refugees in it, as published; all other types nil or not collected."""
    told = calibration()["unhcr"]
    cells = [(year, origin, "LAO", persons, 0) for year, origins in told["in_lao_pdr"].items() for origin, persons in origins.items()]
    for year, refugees in told["refugees"].items():
        seekers = told["asylum_seekers"][year]
        cells += [(year, "LAO", country, refugees.get(country, 0), seekers.get(country, 0)) for country in sorted({*refugees, *seekers})]
    rows = []
    for year, origin, asylum, refugees, seekers in cells:
        numbers = dict.fromkeys(TYPES, "0.0") | {"refugees": f"{refugees}.0", "asylum_seekers": f"{seekers}.0", NOT_COLLECTED: ""}
        rows.append((f"{year}.0", *_named(origin), *_named(asylum), *numbers.values()))
    return pd.DataFrame(rows, columns=["year", *ENDS, *TYPES])


def application_rows(window: Window) -> pd.DataFrame:
    """Applications of Lao citizens by the forms that UNHCR's file takes; the United States count cases, later persons."""
    told = calibration()["unhcr"]
    rng = window.stream("unhcr")
    rows = []
    for year in told["refugees"]:
        counted_in = "C" if year <= told["cases_until"] else "P"
        lines = [*map(tuple, told["applications"]), (*UNITED_STATES, counted_in, *told["united_states_applications"])]
        rows += [
            (f"{year}.0", *_named("LAO"), *_named(country), *steps, f"{rng.integers(lowest, highest + 1)}.0")
            for country, *steps, lowest, highest in lines
        ]
    return pd.DataFrame(rows, columns=["year", *ENDS, *STEPS])


def _named(iso: str) -> tuple[str, str, str]:
    """Name, UNHCR's code and ISO code of a country."""
    known = code_list("country")
    name = known.loc[iso, "label_en"] if iso in known.index else "Unknown"
    return name, calibration()["unhcr"]["own_codes"].get(iso, iso), iso
