"""The list of seeded defects: what a careless office might do to one delivery, one at a time.

Each is done to the newest delivery of its extract, after clean ones; none is made so that a check fits it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.defects.kinds import (
    Change,
    added_from,
    all_numbers_times,
    blocks_exchanged,
    both,
    columns_exchanged,
    commonest_left_out,
    copy_of,
    days_up_to,
    every_other_row,
    exchanged,
    filled_down,
    left_out,
    numbered_anew,
    one_off,
    pasted_twice,
    put,
    sorted_alone,
    summed_up,
    times,
    turned_over,
    years_later,
    years_until,
)

FEMALE, MALE = "ຍິງ|ນາງ|F|Female|Woman|2", "ຊາຍ|ທ້າວ|M|Male|Man|1"
CAPITAL, PROVINCE_OF_VIENTIANE = "ນະຄອນຫຼວງວຽງຈັນ", "ແຂວງວຽງຈັນ"
SOUTH = "Champasack|Salavan|Sekong|Attapeu|Savannakhet|ຈຳປາສັກ|ສາລະວັນ|ເຊກອງ|ອັດຕະປື|ສະຫວັນນະເຂດ"


@dataclass(frozen=True)
class Defect:
    """``name`` says what is wrong, ``story`` how it comes about; ``by`` is one check that must stop it, file or gate."""

    name: str
    extract: str
    story: str
    change: Change
    stopped_at: Literal["file", "gate"]
    by: str


# fmt: off
DEFECTS = [
    # exchange rates: every amount of the month is converted with them
    Defect(
        "rates_the_other_way_round", "bol__exchange_rates",
        "dollars per kip are sent, not kip per dollar",
        turned_over("rate"),
        "file", "rate_implausible_for_currency",
    ),
    Defect(
        "rates_of_the_month_before", "bol__exchange_rates",
        "last month's file was opened, the dates were changed, the rates were not",
        copy_of(1, "rate_date"),
        "gate", "qa_repetition.rates_are_those_of_the_month",
    ),
    # transfers
    Defect(
        "amounts_in_thousands", "bol__bank_transfers",
        "the bank's system reports in thousands",
        times("amount", "fee", by=0.001),
        "file", "amount_implausible_for_currency",
    ),
    Defect(
        "every_transfer_in_kip", "bol__bank_transfers",
        "amounts in baht are tagged as kip",
        both(put("currency", "LAK", "THB"), put("fee_currency", "LAK", "THB")),
        "gate", "qa_level.amounts_are_near_the_years",
    ),
    Defect(
        "one_bank_is_missing", "bol__bank_transfers",
        "the third bank did not report and the rest were sent on",
        commonest_left_out("provider", 3),
        "gate", "qa_distribution.no_member_is_missing",
    ),
    Defect(
        "sender_and_receiver_exchanged", "bol__bank_transfers",
        "the columns of the two sexes lie under each other's heading",
        columns_exchanged("sender_sex", "receiver_sex"),
        "gate", "qa_distribution.shares_of_the_sexes_are_near_the_years",
    ),
    Defect(
        "month_sent_again", "bol__mto_transfers",
        "last month's file, with this month's dates",
        copy_of(1, "sent_on"),
        "gate", "qa_repetition.a_delivery_tells_what_is_new",
    ),
    Defect(
        "received_and_paid_exchanged", "bol__mto_transfers",
        "the operator's point of view, not the country's",
        exchanged("direction", "ຮັບ", "ສົ່ງ"),
        "gate", "qa_distribution.shares_are_near_the_years",
    ),
    Defect(
        "last_ten_days_missing", "bol__mto_transfers",
        "the file was drawn on the 21st",
        days_up_to("sent_on", 21),
        "gate", "qa_distribution.no_member_is_missing",
    ),
    Defect(
        "block_pasted_twice", "bol__mto_transfers",
        "a page of rows is there a second time",
        pasted_twice(0.15),
        "gate", "qa_repetition.no_row_is_told_twice",
    ),
    # crossings
    Defect(
        "sexes_exchanged_at_airports", "mops__crossings_airports",
        "F and M exchanged by a new scanner",
        exchanged("sex", FEMALE, MALE),
        "gate", "qa_person.persons_keep_their_sex",
    ),
    Defect(
        "one_airport_missing", "mops__crossings_airports",
        "one airport's disk was not read",
        commonest_left_out("point_of_entry", 2),
        "gate", "qa_distribution.no_member_is_missing",
    ),
    Defect(
        "births_in_buddhist_years", "mops__crossings_airports",
        "half of the counters run in the Thai calendar",
        years_later("birth_date", 543, 0.5),
        "file", "birth_after_crossing",
    ),
    Defect(
        "nationalities_sorted_alone", "mops__crossings_airports",
        "one column was sorted without the others",
        sorted_alone("nationality"),
        "gate", "qa_person.persons_keep_their_nationality",
    ),
    Defect(
        "month_of_the_year_before", "mops__crossings_land",
        "last year's file of this month, with this year's dates",
        copy_of(12, "crossed_at"),
        "gate", "qa_repetition.a_delivery_tells_what_is_new",
    ),
    Defect(
        "half_of_the_rows", "mops__crossings_land",
        "the sheet was cut at the row limit of an old program",
        every_other_row,
        "gate", "qa_volume.no_part_of_a_delivery_is_missing",
    ),
    # deployments
    Defect(
        "wages_of_a_year", "molsw__overseas_deployments",
        "the wage of a year stands where that of a month belongs",
        times("wage", by=12),
        "gate", "qa_level.amounts_are_near_the_years",
    ),
    Defect(
        "capital_as_the_province_of_its_name", "molsw__overseas_deployments",
        "Vientiane Capital is written as Vientiane Province",
        both(put("province", PROVINCE_OF_VIENTIANE, CAPITAL), put("district", "")),
        "gate", "qa_distribution.no_member_is_missing",
    ),
    Defect(
        "south_missing", "molsw__overseas_deployments",
        "five provinces of the south did not report",
        left_out("province", SOUTH),
        "gate", "qa_distribution.no_member_is_missing",
    ),
    Defect(
        "permit_numbers_as_passports", "molsw__agency_deployments",
        "a running number stands in the passport column",
        numbered_anew("worker_ref", "SYN2026"),
        "gate", "qa_deployment_against_exit.workers_are_seen_to_leave",
    ),
    Defect(
        "fees_in_the_wrong_currency", "molsw__agency_deployments",
        "every fee is tagged as baht",
        put("fee_currency", "THB", "LAK|USD"),
        "gate", "qa_level.amounts_are_near_the_years",
    ),
    # returns
    Defect(
        "ages_as_years_of_birth", "molsw__returnees",
        "the age is written where the year of birth belongs",
        years_until("birth_year", 2026),
        "file", "birth_year:below_minimum",
    ),
    Defect(
        "returnees_of_the_quarter_before", "molsw__returnees",
        "the list of three months ago, with this month's dates",
        copy_of(3, "returned_on"),
        "gate", "qa_return_against_entry.returnees_are_seen_to_enter",
    ),
    # foreigners
    Defect(
        "permits_ended_before_they_began", "molsw__work_permits",
        "the columns of issue and expiry exchanged",
        columns_exchanged("issued_on", "valid_until"),
        "file", "permit_ends_before_it_starts",
    ),
    Defect(
        "nationalities_exchanged", "mops__residence_permits",
        "the codes of Viet Nam and China exchanged",
        exchanged("nationality", "Viet Nam", "China"),
        "gate", "qa_person.persons_keep_their_nationality",
    ),
    Defect(
        "renewals_of_last_month_added", "mops__residence_permits",
        "last month's permits are in the file again, as issued this month",
        added_from(1, "issued_on"),
        "gate", "qa_repetition.a_delivery_tells_what_is_new",
    ),
    # services and health
    Defect(
        "one_centre_for_all", "molsw__mrc_contacts",
        "the drop-down stood at the first centre",
        filled_down("centre"),
        "gate", "qa_distribution.shares_of_small_deliveries_are_near_the_years",
    ),
    Defect(
        "running_totals_of_screening", "moh__point_of_entry_screening",
        "each day tells the sum since the first",
        summed_up("persons_screened", "point_of_entry", "nationality"),
        "gate", "qa_level.amounts_are_near_the_years",
    ),
    Defect(
        "every_case_a_death", "mofa__consular_cases",
        "the kind of case was filled down from one row",
        put("case_kind", "ການເສຍຊີວິດ"),
        "gate", "qa_distribution.shares_of_small_deliveries_are_near_the_years",
    ),
    Defect(
        "cases_of_the_quarter_before", "ncatip__identified_victims",
        "last quarter's victims are reported again as of this quarter",
        added_from(1, "identified_on"),
        "gate", "qa_trafficking_victim.no_case_is_counted_twice",
    ),
    # statistics
    Defect(
        "provinces_of_the_population_one_off", "lsb__population",
        "the table was joined to provinces one line too low",
        one_off("province"),
        "gate", "qa_distribution.the_population_keeps_its_shape",
    ),
    Defect(
        "gdp_in_billions", "lsb__national_accounts",
        "GDP in billion dollars under the heading of millions",
        times("gdp_usd", by=0.001),
        "gate", "qa_level.gdp_is_near_the_release_before",
    ),
    Defect(
        "credit_and_debit_exchanged", "bol__balance_of_payments",
        "the figures received and paid changed places",
        blocks_exchanged,
        "gate", "qa_remittance_flow.amount_is_near_the_release_before",
    ),
    Defect(
        "remittances_in_millions", "worldbank__remittances",
        "a new release of the series in millions of dollars",
        all_numbers_times(1e-6),
        "gate", "qa_reconciliation.figures_are_of_the_published_size",
    ),
    Defect(
        "workers_in_thousands", "molsw__occupational_injuries",
        "employed persons in thousands, the injured counted singly",
        times("workers", by=0.001),
        "gate", "qa_occupational_injury.injury_rate_is_plausible",
    ),
    Defect(
        "relative_weights", "lsb__labour_force_migration",
        "weights that average one, not the persons they stand for",
        times("survey_weight", by=1 / 118),
        "gate", "qa_recruitment_cost.weights_sum_to_the_migrants_of_the_country",
    ),
    Defect(
        "yes_and_no_exchanged", "lsb__remittance_survey",
        "the code book was turned round",
        exchanged("receives", "1", "2"),
        "file", "amount_without_receipt",
    ),
    Defect(
        "persons_and_households_exchanged", "iom__dtm_displacement",
        "two columns under each other's heading",
        columns_exchanged("households", "persons"),
        "file", "households_exceed_persons",
    ),
    Defect(
        "part_of_the_register", "molsw__recruitment_agencies",
        "the agencies of the capital alone",
        left_out("province", f"(?!{CAPITAL}).*"),
        "file", "the_register_is_whole",
    ),
    Defect(
        "students_of_the_year_before", "moes__students_abroad",
        "last year's list under this year's name",
        copy_of(1),
        "gate", "qa_repetition.a_delivery_tells_what_is_new",
    ),
]
# fmt: on
