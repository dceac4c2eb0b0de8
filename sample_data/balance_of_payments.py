"""The central bank's quarterly balance of payments: personal remittances, each release restating two years."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from sample_data.calibration import calibration, remittances_usd
from sample_data.codes import code_list
from sample_data.deliveries import Outcome, filed, quarter_ends
from sample_data.sheets import NOTICE, contract_of
from sample_data.window import Window
from sample_data.writers import write_workbook

EXTRACT = "bol__balance_of_payments"
ITEMS = ("personal_transfers", "compensation_of_employees", "capital_transfers")
BLOCKS = {"received": {"lo": "ລາຍຮັບ (Credit)", "en": "Credit (received)"}, "paid": {"lo": "ລາຍຈ່າຍ (Debit)", "en": "Debit (paid)"}}
TOTAL, ITEM = {"lo": "ລວມ", "en": "Total"}, {"lo": "ລາຍການ", "en": "Item"}
NUMERALS = ("I", "II", "III", "IV")
NOT_YET = ".."

Quarter = tuple[int, int]


def deliver_balance_of_payments(inbox: Path, window: Window) -> Outcome:
    """One workbook per quarter; two thirds into the window the template changes from Lao to English."""
    periods = quarter_ends(window)
    outcome = Outcome()
    for place, period in enumerate(periods):
        year, month = map(int, period.split("-"))
        language = "en" if place >= len(periods) * 2 // 3 else "lo"
        path = inbox / EXTRACT / f"balance_of_payments_{year}Q{month // 3}_SYNTHETIC.xlsx"
        rows = release_rows(window, (year, month // 3), language)
        write_workbook(path, "BOP", rows[:5], rows[5], rows[6:], [[f"ໝາຍເຫດ: {NOTICE}"]])
        outcome.add(filed(EXTRACT, path, period, len(BLOCKS) * (len(ITEMS) + 1)))
    return outcome


def release_rows(window: Window, newest: Quarter, language: str) -> list[list]:
    """All rows of one release above its footnote: five of title, then credit and debit, each under its own row of quarters."""
    contract = contract_of(EXTRACT)
    quarters = [_back(newest, steps) for steps in reversed(range(calibration()["balance_of_payments"]["restated_quarters"]))]
    labels = code_list("bop_item")[f"label_{language}"]
    unit = f"ເຜີຍແຜ່ວັນທີ {released_on(newest):%d/%m/%Y} - ຫົວໜ່ວຍ: ລ້ານໂດລາສະຫະລັດ (Released {released_on(newest):%d/%m/%Y}, US$ million)"
    rows: list[list] = [[NOTICE], [getattr(contract.ministry, language)], [getattr(contract.title, language)], [unit]]
    for direction, titles in BLOCKS.items():
        values = {item: [amount(window, quarter, item, direction, newest) for quarter in quarters] for item in ITEMS}
        sums = [round(sum(row[place] or 0 for row in values.values()), 1) for place in range(len(quarters))]
        rows += [
            [titles[language]],
            [ITEM[language], *(_headed(quarter, language) for quarter in quarters)],
            *([labels[item], *(NOT_YET if value is None else round(value, 1) for value in row)] for item, row in values.items()),
            [TOTAL[language], *sums],
            [""],
        ]
    return rows[:-1]


def amount(window: Window, quarter: Quarter, item: str, direction: str, newest: Quarter) -> float | None:
    """Millions of US dollars in the release whose last quarter is ``newest``; capital transfers of that quarter are not known yet."""
    told = calibration()["balance_of_payments"]
    year, number = quarter
    age = (newest[0] - year) * 4 + newest[1] - number
    if item == "capital_transfers" and age == 0:
        return None
    busy = calibration()["seasonality"]
    season = sum(busy[month] for month in range(number * 3 - 2, number * 3 + 1)) / sum(busy.values())
    whole = remittances_usd(direction, year) / 1e6 * season
    compensation = told["compensation_share"][direction]
    share = {"personal_transfers": 1 - compensation, "compensation_of_employees": compensation}.get(item, told["capital_share"][direction])
    first_deviation = window.stream(f"balance_of_payments/{year}/{number}/{item}/{direction}").normal(0, told["first_estimate_deviation"])
    return whole * share * (1 + first_deviation * (1 - age / (told["restated_quarters"] - 1)))


def released_on(newest: Quarter) -> dt.date:
    year, number = newest
    ended_by = dt.date(year + number // 4, number % 4 * 3 + 1, 1)
    return ended_by + dt.timedelta(days=calibration()["balance_of_payments"]["released_after_days"])


def _back(quarter: Quarter, steps: int) -> Quarter:
    turn = quarter[0] * 4 + quarter[1] - 1 - steps
    return turn // 4, turn % 4 + 1


def _headed(quarter: Quarter, language: str) -> str:
    return f"{quarter[0]}Q{quarter[1]}" if language == "en" else f"{NUMERALS[quarter[1] - 1]}/{quarter[0]}"
