"""What is wrong with real rows: one table of kinds, how often each occurs, and what should become of it.

Fates: ``recovered`` (lands as meant), ``unknown`` (lands with an unknown code), ``rejected`` (a reason goes
back to the sender), ``duplicate`` (rejected where the record has a key, landed twice where it has none).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sample_data.codes import aliases, code_list
from sample_data.window import Window

LAO_DIGITS = str.maketrans("0123456789", "໐໑໒໓໔໕໖໗໘໙")
NO_BREAK_SPACE = "\u00a0"
DATES = ("crossed_at", "departure_date", "sent_on", "returned_on", "contacted_on", "opened_on", "screened_on", "issued_on")
COUNTRIES = ("nationality", "destination", "corridor_country", "country_left", "mission_country")
DOCUMENTS = ("document_no", "worker_ref", "student_ref")
ANY_DOCUMENTS = (*DOCUMENTS, "person_ref")
AMOUNTS = ("amount", "amount_recovered")
PROVINCES = ("province", "province_of_return")
DUPLICATES_PER_10000 = 8

Spoil = Callable[[pd.Series, np.random.Generator], pd.Series]


@dataclass(frozen=True)
class Dirt:
    """``spoil`` changes the cells of the first of ``fields`` that an extract has, in ``per_10000`` of the rows.

    ``only``: a pattern that the whole cell must match for the kind to be possible.
    """

    kind: str
    fields: tuple[str, ...]
    per_10000: float
    fate: str
    spoil: Spoil
    only: str = "(?s).+"


def one_of(*texts: str) -> Spoil:
    return lambda cells, rng: pd.Series(rng.choice(np.array(texts, dtype=object), len(cells)), index=cells.index)


def replaced(pattern: str, by: str) -> Spoil:
    return lambda cells, rng: cells.str.replace(pattern, by, n=1, regex=True)


def thirty_first_of_february(cells: pd.Series, rng: np.random.Generator) -> pd.Series:
    return cells.str.replace(r"-\d\d-\d\d", "-02-31", n=1, regex=True).str.replace(r"^\d\d/\d\d/", "31/02/", regex=True)


def in_lao_digits(cells: pd.Series, rng: np.random.Generator) -> pd.Series:
    return cells.str.translate(LAO_DIGITS)


def stray_blanks(cells: pd.Series, rng: np.random.Generator) -> pd.Series:
    upper = rng.random(len(cells)) < 0.5
    return NO_BREAK_SPACE + cells.where(~upper, cells.str.upper()) + "  "


def another_spelling(name: str) -> Spoil:
    """One of the spellings that the alias list knows for the code of the cell's label."""

    def spoil(cells: pd.Series, rng: np.random.Generator) -> pd.Series:
        listed = code_list(name)
        codes = {text: code for column in ("code", "label_en", "label_lo") for text, code in zip(listed[column], listed.index, strict=True)}
        known = aliases(name).groupby("code")["alias"].apply(list).to_dict()
        texts = []
        for cell in cells:
            spellings = known.get(codes.get(cell), [cell])
            texts.append(spellings[rng.integers(len(spellings))])
        return pd.Series(texts, index=cells.index)

    return spoil


DIRT = (
    Dirt("impossible_date", DATES, 6, "rejected", thirty_first_of_february),
    Dirt("year_mistyped", DATES, 4, "rejected", replaced(r"20\d(\d)", r"209\1")),
    Dirt("lao_digits_in_date", DATES, 10, "recovered", in_lao_digits),
    Dirt("lao_digits_in_document", ANY_DOCUMENTS, 8, "recovered", in_lao_digits),
    Dirt("lao_digits_in_amount", (*AMOUNTS, "wage"), 6, "recovered", in_lao_digits),
    Dirt("stray_blanks", COUNTRIES, 12, "recovered", stray_blanks),
    Dirt("stray_blanks_in_document", ANY_DOCUMENTS, 6, "recovered", stray_blanks),
    Dirt("country_by_another_name", COUNTRIES, 8, "recovered", another_spelling("country")),
    Dirt("country_unheard_of", COUNTRIES, 6, "unknown", one_of("Atlantis", "ຊົນເຜົ່າສົມມຸດ", "Siamlandia", "ບໍ່ມີປະເທດນີ້")),
    Dirt("sex_missing", ("sex", "receiver_sex"), 14, "unknown", one_of("", "?", "-")),
    Dirt("direction_unheard_of", ("direction",), 3, "rejected", one_of("???", "ໄປ-ມາ??")),
    Dirt("document_missing", DOCUMENTS, 4, "rejected", one_of("")),
    Dirt("born_in_the_future", ("birth_date", "birth_year"), 4, "rejected", replaced(r"\d{4}", "2087")),
    Dirt("province_by_another_name", PROVINCES, 14, "recovered", another_spelling("province")),
    Dirt("province_ambiguous", PROVINCES, 5, "unknown", one_of("Vientiane")),
    Dirt("occupation_unheard_of", ("occupation",), 16, "unknown", one_of("ຕາມແຕ່ນາຍຈ້າງສັ່ງ", "xyz worker ii", "gen. duties etc")),
    Dirt("wage_negative", ("wage",), 4, "rejected", replaced("^", "-")),
    Dirt("fee_in_words", ("fee_paid",), 3, "rejected", one_of("ຟຣີ", "free of charge")),
    Dirt("contract_reversed", ("contract_end", "valid_until"), 4, "rejected", replaced(r"\d{4}", "2001")),
    Dirt("amount_negative", AMOUNTS, 4, "rejected", replaced("^", "-")),
    Dirt("currency_unheard_of", ("currency",), 4, "rejected", one_of("QQQ", "BHTT")),
    Dirt("currency_mistagged", ("currency",), 4, "rejected", one_of("USD"), only="LAK|KRW|VND"),
    Dirt("suspected_above_screened", ("suspected",), 4, "rejected", one_of("9999")),
    Dirt("confirmed_above_suspected", ("confirmed",), 4, "rejected", one_of("9998")),
    Dirt("fee_above_amount", ("fee",), 3, "rejected", replaced("^", "99")),
)


def soil(window: Window, extract: str, table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Spoil about one row in a hundred, never one twice, and repeat a few rows exactly.

    Args:
        table: text by field, with ``month``.

    Returns:
        the table, and how many rows of each ``month``, ``kind`` and ``fate`` were spoilt.
    """
    rng = window.stream(f"dirt/{extract}")
    table = table.copy()
    free = pd.Series(True, index=table.index)
    spoilt: list[pd.DataFrame] = []
    for dirt in DIRT:
        field = next((name for name in dirt.fields if name in table.columns), None)
        if field is None:
            continue
        wanted = rng.binomial(len(table), dirt.per_10000 / 10_000)
        candidates = rng.permutation(len(table))[: wanted * 12 + 50]
        fitting = free.to_numpy()[candidates] & table[field].iloc[candidates].str.fullmatch(dirt.only).to_numpy()
        chosen = table.index[candidates[fitting][:wanted]]
        table.loc[chosen, field] = dirt.spoil(table.loc[chosen, field], rng)
        free[chosen] = False
        spoilt.append(pd.DataFrame({"month": table.loc[chosen, "month"], "kind": dirt.kind, "fate": dirt.fate}))
    if "person_ref" in table.columns:
        free &= table["person_ref"] != ""  # what names nobody is not known as a repetition
    again = table.index[free][rng.permutation(int(free.sum()))[: rng.binomial(len(table), DUPLICATES_PER_10000 / 10_000)]]
    spoilt.append(pd.DataFrame({"month": table.loc[again, "month"], "kind": "row_repeated", "fate": "duplicate"}))
    counts = pd.concat(spoilt).groupby(["month", "kind", "fate"]).size().rename("rows").reset_index()
    repeated = pd.concat([table, table.loc[again]]).sort_index(kind="stable").reset_index(drop=True)
    return repeated, counts.assign(extract=extract)
